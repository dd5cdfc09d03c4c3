/*
 * Signing in by a code that is typed on any device (RFC 8628, entra-graph.md 3.1).
 *
 * Between two questions the wait is the server's; "slow_down" adds five seconds for good. A connection that broke or a server that
 * failed is no answer, so asking goes on until the code expires.
 */
#include "oauth/signin.h"

#include "base/encode.h"
#include "base/error.h"
#include "base/json.h"
#include "base/moment.h"

enum { INTERVAL_S = 5, INTERVAL_MAX_S = 60, SLOWER_S = 5, EXPIRES_MAX_S = 3600 };

typedef struct device_code {
	secret *code;
	char   *user_code, *url;
	int64_t interval_s, expires_s;
} device_code;

static void
device_code_done(device_code *d)
{
	secret_free(d->code);
	mem_free(d->user_code);
	mem_free(d->url);
}

/* Only what a person could type or open is shown: visible ASCII. */
static bool
is_plain(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if (*c <= 0x20 || *c > 0x7E)
			return false;
	return text[0] != '\0' && strlen(text) < 512;
}

static int64_t
bounded(const json *value, int64_t otherwise, int64_t most)
{
	int64_t number = 0;

	if (value == NULL || !json_whole(value, &number) || number <= 0)
		return otherwise;
	return number > most ? most : number;
}

static exs_status
read_code(span body, device_code *ret, exs_error *error)
{
	EXS_AUTO(json) *tree = NULL;
	const char *code, *user_code, *url;

	EXS_TRY(json_parse(body, "the device code", &tree, error));
	code = json_string(json_member(tree, "device_code"));
	user_code = json_string(json_member(tree, "user_code"));
	url = json_string(json_member(tree, "verification_uri"));
	if (code[0] == '\0' || !is_plain(user_code) || !is_plain(url) || !span_starts(span_of(url), "https://"))
		return exs_fail(error, E_ENTRA_ANSWER, "the directory's answer holds no device code");
	EXS_TRY(secret_new(span_of(code), &ret->code, error));
	EXS_TRY(mem_copy(user_code, &ret->user_code, error));
	EXS_TRY(mem_copy(url, &ret->url, error));
	ret->interval_s = bounded(json_member(tree, "interval"), INTERVAL_S, INTERVAL_MAX_S);
	ret->expires_s = bounded(json_member(tree, "expires_in"), 900, EXPIRES_MAX_S);
	return EXS_OK;
}

static exs_status
ask_for_code(const signin *s, device_code *ret, exs_error *error)
{
	EXS_SCOPED(buf) form = BUF(SIGNIN_FORM_MAX);
	EXS_SCOPED(signin_answer) answer = {0};

	encode_form(&form, "client_id", span_of(s->identity->client_id));
	encode_form(&form, "scope", span_of(s->scope));
	EXS_TRY(buf_check(&form, "the request", error));
	EXS_TRY(signin_post(s, "/devicecode", buf_span(&form), &answer, error));
	if (answer.status != 200)
		return signin_refused(s, &answer, error);
	return read_code(buf_span(&answer.body), ret, error);
}

/* What an answer to "has the person finished?" means. */
typedef enum verdict { GRANTED, PENDING, SLOWER, REFUSED } verdict;

static const struct {
	const char *name;
	const char *sentence; /* NULL: go on asking */
	verdict     verdict;
} answers[] = {
	{"authorization_pending", NULL, PENDING},
	{"slow_down", NULL, SLOWER},
	{"temporarily_unavailable", NULL, SLOWER},
	{"authorization_declined", "the sign-in was declined", REFUSED},
	{"access_denied", "the sign-in was declined", REFUSED},
	{"expired_token", "nobody signed in before the code expired", REFUSED},
	{"code_expired", "nobody signed in before the code expired", REFUSED},
	{"bad_verification_code", "the directory does not know the device code", REFUSED},
};

static exs_status
fail_signin(const char *sentence, const char *name, exs_error *error)
{
	exs_status status = exs_fail(error, E_SIGNIN, "%s", sentence);

	error_native(error, "%s", name);
	return status;
}

static exs_status
judge(const signin *s, const signin_answer *answer, verdict *ret, exs_error *error)
{
	char name[64];

	*ret = GRANTED;
	if (answer->status == 200)
		return EXS_OK;
	*ret = SLOWER;
	if (answer->status == 429 || answer->status >= 500)
		return EXS_OK;
	signin_error_name(answer, name, sizeof name);
	*ret = REFUSED;
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		if (strcmp(answers[i].name, name) != 0)
			continue;
		*ret = answers[i].verdict;
		if (answers[i].sentence == NULL)
			return EXS_OK;
		return fail_signin(answers[i].sentence, name, error);
	}
	return signin_refused(s, answer, error);
}

/* One question. A broken connection is no answer. */
static exs_status
ask(const signin *s, span form, verdict *ret, exs_bearer **ret_bearer, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	EXS_SCOPED(signin_answer) answer = {0};
	exs_status status;

	if (cause == NULL)
		return mem_fail(error);
	status = signin_post(s, "/token", form, &answer, cause);
	if (status != EXS_OK && (error_is(cause, E_NETWORK) || error_is(cause, E_TIMEOUT))) {
		*ret = PENDING;
		return EXS_OK;
	}
	if (status != EXS_OK) {
		error_copy(error, cause);
		return status;
	}
	EXS_TRY(judge(s, &answer, ret, error));
	return *ret == GRANTED ? signin_bearer(s, &answer, ret_bearer, error) : EXS_OK;
}

static exs_status
ask_until_answered(const signin *s, device_code *d, exs_bearer **ret, exs_error *error)
{
	EXS_SCOPED(buf) form = BUF(SIGNIN_FORM_MAX);
	int64_t ends = moment_steady_ms() + d->expires_s * 1000;
	verdict said = PENDING;

	encode_form(&form, "grant_type", span_of("urn:ietf:params:oauth:grant-type:device_code"));
	encode_form(&form, "client_id", span_of(s->identity->client_id));
	encode_form(&form, "device_code", secret_reveal(d->code));
	EXS_TRY(buf_check(&form, "the request", error));
	if (ends > s->ends_ms)
		ends = s->ends_ms;
	while (said != GRANTED) {
		if (moment_steady_ms() >= ends)
			return exs_fail(error, E_SIGNIN, "nobody signed in in time");
		EXS_TRY(context_sleep(s->context, d->interval_s * 1000, error));
		EXS_TRY(ask(s, buf_span(&form), &said, ret, error));
		if (said == SLOWER && d->interval_s < INTERVAL_MAX_S)
			d->interval_s += SLOWER_S;
	}
	return EXS_OK;
}

exs_status
signin_by_code(const signin *s, exs_bearer **ret, exs_error *error)
{
	EXS_SCOPED(device_code) d = {0};
	exs_signin_prompt prompt;

	EXS_TRY(ask_for_code(s, &d, error));
	prompt = (exs_signin_prompt){.url = d.url, .code = d.user_code, .seconds = d.expires_s};
	EXS_TRY(s->options->show(s->options->self, &prompt, error));
	return ask_until_answered(s, &d, ret, error);
}
