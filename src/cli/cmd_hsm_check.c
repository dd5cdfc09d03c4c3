/* exosign hsm check. */
#include "base/error.h"
#include "base/jsonobject.h"
#include "cli/logger.h"
#include "cli/show.h"

#include <exosign/check.h>

enum { VERDICTS = EXS_CHECK_NOT_TRIED + 1, BROKEN_TEXT_MAX = 1000 };

/* The rows on their way out, and what is summed up of them. */
typedef struct tally {
	writer    *out;
	unsigned   counts[VERDICTS];
	exs_status first; /* of the first broken one */
	buf        broken; /* their names */
} tally;

static void
tally_done(tally *t)
{
	writer_free(t->out);
	buf_done(&t->broken);
}

static exs_status
show_finding(void *self, const exs_check_finding *f, exs_error *error)
{
	tally *t = self;
	EXS_SCOPED(jsonobject) row = {0};
	span json;

	t->counts[f->verdict]++;
	if (f->verdict == EXS_CHECK_BROKEN) {
		t->first = t->first == EXS_OK ? f->status : t->first;
		buf_addf(&t->broken, "%s%s: %s", t->broken.len > 0 ? ", " : "",
		         exs_check_area_name(f->area), f->name);
	}
	jsonobject_init(&row);
	jsonobject_text(&row, "area", exs_check_area_name(f->area));
	jsonobject_text(&row, "name", f->name);
	jsonobject_text(&row, "verdict", exs_check_verdict_name(f->verdict));
	jsonobject_text(&row, "value", f->value);
	jsonobject_text(&row, "why", f->why);
	jsonobject_text(&row, "fix", f->fix);
	json = jsonobject_end(&row);
	return writer_row(t->out, json.at, json.len, error);
}

static void
say_sum(const invocation *inv, const tally *t)
{
	if (has(inv->given, OPT_QUIET))
		return;
	LOG(inv->context, EXS_LOG_NOTICE, "hsm", "checked", LOG_NUMBER("fine", t->counts[EXS_CHECK_FINE]),
	    LOG_NUMBER("doubtful", t->counts[EXS_CHECK_DOUBTFUL]),
	    LOG_NUMBER("broken", t->counts[EXS_CHECK_BROKEN]),
	    LOG_NUMBER("not-tried", t->counts[EXS_CHECK_NOT_TRIED]));
}

static exs_status
fail_broken(tally *t, exs_error *error)
{
	unsigned   n = t->counts[EXS_CHECK_BROKEN];
	exs_status status = exs_fail(error, E_CHECK, "%u %s broken", n, n == 1 ? "finding is" : "findings are");

	error_why(error, "%s", buf_text(&t->broken));
	if (t->first != status)
		error_status(error, t->first);
	return t->first;
}

static exs_status
check(invocation *inv, const char *uri, tally *t, exs_error *error)
{
	exs_check_options options = {.size = sizeof options};
	exs_status status;

	EXS_TRY(open_access(inv, uri, &options.access, error));
	/* What the profile says of its key holds for that one alone. */
	if (uri == NULL) {
		options.alg = inv->profile.signer.alg;
		options.pss_in_token = inv->profile.signer.pss_in_token;
		options.certificate = inv->profile.signer.certificate;
		options.allow_extractable = inv->profile.signer.allow_extractable;
	}
	options.all = has(inv->given, OPT_ALL);
	options.without_speed = has(inv->given, OPT_NO_SPEED);
	EXS_TRY(show_list(inv, "area,name,verdict,value,why", &t->out, error));
	status = show_end(t->out, exs_check_walk(inv->context, &options, show_finding, t, error), error);
	say_sum(inv, t);
	EXS_TRY(status);
	return t->counts[EXS_CHECK_BROKEN] > 0 ? fail_broken(t, error) : EXS_OK;
}

exs_status
run_hsm_check(invocation *inv, exs_error *error)
{
	EXS_SCOPED(tally) t = {.broken = BUF(BROKEN_TEXT_MAX)};

	return check(inv, inv->given->n_words > 0 ? inv->given->words[0] : NULL, &t, error);
}
