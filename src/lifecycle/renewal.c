/*
 * The steps of a renewal up to the switch (entra-graph.md 3.6, 3.7).
 *
 * An app may add and remove its own keys without any permission, and then may not read which it has. So what was added and
 * removed, and under which id, stands in the journal; where an interruption left that open, a token decides: the new key signs
 * in or it does not.
 */
#include "lifecycle/renewal.h"

#include "base/error.h"
#include "base/file.h"
#include "base/id.h"
#include "base/moment.h"
#include "lifecycle/probe.h"
#include "oauth/proof.h"

#include <stdio.h>

enum { BODY_MAX = 3 * 1024 * 1024, NAME_ROOM = 128, ISSUED_MAX = 1024 * 1024, OPEN_ROUNDS = 4 };

exs_status
renewal_nothing(void *self, exs_error *error)
{
	(void)self;
	return exs_fail(error, E_BUG, "a step that only looks was to act");
}

exs_status
renewal_look_app(void *self, step_sight *sight, exs_error *error)
{
	work *w = self;

	EXS_TRY(work_object_id(w, error));
	sight_is(sight, EXS_STEP_DONE, "client id %s, object id %s", w->client_id, w->object_id);
	return EXS_OK;
}

exs_status
renewal_look_policy(void *self, step_sight *sight, exs_error *error)
{
	work *w = self;
	bool  known = false;

	if (!w->has_policy)
		EXS_TRY(renewal_read_keys(w, &known, error)); /* the app's day of birth decides which policies hold */
	EXS_TRY(work_policy(w, error));
	if (!w->policy.known)
		sight_is(sight, EXS_STEP_LEFT_OUT, "this token may not read policies: the directory itself will judge");
	else if (w->policy.lifetime_s > 0)
		sight_is(sight, EXS_STEP_DONE, "%s: certificates live at most %s", w->policy.from,
		         moment_print_duration(w->policy.lifetime_s).at);
	else
		sight_is(sight, EXS_STEP_DONE, "no limit on the life of certificates%s%s",
		         w->policy.others[0] != '\0' ? "; others: " : "", w->policy.others);
	return EXS_OK;
}

static exs_status
look_new(work *w, exs_error *error)
{
	return held_look(w->context, w->new_uri, NULL, w->options->signer->deadline_ms, &w->held, error);
}

exs_status
renewal_look_key(void *self, step_sight *sight, exs_error *error)
{
	work *w = self;

	EXS_TRY(look_new(w, error));
	sight_is(sight, w->held.has_key ? EXS_STEP_DONE : EXS_STEP_NEEDED, "%s", w->new_uri);
	return EXS_OK;
}

exs_status
renewal_make_key(void *self, exs_error *error)
{
	work *w = self;

	return work_make_key(w, w->new_uri, error);
}

exs_status
renewal_look_request(void *self, step_sight *sight, exs_error *error)
{
	work *w = self;

	EXS_TRY(look_new(w, error));
	if (!w->options->authority)
		sight_is(sight, EXS_STEP_LEFT_OUT, "the certificate is self-signed");
	else if (w->held.has_certificate || w->options->issued != NULL)
		sight_is(sight, EXS_STEP_DONE, "answered");
	else if (w->request_made)
		sight_is(sight, EXS_STEP_WAITING,
		         "give the request to your authority, then run this again with --issued FILE");
	else
		sight_is(sight, EXS_STEP_NEEDED, "for %s", w->new_uri);
	sight->ends = sight->state == EXS_STEP_WAITING;
	return EXS_OK;
}

exs_status
renewal_make_request(void *self, exs_error *error)
{
	work *w = self;
	EXS_AUTO(exs_issued) *request = NULL;
	exs_token_access access = work_access(w, w->new_uri);
	exs_issue_wish   wish = {.size = sizeof wish,
	                         .subject = w->options->subject,
	                         .allow_extractable = w->options->signer->allow_extractable};
	EXS_SCOPED(buf) subject = BUF(200);

	buf_addf(&subject, "CN=%s", w->client_id);
	if (wish.subject == NULL)
		wish.subject = buf_text(&subject);
	EXS_TRY(exs_request_create(w->context, &access, &wish, &request, error));
	EXS_TRY(w->options->take_request(w->options->take_self, exs_issued_describe(request)->pem, error));
	w->request_made = true;
	return EXS_OK;
}

