/* One small JSON call. */
#include "api/small.h"

#include "api/plain.h"
#include "base/jsontext.h"

void
small_answer_done(small_answer *answer)
{
	buf_done(&answer->body);
}

static exs_status
write_url(const api_session *session, const char *url, buf *to, exs_error *error)
{
	if (url[0] == '/')
		buf_puts(to, session->origin);
	buf_puts(to, url);
	return buf_check(to, "the address", error);
}

static exs_status
check_body(const small_request *request, small_answer *answer, exs_error *error)
{
	span   body = span_trim(buf_span(&answer->body));
	size_t at;

	if (body.len == 0) {
		buf_clear(&answer->body);
		return EXS_OK;
	}
	if (!jsontext_check(body, &at))
		return exs_fail(error, E_ANSWER, "%s: the answer is no JSON (byte %zu of %zu)", request->aim, at,
		                body.len);
	return EXS_OK;
}

/* The body, whole. */
static exs_status
read_answer(const small_request *request, call *c, small_answer *answer, exs_error *error)
{
	exs_status status;

	answer->status = http_status(c->response);
	answer->client_request_id = c->client_request_id;
	buf_clear(&answer->body);
	status = http_read_all(c->response, &answer->body, error);
	if (status == EXS_OK)
		status = check_body(request, answer, error);
	if (status != EXS_OK) {
		error_aim(error, "%s", request->aim);
		error_ref(error, "client-request-id", c->client_request_id.at);
	}
	return status;
}

/* May the call be sent once more because its answer broke off? Waits when it may. */
static exs_status
after_broken(const small_request *request, api_session *session, retry *budget, exs_error *cause,
             bool *ret_again, exs_error *error)
{
	char why[200];

	*ret_again = false;
	if (request->writes || !call_is_passing(cause) || !call_may_repeat(budget, -1)) {
		error_copy(error, cause);
		return exs_error_status(cause);
	}
	plain_copy(why, sizeof why, span_of(exs_error_message(cause)));
	*ret_again = true;
	return retry_wait(budget, session->context, why, -1, error);
}

static exs_status
one_round(api_session *session, const small_request *request, const call_request *wire,
          retry *budget, small_answer *answer, bool *ret_again, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	call       c = {0};
	exs_status status;

	if (cause == NULL)
		return mem_fail(error);
	*ret_again = false;
	status = call_open(&c, session, wire, budget, error);
	if (status != EXS_OK) {
		answer->refused = c.answered;
		answer->fault = c.fault;
		call_done(&c);
		return status;
	}
	status = read_answer(request, &c, answer, cause);
	if (status != EXS_OK)
		status = after_broken(request, session, budget, cause, ret_again, error);
	call_done(&c);
	return status;
}

exs_status
small_call(api_session *session, const small_request *request, small_answer *ret, exs_error *error)
{
	EXS_SCOPED(buf) url = BUF(SMALL_URL_MAX);
	call_request wire = {.aim = request->aim,
	                     .event = "request sent",
	                     .about = request->method,
	                     .method = request->method,
	                     .body = request->body,
	                     .reads = !request->writes,
	                     .n_headers = request->n_headers};
	retry        budget;
	bool         again = true;

	*ret = (small_answer){.body = BUF(SMALL_MAX)};
	EXS_TRY(write_url(session, request->url, &url, error));
	wire.url = buf_text(&url);
	memcpy(wire.headers, request->headers, sizeof wire.headers);
	budget = call_budget(session, &wire);
	while (again)
		EXS_TRY(one_round(session, request, &wire, &budget, ret, &again, error));
	return EXS_OK;
}
