/* One authorised call. */
#include "api/call.h"

#include "api/challenge.h"
#include "api/redirect.h"
#include "base/moment.h"

enum { LEAST_ATTEMPT_MS = 500 };

/* What has been tried within one call. */
typedef struct attempt {
	call               *c;
	api_session        *session;
	const call_request *request;
	retry              *budget;
	unsigned            redirects;
	bool                renewed, challenged; /* a 401 was answered with a new token */
	bool                settled;             /* *c holds the answer */
} attempt;

void
call_done(call *c)
{
	http_response_free(c->response);
	exs_bearer_free(c->bearer);
	mem_free(c->url);
	*c = (call){0};
}

retry
call_budget(const api_session *session, const call_request *request)
{
	int64_t deadline_ms = request->deadline_ms > 0   ? request->deadline_ms
	                      : session->deadline_ms > 0 ? session->deadline_ms
	                                                 : CALL_DEADLINE_MS;

	return (retry){.attempts = session->attempts,
	               .first_wait_ms = session->first_wait_ms,
	               .ends_ms = moment_steady_ms() + deadline_ms};
}

/* A wait that is too long for anybody is retry_wait()'s to refuse. */
bool
call_may_repeat(const retry *budget, int64_t retry_after)
{
	return retry_left(budget) &&
	       (retry_after > RETRY_WAIT_MAX_S || retry_fits(budget, retry_after));
}

static int64_t
attempt_deadline(const retry *budget)
{
	int64_t left = budget->ends_ms - moment_steady_ms();

	return left > LEAST_ATTEMPT_MS ? left : LEAST_ATTEMPT_MS;
}

bool
call_is_passing(const exs_error *error)
{
	return error_is(error, E_NETWORK) || error_is(error, E_TIMEOUT) || error_is(error, E_PROXY);
}

exs_status
call_unknown(const call *c, const char *aim, const exs_error *cause, exs_error *error)
{
	exs_status status = exs_fail(error, c->unknown,
	                             "%s: it is not known whether the change was made", aim);

	error_why(error, "%s", exs_error_message(cause));
	error_native(error, "%s", exs_error_native(cause));
	error_ref(error, "client-request-id", c->client_request_id.at);
	return status;
}

static void
add_header(http_request *request, const char *name, const char *value)
{
	request->headers[request->n_headers++] = (http_header){name, value};
}

/* An attempt of its own id is about to be made. */
static exs_status
announce(attempt *a, exs_error *error)
{
	const api_witness *witness = a->session->witness;

	http_response_free(a->c->response);
	a->c->response = NULL;
	EXS_TRY(uuid_new(&a->c->client_request_id, error));
	if (witness == NULL)
		return EXS_OK;
	return witness->begins(witness->self, a->c->client_request_id.at, error);
}

static void
tell(const attempt *a, const fault *f)
{
	const api_witness *witness = a->session->witness;

	if (witness != NULL)
		witness->answered(witness->self, a->c->response, f);
}

static exs_status
send(attempt *a, exs_error *error)
{
	const call_request *request = a->request;
	http_request        wire = {.method = request->method == NULL ? "POST" : request->method,
	                            .url = a->c->url,
	                            .bearer = bearer_secret(a->c->bearer),
	                            .body = request->body,
	                            .deadline_ms = attempt_deadline(a->budget)};

	for (size_t i = 0; i < request->n_headers; i++)
		wire.headers[wire.n_headers++] = request->headers[i];
	add_header(&wire, "Accept", "application/json");
	if (request->body.len > 0)
		add_header(&wire, "Content-Type", "application/json; charset=utf-8");
	add_header(&wire, "client-request-id", a->c->client_request_id.at);
	add_header(&wire, "connection-id", a->session->connection_id.at);
	LOG(a->session->context, EXS_LOG_INFO, "api", request->event,
	    LOG_TEXT("cmdlet", request->aim), LOG_TEXT("parameters", request->about),
	    LOG_TEXT("client_request_id", a->c->client_request_id.at));
	return http_open(a->session->client, &wire, &a->c->response, error);
}

/* http_open() failed: go on (EXS_OK) or say why not. */
static exs_status
after_no_answer(attempt *a, const exs_error *cause, exs_error *error)
{
	bool arrived = http_may_have_arrived(a->session->client);
	bool safe = a->request->reads || !arrived;

	a->c->answered = false;
	mem_free(a->session->region); /* it may have moved */
	a->session->region = NULL;
	if (call_is_passing(cause) && safe && call_may_repeat(a->budget, -1))
		return retry_wait(a->budget, a->session->context, exs_error_message(cause), -1, error);
	if (!safe && exs_error_status(cause) == EXS_NETWORK)
		return call_unknown(a->c, a->request->aim, cause, error);
	error_copy(error, cause);
	if (!safe && exs_error_status(cause) == EXS_CANCELLED)
		error_why(error, "%s was on its way: it is not known whether the change was made",
		          a->request->aim);
	error_ref(error, "client-request-id", a->c->client_request_id.at);
	return exs_error_status(cause);
}

/* May this answer be answered with another attempt, and is it known what became of a write? */
static bool
is_repeatable(const attempt *a, const fault *f)
{
	if (f->kind == FAULT_THROTTLED)
		return true;
	return a->request->reads && f->kind == FAULT_TRANSIENT;
}