exs_status
renewal_look_certificate(void *self, step_sight *sight, exs_error *error)
{
	work *w = self;

	EXS_TRY(look_new(w, error));
	if (!w->held.has_certificate) {
		sight_is(sight, EXS_STEP_NEEDED, "%s", w->options->authority ? "from the authority" : "self-signed");
		return EXS_OK;
	}
	EXS_TRY(work_check_lifetime(w, &w->held, error));
	if (w->held.not_after <= context_now(w->context))
		return exs_fail(error, E_CERT_EXPIRED, "the certificate of %s has expired", w->new_uri);
	sight_is(sight, EXS_STEP_DONE, "%s, until %.10s", w->held.sha1, moment_print(w->held.not_after).at);
	return EXS_OK;
}

static exs_status
import(work *w, exs_error *error)
{
	EXS_SCOPED(buf) file = BUF(ISSUED_MAX);
	EXS_AUTO(exs_issued) *issued = NULL;
	exs_token_access access = work_access(w, w->new_uri);
	exs_import       in = {.size = sizeof in, .name = w->options->issued, .without_chain = true};

	EXS_TRY(file_read(w->options->issued, FILE_ANY, &file, error));
	in.bytes = buf_text(&file);
	in.length = file.len;
	return exs_certificate_import(w->context, &access, &in, &issued, error);
}

exs_status
renewal_make_certificate(void *self, exs_error *error)
{
	work *w = self;

	return w->options->authority ? import(w, error) : work_make_certificate(w, w->new_uri, error);
}

exs_status
renewal_read_keys(work *w, bool *ret_known, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	bool       found = false;
	exs_status status;

	if (cause == NULL)
		return mem_fail(error);
	status = work_load_app(w, &found, cause);
	*ret_known = status == EXS_OK && found;
	if (status == EXS_OK || error_is(cause, E_GRAPH_FORBIDDEN))
		return EXS_OK;
	error_copy(error, cause);
	return status;
}

static void
fact_name(const char *sha1, char room[NAME_ROOM])
{
	(void)snprintf(room, NAME_ROOM, "key.%.40s", sha1);
}

exs_status
renewal_keep_key_id(work *w, const char *sha1, const char *key_id, exs_error *error)
{
	char name[NAME_ROOM];

	fact_name(sha1, name);
	return logbook_set(&w->journal, name, key_id[0] != '\0' ? key_id : "?", error);
}

static const char *
being_added(const work *w)
{
	return logbook_get(&w->journal, "adding");
}

static bool
was_added(const work *w, const char *sha1)
{
	return strcmp(logbook_get(&w->journal, "added"), sha1) == 0;
}

void
renewal_key_id(const work *w, bool list_known, const char *sha1, const char *sha256,
               char ret[GRAPH_ID_MAX], bool *ret_listed)
{
	char        name[NAME_ROOM];
	const char *kept;
	keycreds    all;
	keycred     one;

	ret[0] = '\0';
	*ret_listed = false;
	if (list_known && keycreds_of(application_span(&w->app), &all, NULL) == EXS_OK) {
		while (keycreds_next(&all, &one)) {
			if (!keycred_is(&one, sha1, sha256))
				continue;
			*ret_listed = true;
			(void)snprintf(ret, GRAPH_ID_MAX, "%s", one.key_id);
		}
		return;
	}
	fact_name(sha1, name);
	kept = logbook_get(&w->journal, name);
	if (graph_is_id(kept))
		(void)snprintf(ret, GRAPH_ID_MAX, "%s", kept);
	/* an id that was chosen but not answered for is no proof that the certificate is there */
	*ret_listed = kept[0] != '\0' && (strcmp(being_added(w), sha1) != 0 || was_added(w, sha1));
}

/* An addKey whose answer never came: does the new key sign in? */
static exs_status
probe_open_add(work *w, bool *ret, exs_error *error)
{
	*ret = false;
	if (w->plan || strcmp(logbook_get(&w->journal, "adding"), w->held.sha1) != 0)
		return EXS_OK;
	EXS_TRY(work_next(w, error));
	EXS_TRY(probe_token(w, w->next_signer, OPEN_ROUNDS, ret, error));
	return EXS_OK;
}

