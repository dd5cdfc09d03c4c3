/* Any REST call with the right bearer, as hosts ask for it: what is not for them to say is refused before anything is signed. */
#include "api/resource.h"
#include "api/rest.h"
#include "api/small.h"
#include "base/jsontext.h"
#include "http/url.h"

#include <stdio.h>

enum { HEADERS_ROOM = 8192 };

static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
/* They ask for something; none says who we are or where to go. */
static const char *const allowed_headers[] = {
	"ConsistencyLevel", "Prefer", "If-Match", "If-None-Match", "Accept-Language", "X-AnchorMailbox",
	"X-ResponseFormat",
};

static exs_status
check_method(const char *method, exs_error *error)
{
	exs_status status;

	for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
		if (strcmp(method, methods[i]) == 0)
			return EXS_OK;
	status = exs_fail(error, E_USAGE, "there is no method \"%.20s\"", method);
	error_fix(error, "GET, POST, PUT, PATCH or DELETE");
	return status;
}

static exs_status
check_body(const exs_resource_request *request, exs_error *error)
{
	size_t at;

	if (request->body == NULL)
		return EXS_OK;
	if (strcmp(request->method, "GET") == 0)
		return exs_fail(error, E_USAGE, "GET takes no body");
	if (!jsontext_check(span_from(request->body, request->body_length), &at))
		return exs_fail(error, E_USAGE, "the body is no JSON (byte %zu of %zu)", at, request->body_length);
	return EXS_OK;
}

/* Names and values in texts of their own. */
typedef struct header_list {
	buf         text;
	size_t      starts[2 * CALL_HEADERS_MAX];
	size_t      n;
} header_list;

static void
header_list_done(header_list *list)
{
	buf_done(&list->text);
}

static bool
is_allowed(span name)
{
	for (size_t i = 0; i < sizeof allowed_headers / sizeof allowed_headers[0]; i++)
		if (span_is_nocase(name, allowed_headers[i]))
			return true;
	return false;
}

static void
keep_text(header_list *list, size_t slot, span text)
{
	list->starts[slot] = list->text.len;
	buf_add(&list->text, text);
	buf_byte(&list->text, '\0');
}

static exs_status
take_headers(const char *const *headers, header_list *list, exs_error *error)
{
	exs_status status;

	for (; headers != NULL && *headers != NULL; headers++) {
		span rest = span_of(*headers), name = span_trim(span_cut(&rest, ':'));

		if (!is_allowed(name)) {
			status = exs_fail(error, E_USAGE, "the header \"" SPAN_FORMAT "\" is not for you to set",
			                  SPAN_PRINT(span_from(name.at, name.len < 60 ? name.len : 60)));
			error_fix(error, "ConsistencyLevel, Prefer, If-Match, If-None-Match, Accept-Language, X-AnchorMailbox and "
			                 "X-ResponseFormat are, as 'Name: value'");
			return status;
		}
		if (name.len == strlen(*headers))
			return exs_fail(error, E_USAGE, "the header " SPAN_FORMAT " has no value: write 'Name: value'",
			                SPAN_PRINT(name));
		if (list->n == CALL_HEADERS_MAX)
			return exs_fail(error, E_USAGE, "these are more than %d headers", (int)CALL_HEADERS_MAX);
		keep_text(list, 2 * list->n, name);
		keep_text(list, 2 * list->n + 1, span_trim(rest));
		list->n++;
	}
	return buf_check(&list->text, "the headers", error);
}

static void
give_headers(const header_list *list, http_header to[CALL_HEADERS_MAX])
{
	for (size_t i = 0; i < list->n; i++)
		to[i] = (http_header){list->text.at + list->starts[2 * i], list->text.at + list->starts[2 * i + 1]};
}

static exs_status
take_request(const exs_resource_request *given, exs_resource_request *ret, header_list *headers, exs_error *error)
{
	if (given->size == 0)
		return exs_fail(error, E_USAGE, "exs_resource_request.size is not set");
	memcpy(ret, given, given->size < sizeof *ret ? given->size : sizeof *ret);
	EXS_TRY(check_method(ret->method, error));
	EXS_TRY(check_body(ret, error));
	return take_headers(ret->headers, headers, error);
}

