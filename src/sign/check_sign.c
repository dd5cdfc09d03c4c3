/*
 * The check's chapter on signatures: each algorithm that fits the key, in every way there is, really made and verified; and
 * which of them the next assertion would take.
 */
#include "base/error.h"
#include "hsm/ckr.h"
#include "hsm/mechanismlist.h"
#include "sign/checktrial.h"

#include <stdio.h>
#include <string.h>

enum { TOUCH_MS = 1000, WORDS_MAX = 300 };

/* The texts of one finding. */
typedef struct words {
	char     name[80], why[WORDS_MAX];
	ckr_text answer;
} words;

typedef struct alg_row {
	exs_alg     alg;
	const char *key_type; /* of publickey_facts, a prefix */
} alg_row;

static const alg_row algs[] = {
	{EXS_ALG_PS256, "RSA-"}, {EXS_ALG_PS384, "RSA-"}, {EXS_ALG_PS512, "RSA-"},
	{EXS_ALG_RS256, "RSA-"}, {EXS_ALG_RS384, "RSA-"}, {EXS_ALG_RS512, "RSA-"},
	{EXS_ALG_ES256, "EC P-256"}, {EXS_ALG_ES384, "EC P-384"},
};
enum { N_ALGS = sizeof algs / sizeof algs[0] };

typedef struct chapter {
	check         *check;
	bench          bench;
	mechanismlist *list;
	exs_alg        wanted;    /* what an assertion would be signed with */
	bool           may_sign;  /* no further signature is paid for when false */
	const char    *why_not;
	/* of the algorithm at hand: what an assertion would meet */
	const way     *taken;
	bool           is_good, is_over;
	CK_RV          rv;
} chapter;

static void
chapter_done(chapter *x)
{
	bench_done(&x->bench);
	mechanismlist_free(x->list);
}

static bool
fits(const alg_row *row, const key *k)
{
	return strncmp(k->public.name, row->key_type, strlen(row->key_type)) == 0;
}

static exs_alg
choose_alg(const check *c)
{
	for (size_t i = 0; c->options.alg == EXS_ALG_DEFAULT && i < N_ALGS; i++)
		if (fits(&algs[i], &c->key))
			return algs[i].alg;
	return c->options.alg;
}

static bool
is_allowed(const key *k, CK_MECHANISM_TYPE type)
{
	for (size_t i = 0; i < k->n_allowed; i++)
		if (k->allowed[i] == type)
			return true;
	return k->n_allowed == 0;
}

/* What one answer is worth, beside what the module's list had promised. */
static void
judge(const check *c, const way *w, const trial *t, const mechanism_claim *claim,
      exs_check_finding *f, words *to)
{
	bool  promised = claim->listed && claim->signs;
	char *why = to->why;

	to->answer = ckr_print(t->rv);
	f->value = to->answer.at;
	f->why = why;
	why[0] = '\0';
	if (t->is_verified) {
		f->value = "verified";
		(void)snprintf(why, WORDS_MAX, "%s%lld ms", promised ? "" : "the module's list leaves it out; ",
		               (long long)t->ms);
		f->verdict = promised ? EXS_CHECK_FINE : EXS_CHECK_DOUBTFUL;
	} else if (t->is_signed) {
		bool known = c->key.public_der.len > 0;

		f->value = known ? "WRONG SIGNATURE" : "signed";
		f->verdict = known ? EXS_CHECK_BROKEN : EXS_CHECK_DOUBTFUL;
		(void)snprintf(why, WORDS_MAX, "%s", known ? "the signature does not verify with the key's public half"
		                                         : "without a public half it cannot be verified");
	} else if (ckr_is_unfit_mechanism(t->rv) && (!promised || !is_allowed(&c->key, w->type))) {
		(void)snprintf(why, WORDS_MAX, "%s answered so%s", t->call,
		               promised ? "; the key allows other mechanisms only" : ", as the module's list says");
	} else {
		f->verdict = EXS_CHECK_DOUBTFUL;
		(void)snprintf(why, WORDS_MAX, "%s answered so%s", t->call,
		               promised ? ", though the module lists the mechanism" : "");
	}
}

/* An assertion is signed in the first way that the device takes, and ends at the first answer that forbids another. */
static void
note_for_assertion(chapter *x, const way *w, const trial *t)
{
	if (x->is_over || (w->feed == FEED_PSS && x->check->options.pss_in_token))
		return;
	x->rv = t->rv;
	x->is_over = t->is_signed || (t->fits && !ckr_is_unfit_mechanism(t->rv));
	if (t->is_signed) {
		x->taken = w;
		x->is_good = t->is_verified;
	}
}

static exs_status
tell_touch(chapter *x, const trial *t, exs_error *error)
{
	check *c = x->check;
	char   value[40];

	if (t->ms <= TOUCH_MS || c->has_touch)
		return EXS_OK;
	c->has_touch = true;
	(void)snprintf(value, sizeof value, "%lld ms", (long long)t->ms);
	return check_tell(c,
	                  (exs_check_finding){.area = EXS_CHECK_SIGNATURE,
	                                      .verdict = EXS_CHECK_DOUBTFUL,
	                                      .name = "touch",
	                                      .value = value,
	                                      .why = "a signature took so long: the device waits for a touch, or is slow",
	                                      .fix = "a key without touch policy, where nobody is there to touch it"},
	                  error);
}