exs_status
renewal_look_add(void *self, step_sight *sight, exs_error *error)
{
	work *w = self;
	char  key_id[GRAPH_ID_MAX];
	bool  known = false, listed = false;

	if (!w->held.has_certificate) {
		sight_is(sight, EXS_STEP_NEEDED, "the new certificate");
		return EXS_OK;
	}
	EXS_TRY(renewal_read_keys(w, &known, error));
	renewal_key_id(w, known, w->held.sha1, w->held.sha256, key_id, &listed);
	if (listed && known && !w->plan)
		EXS_TRY(renewal_keep_key_id(w, w->held.sha1, key_id, error));
	if (!listed && !known)
		EXS_TRY(probe_open_add(w, &listed, error));
	if (listed && !w->plan && !was_added(w, w->held.sha1))
		EXS_TRY(logbook_set(&w->journal, "added", w->held.sha1, error));
	sight_is(sight, listed ? EXS_STEP_DONE : EXS_STEP_NEEDED, "%s, %s", w->held.sha1,
	         w->options->method == EXS_KEY_BY_PROOF ? "proved by the key the app has"
	                                                : "added to the list, others as they are");
	return EXS_OK;
}

static exs_status
add_by_proof(work *w, span entry, exs_error *error)
{
	EXS_AUTO(secret) *proof = NULL;
	char key_id[GRAPH_ID_MAX];

	EXS_TRY(work_signer(w, error));
	EXS_TRY(proof_new(w->context, w->signer, w->object_id, &proof, error));
	EXS_TRY(application_add_key(w->graph, w->object_id, entry, secret_reveal(proof), key_id, error));
	EXS_TRY(logbook_set(&w->journal, "added", w->held.sha1, error));
	return key_id[0] != '\0' ? renewal_keep_key_id(w, w->held.sha1, key_id, error) : EXS_OK;
}

static exs_status
add_by_patch(work *w, span entry, exs_error *error)
{
	EXS_SCOPED(buf) body = BUF(BODY_MAX);
	keycreds        all;
	bool            known = false;

	EXS_TRY(renewal_read_keys(w, &known, error));
	if (!known)
		return exs_fail(error, E_GRAPH_FORBIDDEN, "the app's certificates may not be read, so they are not written");
	EXS_TRY(keycreds_of(application_span(&w->app), &all, error));
	EXS_TRY(keycreds_patch(&all, NULL, entry, &body, error));
	return application_patch(w->graph, &w->app, "add the certificate", buf_span(&body), error);
}

exs_status
renewal_add(void *self, exs_error *error)
{
	work *w = self;
	EXS_SCOPED(buf) entry = BUF(HELD_DER_MAX * 2);
	char      name[NAME_ROOM], fact[NAME_ROOM];
	uuid_text key_id;

	EXS_TRY(work_graph(w, error));
	(void)snprintf(name, sizeof name, "exosign %.16s", w->held.sha1);
	EXS_TRY(uuid_new(&key_id, error));
	keycred_write(&entry, buf_span(&w->held.der), name, key_id.at);
	EXS_TRY(buf_check(&entry, "the certificate", error));
	fact_name(w->held.sha1, fact);
	EXS_TRY(logbook_set_all(&w->journal, (logbook_wish[]){{"adding", w->held.sha1}, {fact, key_id.at}}, 2, error));
	return w->options->method == EXS_KEY_BY_PROOF ? add_by_proof(w, buf_span(&entry), error)
	                                              : add_by_patch(w, buf_span(&entry), error);
}

exs_status
renewal_look_probe(void *self, step_sight *sight, exs_error *error)
{
	const work *w = self;

	(void)error;
	sight_is(sight, w->token_proved ? EXS_STEP_DONE : EXS_STEP_NEEDED, "a token by the new key");
	return EXS_OK;
}

exs_status
renewal_probe(void *self, exs_error *error)
{
	work *w = self;

	EXS_TRY(work_next(w, error));
	return probe_token(w, w->next_signer, 0, &w->token_proved, error);
}

exs_status
renewal_look_profile(void *self, step_sight *sight, exs_error *error)
{
	work *w = self;
	const exs_profile_store *store = &w->options->store;
	exs_profile_values values = {NULL, w->new_uri};
	bool has = false;

	if (store->holds == NULL) {
		sight_is(sight, EXS_STEP_WAITING, "put it into the profile yourself: key = %s", w->new_uri);
		sight->ends = true; /* what the profile signs with is not taken away */
		return EXS_OK;
	}
	EXS_TRY(store->holds(store->self, &values, &has, error));
	sight_is(sight, has ? EXS_STEP_DONE : EXS_STEP_NEEDED, "profile %s: key = %s", w->options->profile,
	         w->new_uri);
	return EXS_OK;
}

exs_status
renewal_switch_profile(void *self, exs_error *error)
{
	work *w = self;
	exs_profile_values values = {NULL, w->new_uri};

	return w->options->store.put(w->options->store.self, &values, error);
}
