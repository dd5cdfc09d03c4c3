/* exosign cert due: 0 due, 1 not due, 255 cannot tell. */
#include "base/error.h"
#include "base/jsonobject.h"
#include "base/moment.h"
#include "cli/cmd_cert_show.h"
#include "cli/metrics.h"
#include "cli/show.h"

enum { KEYS_MAX = 1024, ANSWER_DUE = 0, ANSWER_NOT_DUE = 1, WITHIN_DEFAULT_S = 30 * 86400, LINE_MAX = 16384,
       METRICS_MAX = 4 * 1024 * 1024 };

/* Of a key, the certificate that ends last. */
typedef struct newest {
	char   *public_sha256, *sha1, *subject, *where;
	int64_t not_after;
} newest;

typedef struct due_search {
	newest keys[KEYS_MAX];
	size_t n;
} due_search;

static void
forget(newest *one)
{
	mem_free(one->public_sha256);
	mem_free(one->sha1);
	mem_free(one->subject);
	mem_free(one->where);
}

static void
due_search_done(due_search *s)
{
	for (size_t i = 0; i < s->n; i++)
		forget(&s->keys[i]);
}

static newest *
find(due_search *s, const char *public_sha256)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->keys[i].public_sha256, public_sha256) == 0)
			return &s->keys[i];
	return NULL;
}

static exs_status
take(void *self, const exs_certificate_facts *facts, exs_error *error)
{
	due_search *s = self;
	newest     *one = find(s, facts->public_key_sha256);

	if (facts->attestation || (one != NULL && one->not_after >= facts->not_after))
		return EXS_OK;
	if (one == NULL && s->n == KEYS_MAX)
		return exs_fail(error, E_USAGE, "these are more than %d keys", (int)KEYS_MAX);
	if (one == NULL)
		one = &s->keys[s->n++];
	forget(one);
	*one = (newest){.not_after = facts->not_after};
	EXS_TRY(mem_copy(facts->public_key_sha256, &one->public_sha256, error));
	EXS_TRY(mem_copy(facts->sha1, &one->sha1, error));
	EXS_TRY(mem_copy(facts->subject, &one->subject, error));
	return mem_copy(facts->where, &one->where, error);
}

static exs_status
read_within(const invocation *inv, int64_t *ret, exs_error *error)
{
	const char *text = inv->given->values[OPT_WITHIN];
	exs_status  status;

	*ret = WITHIN_DEFAULT_S;
	if (text == NULL || (moment_parse_duration(span_of(text), ret) && *ret >= 0))
		return EXS_OK;
	status = exs_fail(error, E_USAGE, "--within cannot be \"%.200s\"", text);
	error_fix(error, "30d, 12h, 90m, or seconds");
	return status;
}

static exs_status
say(const invocation *inv, const newest *one, bool due, int64_t left, int64_t within,
    exs_error *error)
{
	EXS_SCOPED(jsonobject) answer = {0};
	EXS_SCOPED(buf) line = BUF(LINE_MAX);

	if (has(inv->given, OPT_QUIET))
		return EXS_OK;
	if (has(inv->given, OPT_OUTPUT)) {
		jsonobject_init(&answer);
		jsonobject_flag(&answer, "due", due);
		jsonobject_text(&answer, "not_after", moment_print(one->not_after).at);
		jsonobject_number(&answer, "seconds_left", left);
		jsonobject_number(&answer, "within_seconds", within);
		jsonobject_text(&answer, "subject", one->subject);
		jsonobject_text(&answer, "sha1", one->sha1);
		jsonobject_text(&answer, "where", one->where);
		return show_object(inv, jsonobject_end(&answer), error);
	}
	buf_addf(&line, "%s: %s %s %s%s, on %s", due ? "due" : "not due", one->subject,
	         left < 0 ? "expired" : "expires in", moment_print_duration(left < 0 ? -left : left).at,
	         left < 0 ? " ago" : "", moment_print(one->not_after).at);
	if (left >= 0)
		buf_addf(&line, ", which is %s %s", due ? "within" : "not within",
		         moment_print_duration(within).at);
	buf_addf(&line, " (SHA-1 %s, %s)\n", one->sha1, one->where);
	EXS_TRY(buf_check(&line, "a line", error));
	return show_text(buf_span(&line), error);
}

/* Of each key the certificate that ends last; without any the file says so, which is what an alert waits for. */
static exs_status
write_metrics(const invocation *inv, const due_search *search, bool known, int64_t within, int64_t now, exs_error *error)
{
	static const char ends[] = "exosign_certificate_not_after_seconds", due[] = "exosign_certificate_due",
			  readable[] = "exosign_certificate_readable", checked[] = "exosign_certificate_checked_seconds";
	EXS_SCOPED(buf) text = BUF(METRICS_MAX);
	const char *profile_name = inv->settings.profile == NULL ? "" : inv->settings.profile;
	metric_label labels[] = {{"profile", profile_name}, {"sha1", ""}, {"subject", ""}};

	metrics_gauge(&text, readable, "Whether the certificates of the profile's key could be looked at.");
	metrics_sample(&text, readable, labels, 1, known);
	metrics_gauge(&text, checked, "When they were looked at, seconds since 1970.");
	metrics_sample(&text, checked, labels, 1, now);
	metrics_gauge(&text, ends, "When the certificate ends, seconds since 1970.");
	for (size_t i = 0; known && i < search->n; i++) {
		labels[1].value = search->keys[i].sha1;
		labels[2].value = search->keys[i].subject;
		metrics_sample(&text, ends, labels, 3, search->keys[i].not_after);
	}
	metrics_gauge(&text, due, "Whether it is due for renewal.");
	for (size_t i = 0; known && i < search->n; i++) {
		labels[1].value = search->keys[i].sha1;
		labels[2].value = search->keys[i].subject;
		metrics_sample(&text, due, labels, 3, search->keys[i].not_after - now <= within);
	}
	return metrics_write(&text, inv->given->values[OPT_METRICS], error);
}

static const newest *
first_to_end(const due_search *search)
{
	const newest *first = NULL;

	for (size_t i = 0; i < search->n; i++)
		if (first == NULL || search->keys[i].not_after < first->not_after)
			first = &search->keys[i];
	return first;
}

static exs_status
look(invocation *inv, due_search *search, exs_error *error)
{
	EXS_TRY(cert_visit(inv, take, search, error));
	return search->n > 0 ? EXS_OK : exs_fail(error, E_CERT_ABSENT, "there is no certificate");
}

exs_status
run_cert_due(invocation *inv, exs_error *error)
{
	EXS_SCOPED(due_search) search = {0};
	const newest *first;
	int64_t       within, left, now = moment_now_ms() / 1000;
	exs_status    status;
	bool          due;

	EXS_TRY(read_within(inv, &within, error));
	status = look(inv, &search, error);
	/* the first cause is what the command ends with */
	if (has(inv->given, OPT_METRICS) && status != EXS_CANCELLED) {
		exs_status written = write_metrics(inv, &search, status == EXS_OK, within, now, error);

		status = status == EXS_OK ? written : status;
	}
	EXS_TRY(status);
	first = first_to_end(&search);
	left = first->not_after - now;
	due = left <= within;
	EXS_TRY(say(inv, first, due, left, within, error));
	inv->answer = due ? ANSWER_DUE : ANSWER_NOT_DUE;
	return EXS_OK;
}