/* A gateway's or the service's giving up leaves the fate of a write open; a cmdlet's own error does not. */
static bool
is_open(const attempt *a, const fault *f)
{
	if (a->request->reads || (f->kind != FAULT_TRANSIENT && f->kind != FAULT_STRANGE))
		return false;
	return f->status == 408 || f->status == 503 || (f->status >= 500 && f->type[0] == '\0');
}

static exs_status
wait_as_told(attempt *a, const fault *f, exs_error *error)
{
	exs_status status = retry_wait(a->budget, a->session->context,
	                               f->message[0] != '\0' ? f->message : f->code,
	                               f->retry_after, error);

	if (status != EXS_OK)
		error_ref(error, "request-id", f->request_id);
	return status;
}

static exs_status
after_refusal(attempt *a, const fault *f, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	bool       open = is_open(a, f);
	exs_status status;

	if (is_repeatable(a, f) && call_may_repeat(a->budget, f->retry_after))
		return wait_as_told(a, f, error);
	if (cause == NULL)
		return mem_fail(error);
	status = a->session->dialect->fail(f, a->request->aim, a->c->client_request_id.at,
	                                   a->c->bearer, open ? cause : error);
	return open ? call_unknown(a->c, a->request->aim, cause, error) : status;
}

static exs_status
renew(attempt *a, const char *claims, exs_error *error)
{
	exs_bearer *next = NULL;
	api_source *source = &a->session->source;

	EXS_TRY(source->bearer(source->self, a->c->bearer, claims, &next, error));
	exs_bearer_free(a->c->bearer);
	a->c->bearer = next;
	return EXS_OK;
}

/* 401: another token, once for a challenge and once without. *ret_again tells that one is there. */
static exs_status
after_401(attempt *a, bool *ret_again, exs_error *error)
{
	EXS_SCOPED(buf) claims = BUF(CHALLENGE_MAX);
	const char *header = http_header_value(a->c->response, "WWW-Authenticate");
	bool       *tried;

	EXS_TRY(challenge_claims(span_of(header == NULL ? "" : header), &claims, error));
	tried = claims.len > 0 ? &a->challenged : &a->renewed;
	*ret_again = !*tried;
	if (*tried)
		return EXS_OK;
	*tried = true;
	LOG(a->session->context, EXS_LOG_INFO, "api", "token refused",
	    LOG_TEXT("challenge", claims.len > 0 ? "claims" : "none"));
	return renew(a, claims.len > 0 ? buf_text(&claims) : NULL, error);
}

static exs_status
after_redirect(attempt *a, exs_error *error)
{
	char      *next = NULL;
	exs_status status;

	if (a->redirects++ == CALL_REDIRECTS)
		status = exs_fail(error, E_ANSWER, "%s: more than %d redirects", a->request->aim,
		                  CALL_REDIRECTS);
	else if (a->session->regional)
		status = redirect_region(a->session->origin, a->c->url,
		                         http_header_value(a->c->response, "Location"), &next, error);
	else
		status = redirect_target(a->c->url, http_header_value(a->c->response, "Location"),
		                         &next, error);
	if (status != EXS_OK)
		error_ref(error, "client-request-id", a->c->client_request_id.at);
	EXS_TRY(status);
	mem_free(a->c->url);
	a->c->url = next;
	return EXS_OK;
}

/* The region that answered is asked first from now on. */
static exs_status
remember_region(const attempt *a, exs_error *error)
{
	if (!a->session->regional || a->redirects == 0 || a->session->region != NULL)
		return EXS_OK;
	EXS_TRY(redirect_origin(a->c->url, &a->session->region, error));
	LOG(a->session->context, EXS_LOG_INFO, "api", "region", LOG_TEXT("origin", a->session->region));
	return EXS_OK;
}

static exs_status
after_answer(attempt *a, exs_error *error)
{
	fault f;
	int   status = http_status(a->c->response);
	bool  again = false;

	if (status >= 200 && status < 300) {
		tell(a, NULL);
		a->settled = true;
		return remember_region(a, error);
	}
	if (redirect_is_one(status))
		return after_redirect(a, error);
	if (status == 401)
		EXS_TRY(after_401(a, &again, error));
	if (again)
		return EXS_OK;
	a->session->dialect->read_response(&f, a->c->response);
	tell(a, &f);
	a->c->fault = f;
	a->c->answered = true;
	return after_refusal(a, &f, error);
}

static exs_status
one_attempt(attempt *a, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();

	if (cause == NULL)
		return mem_fail(error);
	EXS_TRY(context_check(a->session->context, error));
	EXS_TRY(announce(a, error));
	if (send(a, cause) != EXS_OK)
		return after_no_answer(a, cause, error);
	return after_answer(a, error);
}

exs_status
call_open(call *c, api_session *session, const call_request *request, retry *budget,
          exs_error *error)
{
	attempt a = {.c = c, .session = session, .request = request, .budget = budget};

	call_done(c);
	c->unknown = session->dialect->unknown;
	EXS_TRY(mem_copy(request->url, &c->url, error));
	EXS_TRY(session->source.bearer(session->source.self, NULL, NULL, &c->bearer, error));
	while (!a.settled)
		EXS_TRY(one_attempt(&a, error));
	return EXS_OK;
}
