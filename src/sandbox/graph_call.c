/*
 * How Graph answers. See graph_call.h.
 */
#include "graph_call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "tenant.h"

static void
set_ids(struct graph *graph)
{
	web_set(graph->answer, "request-id", "%s", graph->request_id);
	web_set(graph->answer, "client-request-id", "%s", graph->client_request_id);
	web_set(graph->answer, "x-ms-ags-diagnostic", "{\"ServerInfo\":{\"DataCenter\":\"Sandbox\"}}");
}

static void
send_json(struct graph *graph, int status, const cJSON *object)
{
	struct web_answer *answer = graph->answer;
	char *printed = cJSON_PrintUnformatted(object);

	if (printed == NULL)
		abort();
	text_done(&answer->body);
	answer->n_headers = 0;
	answer->status = status;
	answer->content_type = "application/json;odata.metadata=minimal;odata.streaming=true;"
	                       "IEEE754Compatible=false;charset=utf-8";
	text_puts(&answer->body, printed);
	cJSON_free(printed);
	set_ids(graph);
	web_set(answer, "Cache-Control", "no-cache");
	web_set(answer, "OData-Version", "4.0");
}

static bool
fail(struct graph *graph, int status, const char *code, const char *detail, const char *message)
{
	cJSON *whole = cJSON_CreateObject();
	cJSON *error = cJSON_AddObjectToObject(whole, "error");
	time_t now = time(NULL);
	char date[32], counted[96];
	struct tm utc;
	cJSON *inner;

	gmtime_r(&now, &utc);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &utc);
	cJSON_AddStringToObject(error, "code", code);
	cJSON_AddStringToObject(error, "message", message);
	if (detail != NULL) {
		cJSON *details = cJSON_AddArrayToObject(error, "details");
		cJSON *item = cJSON_CreateObject();

		cJSON_AddStringToObject(item, "code", detail);
		cJSON_AddStringToObject(item, "message", message);
		cJSON_AddItemToArray(details, item);
	}
	inner = cJSON_AddObjectToObject(error, "innerError");
	cJSON_AddStringToObject(inner, "date", date);
	cJSON_AddStringToObject(inner, "request-id", graph->request_id);
	cJSON_AddStringToObject(inner, "client-request-id", graph->client_request_id);
	send_json(graph, status, whole);
	cJSON_Delete(whole);
	graph->failed = true;
	snprintf(counted, sizeof(counted), "graph.error.%s", code);
	ledger_count(counted);
	return false;
}

static bool __attribute__((format(printf, 5, 0)))
failv(struct graph *graph, int status, const char *code, const char *detail, const char *format,
      va_list arguments)
{
	struct text message = { 0 };

	text_addv(&message, format, arguments);
	fail(graph, status, code, detail, message.at);
	text_done(&message);
	return false;
}

bool
graph_fail(struct graph *graph, int status, const char *code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	failv(graph, status, code, NULL, format, arguments);
	va_end(arguments);
	return false;
}

bool
graph_fail_bad(struct graph *graph, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	failv(graph, 400, "Request_BadRequest", NULL, format, arguments);
	va_end(arguments);
	return false;
}

bool
graph_fail_detailed(struct graph *graph, const char *detail, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	failv(graph, 400, "Request_BadRequest", detail, format, arguments);
	va_end(arguments);
	return false;
}

bool
graph_fail_missing(struct graph *graph, const char *id)
{
	return graph_fail(graph, 404, "Request_ResourceNotFound", "Resource '%s' does not exist or "
	                  "one of its queried reference-property objects are not present.", id);
}

bool
graph_fail_denied(struct graph *graph)
{
	return graph_fail(graph, 403, "Authorization_RequestDenied",
	                  "Insufficient privileges to complete the operation.");
}

void
graph_answer(struct graph *graph, int status, cJSON *object)
{
	send_json(graph, status, object);
	cJSON_Delete(object);
}

void
graph_answer_nothing(struct graph *graph)
{
	text_done(&graph->answer->body);
	graph->answer->n_headers = 0;
	graph->answer->status = 204;
	graph->answer->content_type = NULL;
	set_ids(graph);
}

void
graph_context(cJSON *object, const char *what)
{
	char context[512];

	snprintf(context, sizeof(context), "%s/v1.0/$metadata#%s", tenant_origin(), what);
	cJSON_AddStringToObject(object, "@odata.context", context);
}

bool
graph_key_app_id(const char *segment, char id[GUID_SIZE])
{
	static const char start[] = "(appId='";
	size_t len = strlen(start);

	return strncasecmp(segment, start, len) == 0 && strlen(segment) == len + GUID_SIZE - 1 + 2 &&
	       strcmp(segment + len + GUID_SIZE - 1, "')") == 0 &&
	       snprintf(id, GUID_SIZE, "%.*s", GUID_SIZE - 1, segment + len) > 0 && guid_is(id);
}

const char *
graph_body_string(const struct graph *graph, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(graph->body, name));
}

void
graph_moment(time_t when, char to[32])
{
	struct tm utc;

	gmtime_r(&when, &utc);
	strftime(to, 32, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

/* Fractions of a second are read over; a zone other than Z is not understood. */
bool
graph_moment_read(const char *text, time_t *ret_when)
{
	struct tm utc = { 0 };
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &utc);

	if (rest != NULL && *rest == '.')
		rest += 1 + strspn(rest + 1, "0123456789");
	if (rest == NULL || strcmp(rest, "Z") != 0)
		return false;
	*ret_when = timegm(&utc);
	return true;
}
