/*
 * The exchange of an assertion for a bearer.
 *
 * Asking twice does no harm: a second bearer is as good as the first. So a connection that broke is tried once more even
 * when the request may have arrived. What is certain not to change by itself (TLS, proxy, "no") is not repeated.
 */
#include "oauth/grant.h"

#include "base/encode.h"
#include "base/error.h"
#include "base/id.h"
#include "base/moment.h"
#include "http/retry.h"
#include "oauth/answer.h"
#include "oauth/bearer.h"
#include "oauth/claims.h"
#include "oauth/refusal.h"

#include <exosign/version.h>

#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

enum { FORM_MAX = 512 * 1024, FIRST_WAIT_MS = 1000, ASSERTION_REST_S = 60 };

/* One grant from the first attempt to the last. */
typedef struct attempt {
	const grant    *g;
	const char     *scope, *challenge;
	exs_assertion  *assertion;   /* kept for the next attempt where the issuer allows */
	int64_t         retry_after; /* what the server asked for; -1: nothing */
	bool            passing;     /* the failure may pass by itself */
	unsigned        broken;      /* connections that broke */
} attempt;

static void
attempt_done(attempt *a)
{
	exs_assertion_free(a->assertion);
}

/* Entra takes an assertion again until it expires, which spares a touch; other issuers insist on a new jti. */
static exs_status
need_assertion(attempt *a, exs_error *error)
{
	const grant *g = a->g;

	if (a->assertion != NULL && g->identity->entra &&
	    exs_assertion_expires(a->assertion) - ASSERTION_REST_S > context_now(g->context))
		return EXS_OK;
	exs_assertion_free(a->assertion);
	a->assertion = NULL;
	return assertion_new(g->context, g->identity, g->signer, NULL, &a->assertion, error);
}

static exs_status
write_form(const attempt *a, buf *to, exs_error *error)
{
	EXS_SCOPED(buf) claims = BUF(FORM_MAX);

	encode_form(to, "client_id", span_of(a->g->identity->client_id));
	encode_form(to, "client_assertion_type", span_of(ASSERTION_TYPE));
	encode_form(to, "client_assertion", assertion_text(a->assertion));
	encode_form(to, "grant_type", span_of("client_credentials"));
	if (a->scope[0] != '\0')
		encode_form(to, "scope", span_of(a->scope));
	if (a->g->identity->entra || a->challenge != NULL) {
		EXS_TRY(claims_write(&claims, a->challenge, error));
		encode_form(to, "claims", buf_span(&claims));
	}
	return buf_check(to, "a token request", error);
}

static void
add_header(http_request *request, const char *name, const char *value)
{
	request->headers[request->n_headers++] = (http_header){name, value};
}

static void
log_grant(const attempt *a, int status, const char *id, int64_t ms)
{
	LOG(a->g->context, EXS_LOG_INFO, "oauth", "grant", LOG_TEXT("scope", a->scope),
	    LOG_NUMBER("status", status), LOG_NUMBER("ms", ms), LOG_TEXT("correlation", id));
}

static exs_status
judge(attempt *a, const http_response *response, const answer_times *times, span body,
      const char *request_id, exs_bearer **ret, exs_error *error)
{
	int64_t server = 0;
	refusal r = {
		.status = http_status(response),
		.retry_after = http_retry_after(response),
		.body = body,
		.content_type = http_header_value(response, "Content-Type"),
		.request_id = request_id,
	};

	if (r.status == 200 || r.status == 201)
		return answer_read(body, a->scope, times, ret, error);
	r.server_clock_known = http_date(response, &server);
	r.ahead = r.server_clock_known ? times->received - server : 0;
	a->passing = refusal_is_passing(&r);
	a->retry_after = r.retry_after;
	return refusal_report(&r, a->g->identity, a->g->signer, error);
}

static exs_status
send_once(attempt *a, exs_bearer **ret, exs_error *error)
{
	const grant             *g = a->g;
	EXS_SCOPED(buf)          form = BUF(FORM_MAX);
	EXS_SCOPED(buf)          body = BUF(GRANT_ANSWER_MAX);
	EXS_AUTO(http_response) *response = NULL;
	http_request             request = {.method = "POST", .url = g->identity->token_endpoint};
	uuid_text                id;
	int64_t                  began = moment_steady_ms();
	answer_times             times = {0};

	EXS_TRY(need_assertion(a, error));
	EXS_TRY(write_form(a, &form, error));
	EXS_TRY(uuid_new(&id, error));
	add_header(&request, "Content-Type", "application/x-www-form-urlencoded");
	add_header(&request, "Accept", "application/json");
	add_header(&request, "client-request-id", id.at);
	add_header(&request, "return-client-request-id", "true");
	add_header(&request, "x-client-sku", "exosign");
	add_header(&request, "x-client-ver", EXS_VERSION);
	request.body = buf_span(&form);
	request.deadline_ms = g->deadline_ms > 0 && g->deadline_ms < GRANT_DEADLINE_MS
	                              ? g->deadline_ms
	                              : GRANT_DEADLINE_MS;
	times.sent = context_now(g->context);
	EXS_TRY(http_open(g->client, &request, &response, error));
	times.received = context_now(g->context);
	EXS_TRY(http_read_all(response, &body, error));
	log_grant(a, http_status(response), id.at, moment_steady_ms() - began);
	return judge(a, response, &times, buf_span(&body), id.at, ret, error);
}

/* May this failure be repeated, and why will the log say so? NULL: no. */
static const char *
repeat_reason(attempt *a, exs_status status, const exs_error *error)
{
	if (a->passing)
		return status == EXS_THROTTLED ? "throttled" : "service not available";
	if (error_is(error, E_NETWORK) && a->broken++ == 0)
		return "connection broke";
	return NULL;
}

exs_status
grant_redeem(const grant *g, const char *scope, const char *challenge, exs_bearer **ret,
             exs_error *error)
{
	EXS_SCOPED(attempt) a = {.g = g, .scope = scope, .challenge = challenge};
	retry               r = {.attempts = g->attempts > 0 ? g->attempts : GRANT_ATTEMPTS,
	                         .first_wait_ms = FIRST_WAIT_MS};

	for (;;) {
		EXS_SCOPED(error_scratch) failure = exs_error_new();
		const char *reason;
		exs_status  status;

		if (failure == NULL)
			return mem_fail(error);
		a.passing = false;
		a.retry_after = -1;
		status = send_once(&a, ret, failure);
		if (status == EXS_OK)
			return EXS_OK;
		reason = repeat_reason(&a, status, failure);
		if (reason == NULL || !retry_left(&r) || a.retry_after > RETRY_WAIT_MAX_S) {
			error_copy(error, failure);
			return status;
		}
		EXS_TRY(retry_wait(&r, g->context, reason, a.retry_after, error));
	}
}