/* A PIN or a touch for each: one is enough, unless all were asked for. */
static void
save_the_next(chapter *x, const trial *t)
{
	if (x->bench.is_spoilt) {
		x->may_sign = false;
		x->why_not = "the token has one session only, and a failed signature holds it";
	} else if (!x->check->options.all && (t->is_signed || t->pin_spent) &&
	           check_is_costly(x->check)) {
		x->may_sign = false;
		x->why_not = x->check->has_touch ? "each signature costs a touch; --all tries them"
		                                 : "each signature costs a PIN; --all tries them";
	}
}

static exs_status
try_way(chapter *x, exs_alg alg, const way *w, exs_check_finding *f, words *to, exs_error *error)
{
	trial           t = {.fits = false};
	mechanism_claim claim = {.listed = false};

	EXS_TRY(mechanismlist_ask(hold_token(x->check->hold), x->list, w->type, &claim, error));
	EXS_TRY(bench_try(&x->bench, alg, w, &t, error));
	note_for_assertion(x, w, &t);
	if (!t.fits) {
		f->value = "does not fit";
		f->why = "the padding is longer than the key";
		return EXS_OK;
	}
	judge(x->check, w, &t, &claim, f, to);
	EXS_TRY(tell_touch(x, &t, error));
	save_the_next(x, &t);
	return EXS_OK;
}

static exs_status
tell_way(chapter *x, exs_alg alg, const way *w, exs_error *error)
{
	words             to;
	exs_check_finding f = {.area = EXS_CHECK_SIGNATURE, .name = to.name};

	(void)snprintf(to.name, sizeof to.name, "%s %s", exs_alg_name(alg), w->name);
	if (x->may_sign) {
		EXS_TRY(try_way(x, alg, w, &f, &to, error));
	} else {
		f.verdict = EXS_CHECK_NOT_TRIED;
		f.why = x->why_not;
	}
	return check_tell(x->check, f, error);
}

/* What comes of all ways together. */
static exs_status
tell_alg(chapter *x, exs_alg alg, bool was_tried, exs_error *error)
{
	bool              is_wanted = alg == x->wanted;
	ckr_text          answer = ckr_print(x->rv);
	exs_check_finding f = {.area = EXS_CHECK_SIGNATURE, .name = exs_alg_name(alg)};

	if (x->taken != NULL) {
		f.value = x->taken->name;
		f.why = is_wanted ? "token get signs in this way" : NULL;
		f.verdict = x->is_good || x->check->key.public_der.len == 0 ? EXS_CHECK_FINE : EXS_CHECK_BROKEN;
		if (f.verdict == EXS_CHECK_BROKEN) {
			f.why = "the first way that the device takes makes wrong signatures";
			f.fix = error_row_of(E_SIGNATURE)->fix;
		}
	} else if (!was_tried) {
		f.verdict = EXS_CHECK_NOT_TRIED;
		f.why = x->why_not;
	} else {
		f.value = answer.at;
		f.verdict = is_wanted ? EXS_CHECK_BROKEN : EXS_CHECK_DOUBTFUL;
		f.why = is_wanted ? error_row_of(E_KEY_MECHANISM)->meaning : "no way of signing works";
		f.fix = is_wanted ? error_row_of(E_KEY_MECHANISM)->fix : NULL;
	}
	return check_tell(x->check, f, error);
}

static exs_status
check_alg(chapter *x, exs_alg alg, exs_error *error)
{
	size_t     n = 0, order[WAYS_MAX] = {0};
	const way *ways = mechanism_ways(alg, &n);
	bool       was_tried = x->may_sign;

	mechanism_order(alg, &x->check->key, order);
	x->taken = NULL;
	x->is_good = x->is_over = false;
	x->rv = CKR_OK;
	for (size_t i = 0; i < n; i++)
		EXS_TRY(tell_way(x, alg, &ways[order[i]], error));
	if (alg == x->wanted && x->is_good)
		x->check->way = x->taken;
	return tell_alg(x, alg, was_tried, error);
}

static exs_status
tell_list(chapter *x, exs_error *error)
{
	char     value[40];
	bool     told = x->list->rv == CKR_OK;
	ckr_text answer = ckr_print(x->list->rv);

	(void)snprintf(value, sizeof value, "%lu mechanisms", x->list->n);
	return check_tell(x->check,
	                  (exs_check_finding){.area = EXS_CHECK_SIGNATURE,
	                                      .verdict = told ? EXS_CHECK_FINE : EXS_CHECK_DOUBTFUL,
	                                      .name = "list",
	                                      .value = told ? value : answer.at,
	                                      .why = told ? NULL : "the module does not tell its mechanisms"},
	                  error);
}

exs_status
check_signatures(check *c, exs_error *error)
{
	EXS_SCOPED(chapter) x = {.check = c, .may_sign = true, .wanted = choose_alg(c)};

	c->alg = x.wanted;
	EXS_TRY(mechanismlist_read(hold_token(c->hold), &x.list, error));
	EXS_TRY(tell_list(&x, error));
	EXS_TRY(bench_open(c, &x.bench, error));
	for (size_t i = 0; i < N_ALGS; i++)
		if (algs[i].alg == x.wanted)
			EXS_TRY(check_alg(&x, algs[i].alg, error));
	for (size_t i = 0; i < N_ALGS; i++)
		if (algs[i].alg != x.wanted && fits(&algs[i], &c->key))
			EXS_TRY(check_alg(&x, algs[i].alg, error));
	return bench_close(&x.bench, error);
}