/* "PATCH /v1.0/applications/...": what errors and the log call it; never the query, which may say whom it is about. */
static void
name_aim(const exs_resource_request *request, const resource *r, char *to, size_t room)
{
	url where;

	if (url_parse(r->url, &where, NULL) != EXS_OK)
		where.path = span_from("", 0);
	(void)snprintf(to, room, "%s " SPAN_FORMAT, request->method,
	               SPAN_PRINT(span_from(where.path.at, where.path.len < 150 ? where.path.len : 150)));
}

static const fault_dialect *
dialect_of(const exs_credential *credential, const resource *r)
{
	return strcmp(r->scope, credential_scope(credential, CLOUD_GRAPH)) == 0 ? &fault_of_graph : &fault_of_rest;
}

exs_status
exs_resource_resolve(exs_credential *credential, const exs_resource_request *given, char **ret_url,
                     const char **ret_scope, exs_error *error)
{
	EXS_SCOPED(header_list) headers = {.text = BUF(HEADERS_ROOM)};
	EXS_SCOPED(resource) r = {0};
	exs_resource_request request = {0};

	EXS_TRY(take_request(given, &request, &headers, error));
	EXS_TRY(resource_find(credential, request.url, request.scope, &r, error));
	*ret_scope = r.scope;
	EXS_GIVE(ret_url, r.url);
	return EXS_OK;
}

exs_status
exs_resource_call(const exs_context *context, exs_credential *credential, const exs_resource_request *given,
                  char **ret_answer, exs_error *error)
{
	EXS_SCOPED(header_list) headers = {.text = BUF(HEADERS_ROOM)};
	EXS_SCOPED(resource) r = {0};
	EXS_SCOPED(resource_session) s = {0};
	EXS_SCOPED(small_answer) answer = {0};
	exs_resource_request request = {0};
	small_request wire = {0};
	char          aim[200];

	EXS_TRY(take_request(given, &request, &headers, error));
	EXS_TRY(resource_find(credential, request.url, request.scope, &r, error));
	EXS_TRY(resource_session_begin(&s, context, credential, &r, dialect_of(credential, &r), error));
	name_aim(&request, &r, aim, sizeof aim);
	wire = (small_request){.aim = aim,
	                       .method = request.method,
	                       .url = r.url,
	                       .body = span_from(request.body, request.body == NULL ? 0 : request.body_length),
	                       .writes = strcmp(request.method, "GET") != 0,
	                       .n_headers = headers.n};
	give_headers(&headers, wire.headers);
	EXS_TRY(small_call(s.session, &wire, &answer, error));
	return buf_take(&answer.body, "the answer", ret_answer, error);
}

static exs_status
walk(api_session *session, const char *aim, const char *address, const header_list *headers,
     exs_resource_visit visit, void *self, exs_error *error)
{
	pages_options options = {
		.request = {.aim = aim, .event = "list asked", .about = "", .method = "GET", .url = address, .reads = true}};

	options.request.n_headers = headers->n;
	give_headers(headers, options.request.headers);
	return resource_walk(session, &options, visit, self, error);
}

exs_status
exs_resource_list(const exs_context *context, exs_credential *credential, const exs_resource_request *given,
                  exs_resource_visit visit, void *self, exs_error *error)
{
	EXS_SCOPED(header_list) headers = {.text = BUF(HEADERS_ROOM)};
	EXS_SCOPED(resource) r = {0};
	EXS_SCOPED(resource_session) s = {0};
	exs_resource_request request = {0};
	char aim[200];

	EXS_TRY(take_request(given, &request, &headers, error));
	if (strcmp(request.method, "GET") != 0)
		return exs_fail(error, E_USAGE, "a list over all pages is asked for with GET");
	EXS_TRY(resource_find(credential, request.url, request.scope, &r, error));
	EXS_TRY(resource_session_begin(&s, context, credential, &r, dialect_of(credential, &r), error));
	name_aim(&request, &r, aim, sizeof aim);
	return walk(s.session, aim, r.url, &headers, visit, self, error);
}
