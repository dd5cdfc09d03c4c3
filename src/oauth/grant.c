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
#include "sign/tlskey.h"

#include <exosign/version.h>

#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

enum { FORM_MAX = 512 * 1024, FIRST_WAIT_MS = 1000, ASSERTION_REST_S = 60, LEAST_ATTEMPT_MS = 500 };

/* One grant from the first attempt to the last. */
typedef struct attempt {
	const grant    *g;
	const char     *scope, *challenge;
	exs_assertion  *assertion;   /* kept for the next attempt where the issuer allows */
	int64_t         retry_after; /* what the server asked for; -1: nothing */
	int64_t         deadline_ms; /* of this attempt */
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

	if (g->identity->tls_client_auth)
		return g->signer != NULL ? EXS_OK
		                         : exs_fail(error, E_USAGE, "the credential has no signer");
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
	if (a->assertion != NULL) {
		encode_form(to, "client_assertion_type", span_of(ASSERTION_TYPE));
		encode_form(to, "client_assertion", assertion_text(a->assertion));
	}
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

/* A clock that is off and got through is one that will not get through one night. */
static void
warn_of_clock(const attempt *a, const refusal *r)
{
	int64_t         off = r->ahead < 0 ? -r->ahead : r->ahead;
	EXS_SCOPED(buf) where = BUF(128);

	if (!r->server_clock_known || off <= REFUSAL_SKEW_S)
		return;
	buf_addf(&where, "%s %s the server", moment_print_duration(off).at,
	         r->ahead > 0 ? "ahead of" : "behind");
	LOG(a->g->context, EXS_LOG_WARNING, "oauth", "clock off",
	    LOG_TEXT("machine", buf_text(&where)));
}

/* An answer that is neither a token nor a refusal: whoever is asked about it wants these. */
static exs_status
read_bearer(const attempt *a, const refusal *r, const answer_times *times, exs_bearer **ret,
            exs_error *error)
{
	exs_status status = answer_read(r->body, a->scope, times, ret, error);

	if (status == EXS_OK) {
		warn_of_clock(a, r);
		return EXS_OK;
	}
	error_native(error, "HTTP %d", r->status);
	error_ref(error, "correlation", r->request_id);
	return status;
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
		.location = http_header_value(response, "Location"),
		.request_id = request_id,
	};

	r.server_clock_known = http_date(response, &server);
	r.ahead = r.server_clock_known ? times->received - server : 0;
	if (r.status == 200 || r.status == 201)
		return read_bearer(a, &r, times, ret, error);
	a->passing = refusal_is_passing(&r);
	a->retry_after = r.retry_after;
	return refusal_report(&r, a->g->identity, a->g->signer, error);
}

/* The form on its way, and the answer's places. */
typedef struct conversation {
	const grant   *g;
	http_request  *request;
	buf           *body;
	answer_times  *times;
	http_response *response;
} conversation;

static void
conversation_done(conversation *c)
{
	http_response_free(c->response);
}

/* Sends the form and waits for the whole answer. */
static exs_status
converse(conversation *c, exs_error *error)
{
	http_response_free(c->response);
	c->response = NULL;
	c->times->sent = context_now(c->g->context);
	EXS_TRY(http_open(c->g->client, c->request, &c->response, error));
	c->times->received = context_now(c->g->context);
	return http_read_all(c->response, c->body, error);
}

/* As one device: its certificate and key in the handshake. When the device failed, that is the cause, not the handshake. */
static exs_status
converse_as(void *self, exs_signer *one, exs_error *error)
{
	conversation             *c = self;
	EXS_SCOPED(tlskey)        key = {0};
	EXS_SCOPED(error_scratch) failure = exs_error_new();
	const http_presence       presence = {tlskey_show, NULL, &key};
	exs_status                status;

	if (failure == NULL)
		return mem_fail(error);
	EXS_TRY(tlskey_open(one, &key, error));
	c->request->presence = &presence;
	status = converse(c, failure);
	c->request->presence = NULL;
	if (status == EXS_OK)
		return EXS_OK;
	EXS_TRY(tlskey_failure(&key, error));
	error_copy(error, failure);
	return status;
}

static exs_status
send_once(attempt *a, exs_bearer **ret, exs_error *error)
{
	const grant             *g = a->g;
	EXS_SCOPED(buf)          form = BUF(FORM_MAX);
	EXS_SCOPED(buf)          body = BUF(GRANT_ANSWER_MAX);
	http_request             request = {.method = "POST", .url = g->identity->token_endpoint};
	uuid_text                id;
	int64_t                  began = moment_steady_ms();
	answer_times             times = {0};
	EXS_SCOPED(conversation) c = {g, &request, &body, &times, NULL};
	exs_status               status;

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
	request.deadline_ms = a->deadline_ms;
	status = g->identity->tls_client_auth ? signer_use(g->signer, converse_as, &c, error)
	                                      : converse(&c, error);
	if (status != EXS_OK && http_may_have_arrived(g->client))
		error_ref(error, "correlation", id.at);
	EXS_TRY(status);
	log_grant(a, http_status(c.response), id.at, moment_steady_ms() - began);
	return judge(a, c.response, &times, buf_span(&body), id.at, ret, error);
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

/* What is left of the time for everything, but no longer than a directory that works would need. */
static int64_t
attempt_deadline(const retry *r)
{
	int64_t left = r->ends_ms - moment_steady_ms();

	if (r->ends_ms == 0 || left > GRANT_DEADLINE_MS)
		return GRANT_DEADLINE_MS;
	return left > LEAST_ATTEMPT_MS ? left : LEAST_ATTEMPT_MS;
}

exs_status
grant_redeem(const grant *g, const char *scope, const char *challenge, exs_bearer **ret,
             exs_error *error)
{
	EXS_SCOPED(attempt) a = {.g = g, .scope = scope, .challenge = challenge};
	retry               r = {.attempts = g->attempts > 0 ? g->attempts : GRANT_ATTEMPTS,
	                         .first_wait_ms = FIRST_WAIT_MS,
	                         .ends_ms = g->deadline_ms > 0 ? moment_steady_ms() + g->deadline_ms
	                                                       : 0};

	for (;;) {
		EXS_SCOPED(error_scratch) failure = exs_error_new();
		const char *reason;
		exs_status  status;

		if (failure == NULL)
			return mem_fail(error);
		a.passing = false;
		a.retry_after = -1;
		a.deadline_ms = attempt_deadline(&r);
		status = send_once(&a, ret, failure);
		if (status == EXS_OK)
			return EXS_OK;
		reason = repeat_reason(&a, status, failure);
		if (error_is(failure, E_TIMEOUT) && a.deadline_ms == GRANT_DEADLINE_MS)
			error_fix(failure, "try again; a directory that works answers in seconds");
		if (reason == NULL || !retry_left(&r) || !retry_fits(&r, a.retry_after)) {
			error_copy(error, failure);
			return status;
		}
		EXS_TRY(retry_wait(&r, g->context, reason, a.retry_after, error));
	}
}
