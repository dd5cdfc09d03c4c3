/*
 * Several calls in one request. See exchange_batch.h.
 *
 * An item goes through the same door as a request that came alone (exchange_serve), as a web_request
 * whose headers are the item's. Only the affinity cookie is the connection's: an item that brought one
 * of its own has never been seen.
 */
#include "exchange_batch.h"

#include <cjson/cJSON.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "exchange.h"
#include "exchange_authorise.h"
#include "exchange_call.h"
#include "exchange_faults.h"
#include "exchange_throttle.h"
#include "fault.h"
#include "tenant.h"

enum { ITEMS_MAX = 10 };

struct batch {
	struct call  *call;           /* the request around the items */
	const cJSON  *items[ITEMS_MAX];
	struct text   answers[ITEMS_MAX];
	size_t        count;
	enum web_ending ending;       /* the worst that happened to an item's connection */
	unsigned      delay_ms;
};

static const char *
string_of(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static bool
id_is_taken(const struct batch *batch, const char *id)
{
	for (size_t i = 0; i < batch->count; i++) {
		if (strcmp(string_of(batch->items[i], "id"), id) == 0)
			return true;
	}
	return false;
}

/* What must hold of every item before any is run. */
static bool
check_item(struct batch *batch, const cJSON *item)
{
	const char *id = string_of(item, "id");
	const cJSON *headers = cJSON_GetObjectItemCaseSensitive(item, "headers"), *header;

	if (id == NULL || id[0] == '\0') {
		call_fail(batch->call, FAILURE_BODY, "Every request of a batch needs an 'id'.");
		return false;
	}
	if (id_is_taken(batch, id))
		call_fail(batch->call, FAILURE_BODY,
		          "The request id '%s' occurs more than once in the batch.", id);
	if (string_of(item, "method") == NULL || string_of(item, "url") == NULL)
		call_fail(batch->call, FAILURE_BODY, "The request '%s' needs a 'method' and a 'url'.",
		          id);
	if (headers != NULL && !cJSON_IsObject(headers))
		call_fail(batch->call, FAILURE_BODY, "The headers of the request '%s' are no object.",
		          id);
	cJSON_ArrayForEach(header, headers) {
		if (!cJSON_IsString(header))
			call_fail(batch->call, FAILURE_BODY,
			          "The header '%s' of the request '%s' is no text.", header->string, id);
	}
	return !batch->call->failed;
}

static bool
read_items(struct batch *batch)
{
	const cJSON *requests = cJSON_GetObjectItemCaseSensitive(batch->call->document, "requests");
	const cJSON *item;

	if (!cJSON_IsArray(requests) || cJSON_GetArraySize(requests) == 0) {
		call_fail(batch->call, FAILURE_BODY, "The batch has no 'requests'.");
		return false;
	}
	if (cJSON_GetArraySize(requests) > ITEMS_MAX) {
		call_fail(batch->call, FAILURE_BODY,
		          "The batch has %d requests; the maximum is %d.", cJSON_GetArraySize(requests),
		          ITEMS_MAX);
		return false;
	}
	cJSON_ArrayForEach(item, requests) {
		if (!check_item(batch, item))
			return false;
		batch->items[batch->count++] = item;
	}
	return true;
}

/* Where the url leads below our own origin; NULL when it leads elsewhere or is not absolute. */
static const char *
local_path(const char *url)
{
	size_t len = strlen(tenant_origin());

	return strncasecmp(url, tenant_origin(), len) == 0 && url[len] == '/' ? url + len : NULL;
}

static bool
leads_to_batch(const char *path)
{
	size_t len = strlen(path);

	return len >= 5 && strcasecmp(path + len - 5, "batch") == 0;
}

static void
serve_item(const struct batch *batch, const cJSON *item, cJSON *headers, struct web_answer *answer)
{
	const char *path = local_path(string_of(item, "url"));
	const cJSON *sent = cJSON_GetObjectItemCaseSensitive(item, "body");
	char *body = sent != NULL ? cJSON_PrintUnformatted(sent) : NULL;
	struct web_request request = {
		.method = string_of(item, "method"), .query = "", .body = body != NULL ? body : "",
		.own_headers = headers, .item = string_of(item, "id"),
	};
	char *copy = path != NULL ? strdup(path) : NULL, *mark;

	request.body_len = strlen(request.body);
	cJSON_DeleteItemFromObject(headers, "Cookie");
	if (batch->call->cookie[0] != '\0') {
		char cookie[COOKIE_MAX + 32];

		snprintf(cookie, sizeof(cookie), "X-BackEndCookie=%s", batch->call->cookie);
		cJSON_AddStringToObject(headers, "Cookie", cookie);
	}
	mark = copy != NULL ? strchr(copy, '?') : NULL;
	if (mark != NULL) {
		*mark = '\0';
		request.query = mark + 1;
	}
	request.path = copy;
	if (copy == NULL)
		failure_write(answer, FAILURE_BODY, FORM_USUAL,
		              "The url of a request in a batch must be absolute and of this service.");
	else if (leads_to_batch(copy))
		failure_write(answer, FAILURE_BODY, FORM_USUAL, "A batch cannot hold a batch.");
	else if (!exchange_serve(&request, answer))
		failure_write(answer, FAILURE_ROUTE, FORM_USUAL, "There is nothing at this url.");
	free(copy);
	cJSON_free(body);
}

static void
write_headers(struct text *out, const struct web_answer *answer)
{
	const char *between = "";

	text_puts(out, "{");
	if (answer->content_type != NULL) {
		text_member(out, "Content-Type", answer->content_type);
		between = ",";
	}
	for (size_t i = 0; i < answer->n_headers; i++) {
		text_puts(out, between);
		text_member(out, answer->headers[i].name, answer->headers[i].value);
		between = ",";
	}
	text_puts(out, "}");
}

/* What is JSON goes in as it is; anything else (pages of NUL bytes, HTML) as a text. */
static void
write_body(struct text *out, const struct text *body)
{
	cJSON *json = body->len != 0 ? cJSON_ParseWithLength(body->at, body->len + 1) : NULL;

	if (body->len == 0)
		text_puts(out, "null");
	else if (json != NULL)
		text_add(out, body->at, body->len);
	else
		text_json_n(out, body->at, body->len);
	cJSON_Delete(json);
}

static void
run_item(struct batch *batch, size_t number)
{
	const cJSON *item = batch->items[number];
	const cJSON *sent = cJSON_GetObjectItemCaseSensitive(item, "headers");
	cJSON *headers = sent != NULL ? cJSON_Duplicate(sent, true) : cJSON_CreateObject();
	struct web_answer *answer = calloc(1, sizeof(*answer));
	struct text *out = &batch->answers[number];

	if (answer == NULL)
		abort();
	serve_item(batch, item, headers, answer);
	text_puts(out, "{");
	text_member(out, "id", string_of(item, "id"));
	text_addf(out, ",\"status\":%d,\"headers\":", answer->status);
	write_headers(out, answer);
	text_puts(out, ",\"body\":");
	write_body(out, &answer->body);
	text_puts(out, "}");
	batch->delay_ms += answer->delay_ms;
	if (answer->ending != WEB_WHOLE)
		batch->ending = answer->ending;
	text_done(&answer->body);
	free(answer);
	cJSON_Delete(headers);
}

/* Begins anywhere and goes on to either side, so that nobody relies on an order. */
static void
write_answers(const struct batch *batch, struct text *out)
{
	struct fault_hit hit = { .number = 0 };
	bool twice = fault_acts("batch-twice", NULL, NULL);
	size_t missing = fault_acts("batch-missing", NULL, &hit) ? (size_t)hit.number : 0;
	unsigned char roll[2] = { 0, 0 };
	const char *between = "";

	RAND_bytes(roll, sizeof(roll));
	text_puts(out, "{\"responses\":[");
	if (fault_acts("batch-foreign", NULL, NULL)) {
		text_puts(out, "{\"id\":\"nobody\",\"status\":200,\"headers\":{},\"body\":{\"value\":[]}}");
		between = ",";
	}
	for (size_t i = missing; i < batch->count; i++) {
		size_t step = roll[1] % 2 == 0 ? i : batch->count - 1 - i;
		const struct text *one = &batch->answers[(roll[0] + step) % batch->count];

		for (int copies = twice ? 2 : 1; copies > 0; copies--) {
			text_puts(out, between);
			text_add(out, one->at, one->len);
			between = ",";
		}
		twice = false;
	}
	text_puts(out, "]}");
}

void
exchange_batch(const struct web_request *request, struct web_answer *answer)
{
	struct call call;
	struct batch batch = { .call = &call };

	ledger_count("exchange.batch");
	call_open(&call, request, answer);
	if (strcmp(request->method, "POST") != 0) {
		call_fail(&call, FAILURE_METHOD,
		          "The requested resource does not support http method '%s'.",
		          request->method);
		web_set(answer, "Allow", "POST");
	} else if (throttle_enter(&call, THROTTLE_BATCH)) {
		if (!faults_refuse(&call) && authorise_bearer(&call) && read_items(&batch)) {
			for (size_t i = 0; i < batch.count; i++)
				run_item(&batch, i);
			answer->status = 200;
			answer->content_type = "application/json; charset=utf-8";
			write_answers(&batch, &answer->body);
			answer->ending = batch.ending;
			answer->delay_ms += batch.delay_ms;
			faults_spoil(&call);
			answer->cut_at = answer->body.len / 2;
		}
		throttle_leave(&call, THROTTLE_BATCH);
	}
	if (call.failed)
		ledger_count("exchange.refused");
	for (size_t i = 0; i < batch.count; i++)
		text_done(&batch.answers[i]);
	call_done(&call);
}
