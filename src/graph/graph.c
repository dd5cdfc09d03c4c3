/* A session with Microsoft Graph. */
#include "graph/graph.h"

#include "api/pages.h"
#include "api/rest.h"
#include "base/encode.h"
#include "base/jsontext.h"

enum { FIRST_WAIT_MS = 1000 };

exs_status
graph_over(const exs_context *context, api_session **session, graph **ret, exs_error *error)
{
	EXS_AUTO(graph) *g = mem_new(1, sizeof *g);

	if (g == NULL)
		return mem_fail(error);
	EXS_GIVE(&g->session, *session);
	g->session->dialect = &fault_of_graph;
	g->context = context;
	g->rounds = GRAPH_SETTLE_ROUNDS;
	g->first_wait_ms = FIRST_WAIT_MS;
	EXS_GIVE(ret, g);
	return EXS_OK;
}

exs_status
graph_of_app(const exs_context *context, exs_credential *credential, graph **ret, exs_error *error)
{
	EXS_AUTO(api_session) *session = NULL;

	EXS_TRY(api_session_new(context, credential, CLOUD_GRAPH, &session, error));
	return graph_over(context, &session, ret, error);
}

void
graph_free(graph *g)
{
	if (g == NULL)
		return;
	api_session_free(g->session);
	mem_free(g);
}

bool
graph_is_id(const char *id)
{
	size_t length = strlen(id);

	for (size_t i = 0; i < length; i++) {
		char c = id[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
		      c == '_'))
			return false;
	}
	return length > 0 && length < GRAPH_ID_MAX;
}

static exs_status
take_body(small_answer *answer, buf *to, exs_error *error)
{
	if (to == NULL)
		return EXS_OK;
	buf_clear(to);
	buf_add(to, buf_span(&answer->body));
	return buf_check(to, "the directory's answer", error);
}

static exs_status
get(graph *g, const char *aim, const char *path, buf *to, fault_kind *ret_kind, exs_error *error)
{
	EXS_SCOPED(small_answer) answer = {0};
	small_request request = {.aim = aim, .method = "GET", .url = path};
	exs_status    status = small_call(g->session, &request, &answer, error);

	*ret_kind = answer.refused ? answer.fault.kind : FAULT_STRANGE;
	EXS_TRY(status);
	return take_body(&answer, to, error);
}

exs_status
graph_get(graph *g, const char *aim, const char *path, buf *to, exs_error *error)
{
	fault_kind kind;

	return get(g, aim, path, to, &kind, error);
}

exs_status
graph_look(graph *g, const char *aim, const char *path, buf *to, bool *ret_found, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	fault_kind kind;
	exs_status status;

	if (cause == NULL)
		return mem_fail(error);
	status = get(g, aim, path, to, &kind, cause);
	*ret_found = status == EXS_OK;
	if (status == EXS_OK || kind == FAULT_NOT_FOUND)
		return EXS_OK;
	error_copy(error, cause);
	return status;
}

exs_status
graph_wait(const graph *g, unsigned round, const char *why, bool *ret_again, exs_error *error)
{
	int64_t wait = g->first_wait_ms;

	*ret_again = round + 1 < g->rounds;
	if (!*ret_again)
		return EXS_OK;
	for (unsigned i = 0; i < round && wait < GRAPH_SETTLE_WAIT_MAX_S * 1000; i++)
		wait *= 2;
	if (wait > GRAPH_SETTLE_WAIT_MAX_S * 1000)
		wait = GRAPH_SETTLE_WAIT_MAX_S * 1000;
	LOG(g->context, round == 2 ? EXS_LOG_NOTICE : EXS_LOG_INFO, "graph", "waiting for the directory",
	    LOG_TEXT("why", why), LOG_NUMBER("ms", wait));
	return context_sleep(g->context, wait, error);
}

/* What the directory says while it does not know something everywhere: a 404, a 400 with a telling code, once a 403. */
static bool
is_unsettled(const small_answer *answer)
{
	return answer->refused && (answer->fault.kind == FAULT_NOT_FOUND ||
	                           strstr(answer->fault.message, "backing application") != NULL);
}

/* Two writers at once: the directory did neither's write, so it may be sent again. */
static bool
is_collision(const small_answer *answer)
{
	return answer->refused && answer->fault.status == 409 && answer->fault.kind == FAULT_TRANSIENT;
}

static exs_status
send_once(graph *g, const graph_write *write, buf *to, bool *ret_settles, exs_error *error)
{
	EXS_SCOPED(small_answer) answer = {0};
	small_request request = {.aim = write->aim,
	                         .method = write->method,
	                         .url = write->path,
	                         .body = write->body,
	                         .writes = true};
	exs_status status = small_call(g->session, &request, &answer, error);

	*ret_settles = (write->fresh && is_unsettled(&answer)) || is_collision(&answer);
	EXS_TRY(status);
	return take_body(&answer, to, error);
}

exs_status
graph_send(graph *g, const graph_write *write, buf *to, exs_error *error)
{
	for (unsigned round = 0;; round++) {
		EXS_SCOPED(error_scratch) cause = exs_error_new();
		bool       settles = false, again = false;
		exs_status status;

		if (cause == NULL)
			return mem_fail(error);
		status = send_once(g, write, to, &settles, cause);
		if (status == EXS_OK)
			return EXS_OK;
		if (settles)
			EXS_TRY(graph_wait(g, round, exs_error_message(cause), &again, error));
		if (!again) {
			error_copy(error, cause);
			return status;
		}
	}
}

exs_status
graph_list(graph *g, const char *aim, const char *path, graph_visit visit, void *self,
           exs_error *error)
{
	EXS_SCOPED(buf) url = BUF(SMALL_URL_MAX);
	EXS_AUTO(pages) *p = NULL;
	pages_options options = {.request = {.aim = aim,
	                                     .event = "list asked",
	                                     .about = "",
	                                     .method = "GET",
	                                     .reads = true}};
	span row;

	buf_puts(&url, g->session->origin);
	buf_puts(&url, path);
	EXS_TRY(buf_check(&url, "the address", error));
	options.request.url = buf_text(&url);
	EXS_TRY(pages_open(g->session, &options, &p, error));
	for (;;) {
		EXS_TRY(pages_next(p, &row, error));
		if (row.at == NULL)
			return EXS_OK;
		EXS_TRY(visit(self, row, error));
	}
}

void
graph_quote(buf *to, const char *text)
{
	EXS_SCOPED(buf) quoted = BUF(SMALL_URL_MAX);

	buf_byte(&quoted, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			buf_byte(&quoted, '\'');
		buf_byte(&quoted, *text);
	}
	buf_byte(&quoted, '\'');
	encode_percent(to, buf_span(&quoted));
}

void
graph_text(buf *to, span object, const char *member)
{
	span value = jsontext_kind_of(object) == JSONTEXT_OBJECT ? jsontext_member(object, member)
	                                                         : span_from(NULL, 0);

	if (value.at != NULL && jsontext_kind_of(value) == JSONTEXT_STRING)
		jsontext_decode(to, value);
}

bool
graph_id(span object, const char *member, char ret[GRAPH_ID_MAX])
{
	EXS_SCOPED(buf) text = BUF(256);

	ret[0] = '\0';
	graph_text(&text, object, member);
	if (memchr(buf_text(&text), '\0', text.len) != NULL || !graph_is_id(buf_text(&text)))
		return false;
	memcpy(ret, buf_text(&text), text.len + 1);
	return true;
}
