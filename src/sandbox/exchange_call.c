/*
 * One request to run a cmdlet. See exchange_call.h.
 */
#include "exchange_call.h"

#include <openssl/rand.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange_page.h"
#include "tenant.h"

#define BACKEND "SBXP001MB0042"

/* What every answer carries, good or bad. */
static void
set_headers(struct call *call)
{
	const char *echo = web_header(call->request, "client-request-id");
	unsigned char id[16];

	RAND_bytes(id, sizeof(id));
	web_set(call->answer, "request-id",
	        "%02x%02x%02x%02x-%02x%02x-4%x%02x-a%x%02x-%02x%02x%02x%02x%02x%02x", id[0], id[1],
	        id[2], id[3], id[4], id[5], id[6] & 15u, id[7], id[8] & 15u, id[9], id[10], id[11],
	        id[12], id[13], id[14], id[15]);
	web_set(call->answer, "X-CalculatedBETarget", BACKEND ".SBXP001.PROD.OUTLOOK.COM");
	if (echo != NULL)
		web_set(call->answer, "client-request-id", "%.64s", echo);
}

/* A client that brings its affinity keeps it; any other gets one, bound to this backend. */
static void
set_affinity(struct call *call)
{
	unsigned char id[8];
	unsigned long long number = 0;

	if (web_cookie(call->request, "X-BackEndCookie", call->cookie, sizeof(call->cookie)))
		return;
	RAND_bytes(id, sizeof(id));
	for (size_t i = 0; i < sizeof(id); i++)
		number = number << 8 | id[i];
	snprintf(call->cookie, sizeof(call->cookie), BACKEND "~%016llx", number);
	web_set(call->answer, "Set-Cookie", "X-BackEndCookie=%s; Path=/; Secure; HttpOnly",
	        call->cookie);
}

void
call_open(struct call *call, const struct web_request *request, struct web_answer *answer)
{
	const cJSON *input, *name;

	memset(call, 0, sizeof(*call));
	call->request = request;
	call->answer = answer;
	call->body = request->body;
	call->body_len = request->body_len;
	if (strcmp(request->method, "GET") == 0)
		page_bring_body(call);
	call->document = cJSON_ParseWithLengthOpts(call->body, call->body_len + 1, NULL, true);
	input = cJSON_GetObjectItemCaseSensitive(call->document, "CmdletInput");
	name = cJSON_GetObjectItemCaseSensitive(input, "CmdletName");
	call->name = cJSON_GetStringValue(name);
	call->bound = cJSON_CreateObject();
	if (web_field(request->query, "$select", call->selection.text, SELECT_TEXT_MAX))
		selection_cut(&call->selection);
	set_headers(call);
	set_affinity(call);
}

void
call_done(struct call *call)
{
	cJSON_Delete(call->document);
	cJSON_Delete(call->bound);
	free(call->own_body);
	text_done(&call->rows);
	text_done(&call->warnings);
	text_done(&call->hazards);
}

void
call_fail(struct call *call, enum failure failure, const char *format, ...)
{
	char sentence[2048];
	va_list arguments;

	if (call->failed)
		return;
	call->failed = true;
	va_start(arguments, format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	failure_write(call->answer, failure, FORM_USUAL, sentence);
}

void
call_fail_missing(struct call *call, const char *identity)
{
	call_fail(call, FAILURE_NOT_FOUND,
	          "The operation couldn't be performed because object '%s' couldn't be found on "
	          "'SBXP001A01DC001.SBXP001.PROD.OUTLOOK.COM'.",
	          identity);
}

void
call_warn(struct call *call, const char *format, ...)
{
	char sentence[2048];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(sentence, sizeof(sentence), format, arguments);
	va_end(arguments);
	if (call->warnings.len != 0)
		text_puts(&call->warnings, ",");
	text_json(&call->warnings, sentence);
}

void
call_row(struct call *call, struct row *row)
{
	if (call->n_rows != 0)
		text_add(&call->rows, ",", 1);
	row_open(row, &call->rows, &call->selection);
}

void
call_row_end(struct call *call, struct row *row)
{
	if (call->hazards.len != 0 && call->n_rows == 0) {
		bool first = call->rows.len == row->start + 1;

		text_add(&call->rows, call->hazards.at + first, call->hazards.len - first);
	}
	row_close(row);
	call->n_rows++;
	if (call->twice) {
		size_t len = call->rows.len - row->start;
		char *copy = strndup(call->rows.at + row->start, len);

		text_add(&call->rows, ",", 1);
		text_add(&call->rows, copy != NULL ? copy : "{}", copy != NULL ? len : 2);
		call->n_rows++;
		free(copy);
	}
}

void
call_compose(struct call *call)
{
	struct text *out = &call->answer->body;
	const char *path = call->request->path;
	size_t base = strlen(path) - strlen(strrchr(path, '/'));

	call->answer->status = 200;
	call->answer->content_type =
		"application/json; odata.metadata=minimal; odata.streaming=true; "
		"IEEE754Compatible=false; charset=utf-8";
	text_addf(out, "{\"@odata.context\":\"%s%.*s/$metadata#Collection(Exchange.GenericHashTable)\"",
	          tenant_origin(), (int)base, path);
	if (call->page_more)
		page_write_link(call, out);
	if (call->confirmation != NULL) {
		text_puts(out, ",\"@adminapi.confirmationmessage\":");
		text_json(out, call->confirmation);
	}
	text_puts(out, "," WARNINGS_LEAD);
	text_add(out, call->warnings.at, call->warnings.len);
	text_puts(out, "],\"value\":[");
	text_add(out, call->rows.at, call->rows.len);
	text_puts(out, "]}");
}
