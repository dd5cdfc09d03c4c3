/* Several items as one request. */
#include "exchange/batch_group.h"

#include "base/encode.h"
#include "base/error.h"
#include "base/jsontext.h"
#include "exchange/batch_member.h"
#include "exchange/request.h"

enum { GROUP_BODY_MAX = 4 * 1024 * 1024, ADDRESS_MAX = 16 * 1024 };

bool
group_is_possible(const exs_exchange *exchange)
{
	return !exchange->service->v2 && exchange->service->endpoint == CLOUD_EXCHANGE;
}

static void
add_header(buf *to, bool first, const char *name, span value)
{
	if (!first)
		buf_byte(to, ',');
	jsontext_quote(to, span_of(name));
	buf_byte(to, ':');
	jsontext_quote(to, value);
}

/* The bearer stands in each item too; the body is wiped with the request. */
static exs_status
add_item(const exs_exchange *exchange, const batch_member *m, const exs_bearer *bearer, buf *to,
         exs_error *error)
{
	const exs_command   *command = m->entry->item->command;
	const char          *id = m->fate.client_request_id.at;
	command_request      r = {.walked = false};
	const call_request  *asked = &r.options.request;
	span                 token = secret_reveal(bearer_secret(bearer));
	exs_status           status = request_make(&r, exchange, command, error);

	if (status == EXS_OK) {
		buf_addf(to, "{\"id\":\"%s\",\"method\":\"POST\",\"url\":", id);
		jsontext_quote(to, span_of(asked->url));
		buf_puts(to, ",\"headers\":{\"Authorization\":\"Bearer ");
		buf_add(to, token);
		buf_byte(to, '"');
		add_header(to, false, "Content-Type", span_of("application/json"));
		add_header(to, false, "Accept", span_of("application/json"));
		add_header(to, false, "client-request-id", span_of(id));
		for (size_t i = 0; i < asked->n_headers; i++)
			add_header(to, false, asked->headers[i].name, span_of(asked->headers[i].value));
		buf_puts(to, "},\"body\":");
		status = command_body(command, exchange_confirms(exchange, command), to, error);
		buf_byte(to, '}');
	}
	request_done(&r);
	return status;
}

static exs_status
make_body(exs_exchange *exchange, const batch_turn *turn, buf *to, exs_error *error)
{
	api_session *session = exchange->session;
	exs_bearer  *bearer = NULL;
	exs_status   status;

	EXS_TRY(session->source.bearer(session->source.self, NULL, NULL, &bearer, error));
	buf_puts(to, "{\"requests\":[");
	status = EXS_OK;
	for (size_t i = 0; i < turn->n && status == EXS_OK; i++) {
		if (i > 0)
			buf_byte(to, ',');
		status = add_item(exchange, &turn->members[i], bearer, to, error);
	}
	exs_bearer_free(bearer);
	EXS_TRY(status);
	buf_puts(to, "]}");
	return buf_check(to, "a request for several items", error);
}

static void
make_address(const exs_exchange *exchange, buf *to)
{
	buf_puts(to, api_session_origin(exchange->session));
	buf_puts(to, "/adminapi/beta/");
	encode_percent(to, span_of(exchange->session->tenant));
	buf_puts(to, "/$batch");
}

static batch_member *
find_member(batch_turn *turn, span id)
{
	EXS_SCOPED(buf) text = BUF(sizeof(uuid_text));

	if (id.at == NULL || jsontext_kind_of(id) != JSONTEXT_STRING)
		return NULL;
	jsontext_decode(&text, id);
	for (size_t i = 0; i < turn->n; i++)
		if (span_is_nocase(buf_span(&text), turn->members[i].fate.client_request_id.at))
			return &turn->members[i];
	return NULL;
}

/* Answers without an item, and second ones for the same, are passed over; members without one have an open fate. */
static exs_status
take_answers(exs_exchange *exchange, batch_turn *turn, span body, const exs_bearer *bearer,
             batch_pace *pace, exs_error *error)
{
	jsontext_walk walk;
	span          responses, name, one;
	size_t        at;

	if (!jsontext_check(body, &at) || jsontext_kind_of(span_trim(body)) != JSONTEXT_OBJECT)
		return exs_fail(error, E_ANSWER, "$batch: the answer is not JSON (byte %zu of %zu)", at, body.len);
	responses = jsontext_member(span_trim(body), "responses");
	if (responses.at == NULL || jsontext_kind_of(responses) != JSONTEXT_ARRAY)
		return exs_fail(error, E_ANSWER, "$batch: the answer has no responses");
	walk = jsontext_open(responses);
	while (jsontext_next(&walk, &name, &one)) {
		batch_member *m = jsontext_kind_of(one) != JSONTEXT_OBJECT
		                          ? NULL
		                          : find_member(turn, jsontext_member(one, "id"));

		if (m == NULL || m->told)
			continue;
		m->told = true;
		EXS_TRY(member_take(m, exchange, one, bearer, pace, error));
	}
	for (size_t i = 0; i < turn->n; i++)
		if (!turn->members[i].told)
			member_is_missing(&turn->members[i]);
	return EXS_OK;
}

static exs_status
read_answers(exs_exchange *exchange, call *c, batch_turn *turn, batch_pace *pace, exs_error *error)
{
	EXS_SCOPED(buf) body = BUF(GROUP_ANSWER_MAX);
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	exs_status status;

	if (cause == NULL)
		return mem_fail(error);
	status = http_read_all(c->response, &body, cause);
	if (status == EXS_OK)
		status = take_answers(exchange, turn, buf_span(&body), c->bearer, pace, cause);
	if (status == EXS_OK || status == EXS_CANCELLED || error_is(cause, E_ANSWER_SIZE)) {
		error_copy(error, cause);
		return status;
	}
	/* it was answered, so it was done, all or some of it */
	return call_unknown(c, "$batch", cause, error);
}

exs_status
group_call(exs_exchange *exchange, batch_turn *turn, batch_pace *pace, bool *ret_refused,
           exs_error *error)
{
	EXS_SCOPED(buf) address = BUF(ADDRESS_MAX);
	EXS_SCOPED(buf) body = BUF(GROUP_BODY_MAX);
	EXS_SCOPED(call) c = {0};
	call_request request = {.aim = "$batch", .event = "items sent", .about = "", .reads = !turn->writes};
	retry        budget;
	exs_status   status;

	make_address(exchange, &address);
	EXS_TRY(buf_check(&address, "the address", error));
	EXS_TRY(make_body(exchange, turn, &body, error));
	request.url = buf_text(&address);
	request.body = buf_span(&body);
	budget = call_budget(exchange->session, &request);
	status = call_open(&c, exchange->session, &request, &budget, error);
	*ret_refused = status != EXS_OK && c.answered && c.fault.kind != FAULT_THROTTLED &&
	               c.fault.kind != FAULT_UNAUTHORIZED && c.fault.status < 500;
	EXS_TRY(status);
	return read_answers(exchange, &c, turn, pace, error);
}
