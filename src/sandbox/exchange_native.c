/*
 * The entities that are read by GET: from the address to the call. See exchange_native.h.
 *
 * A request becomes parameters as if a cmdlet had been given them, and goes the way of all others from there: roles, binding,
 * pages, faults. What differs is the answer's form.
 */
#include "exchange_native.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "exchange_authorise.h"
#include "exchange_call.h"
#include "exchange_faults.h"
#include "exchange_page.h"
#include "exchange_store.h"
#include "exchange_throttle.h"
#include "tenant.h"

enum { PART_MAX = 2048, VALUE_SIZE = 8192, QUERY_SIZE = 32 * 1024 };

/* An address, taken apart. */
struct address {
	const struct native *native;
	bool                 has_key;
	char                 key[PART_MAX];
	char                 captured[3][PART_MAX];
};

/* Percent-decodes len bytes; false when they do not fit or are no encoding. */
static bool
decode_percent(const char *bytes, size_t len, char decoded[PART_MAX])
{
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		char pair[3] = "";

		if (used + 1 >= PART_MAX)
			return false;
		if (bytes[i] != '%') {
			decoded[used++] = bytes[i];
			continue;
		}
		if (i + 2 >= len || !isxdigit((unsigned char)bytes[i + 1]) ||
		    !isxdigit((unsigned char)bytes[i + 2]))
			return false;
		memcpy(pair, bytes + i + 1, 2);
		decoded[used++] = (char)strtoul(pair, NULL, 16);
		i += 2;
	}
	decoded[used] = '\0';
	return strlen(decoded) == used;
}

/* Base64 in place; strict. */
static bool
decode_base64(char text[PART_MAX])
{
	unsigned char bytes[PART_MAX];
	size_t len = strlen(text), padding = 0;
	int decoded;

	if (len == 0 || len % 4 != 0)
		return false;
	padding = (size_t)(text[len - 1] == '=') + (size_t)(text[len - 2] == '=');
	decoded = EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)len);
	if (decoded < (int)padding)
		return false;
	memcpy(text, bytes, (size_t)decoded - padding);
	text[(size_t)decoded - padding] = '\0';
	return true;
}

/* 'a''b' of OData becomes a'b. */
static void
undouble(char *text)
{
	char *to = text;

	for (; *text != '\0'; text++) {
		*to++ = *text;
		if (text[0] == '\'' && text[1] == '\'')
			text++;
	}
	*to = '\0';
}

/* Does the path fit the pattern? A * takes what stands before the pattern's next byte. */
static bool
fits(const char *pattern, const char *path, char captured[3][PART_MAX])
{
	size_t n = 0;

	for (; *pattern != '\0'; pattern++) {
		const char *end;

		if (*pattern != '*') {
			if (tolower((unsigned char)*pattern) != tolower((unsigned char)*path))
				return false;
			path++;
			continue;
		}
		end = pattern[1] == '\0' ? path + strlen(path) : strchr(path, pattern[1]);
		while (end != NULL && pattern[1] == '\'' && end[1] == '\'')
			end = strchr(end + 2, '\'');
		if (end == NULL || n == 3 || !decode_percent(path, (size_t)(end - path), captured[n]))
			return false;
		undouble(captured[n++]);
		path = end;
	}
	return *path == '\0' || strcmp(path, "/") == 0;
}

/* Entity, Entity('key'), and what stands behind. */
static bool
take_apart(const char *below, struct address *address)
{
	size_t name = strcspn(below, "(/");
	const char *behind = below + name;

	if (strncmp(behind, "('", 2) == 0) {
		const char *end = strstr(behind + 2, "')");

		if (end == NULL || !decode_percent(behind + 2, (size_t)(end - behind - 2), address->key))
			return false;
		undouble(address->key);
		address->has_key = true;
		behind = end + 2;
	}
	for (const struct native *native = natives; native->entity != NULL; native++) {
		if (strlen(native->entity) != name || strncasecmp(native->entity, below, name) != 0 ||
		    (native->key == NATIVE_KEY_MUST && !address->has_key) ||
		    (native->key == NATIVE_KEY_NONE && address->has_key) ||
		    !fits(native->pattern, behind, address->captured))
			continue;
		address->native = native;
		return true;
	}
	return false;
}

/* Which properties the answer has: $select, else the property sets, Minimum at least. */
static void
choose_properties(struct call *call, const struct native *native, const char *asked)
{
	char names[VALUE_SIZE], *rest = names, *set;
	struct text list = { 0 };

	if (native->sets == NULL || call->selection.count != 0)
		return;
	snprintf(names, sizeof(names), "Minimum%s%s", asked[0] != '\0' ? "," : "", asked);
	while ((set = strsep(&rest, ",")) != NULL) {
		const char *properties = native_set_find(native->sets, set);

		if (strcasecmp(set, "All") == 0) {
			text_done(&list);
			return;
		}
		if (properties == NULL) {
			call_fail(call, FAILURE_ARGUMENT, "The property set '%s' is not valid.", set);
			break;
		}
		text_addf(&list, "%s%s", list.len != 0 ? "," : "", properties);
	}
	if (!call->failed && list.len < SELECT_TEXT_MAX) {
		memcpy(call->selection.text, list.at, list.len + 1);
		selection_cut(&call->selection);
	}
	text_done(&list);
}

static void
add_option(struct call *call, const struct native *native, cJSON *parameters, const char *name, const char *value)
{
	char spaced[80];
	struct text filter = { 0 };

	/* no name that is cut is among the options */
	snprintf(spaced, sizeof(spaced), " %.77s ", name);
	if (strcasestr(native->options, spaced) == NULL) {
		call_fail(call, FAILURE_QUERY, "The query parameter '%s' is not supported.", name);
	} else if (strcasecmp(name, "$top") == 0) {
		cJSON_AddNumberToObject(parameters, "ResultSize", strtod(value, NULL));
	} else if (strcasecmp(name, "$filter") == 0) {
		native_filter(value, &filter);
		cJSON_AddStringToObject(parameters, "Filter", filter.at != NULL ? filter.at : "");
		text_done(&filter);
	} else if (strcasecmp(name, "PropertySet") == 0) {
		choose_properties(call, native, value);
	} else if (name[0] == '$' || strcasecmp(name, "isEncoded") == 0 ||
	           strcasecmp(name, "IsUsingMailboxFolderId") == 0) {
		return; /* looked at elsewhere */
	} else if (strcasecmp(value, "true") == 0 || strcasecmp(value, "false") == 0) {
		cJSON_AddBoolToObject(parameters, name, strcasecmp(value, "true") == 0);
	} else {
		cJSON *list = cJSON_AddArrayToObject(parameters, name);
		char copy[VALUE_SIZE], *rest = copy, *one;

		snprintf(copy, sizeof(copy), "%s", value);
		if (strcasecmp(name, "RecipientTypeDetails") != 0) {
			cJSON_DeleteItemFromObject(parameters, name);
			cJSON_AddStringToObject(parameters, name, value);
			return;
		}
		while ((one = strsep(&rest, ",")) != NULL)
			cJSON_AddItemToArray(list, cJSON_CreateString(one));
	}
}

/* Every field of the query; those that the next link repeats are kept. */
static void
read_query(struct call *call, const struct native *native, cJSON *parameters, char link[QUERY_SIZE])
{
	char copy[QUERY_SIZE], *rest = copy, *field;
	size_t used = 0;

	if ((size_t)snprintf(copy, sizeof(copy), "%s", call->request->query) >= sizeof(copy)) {
		call_fail(call, FAILURE_QUERY, "The query is too long.");
		return;
	}
	while ((field = strsep(&rest, "&")) != NULL && *field != '\0') {
		char encoded[PART_MAX], name[PART_MAX], value[VALUE_SIZE] = "";
		char *equals = strchr(field, '=');

		snprintf(encoded, sizeof(encoded), "%.*s",
		         (int)(equals != NULL ? (size_t)(equals - field) : strlen(field)), field);
		if (!decode_percent(encoded, strlen(encoded), name))
			name[0] = '\0';
		if (!web_field(call->request->query, name, value, sizeof(value)))
			call_fail(call, FAILURE_QUERY, "The query cannot be read at '%s'.", field);
		if (strcasecmp(name, "$skiptoken") == 0)
			continue;
		if (strcasecmp(name, "$top") != 0)
			used += (size_t)snprintf(link + used, QUERY_SIZE - used, "%s&", field);
		add_option(call, native, parameters, name, value);
	}
}

/* The address and query as the body of a cmdlet. */
static void
make_parameters(struct call *call, struct address *address, char link[QUERY_SIZE])
{
	const struct native *native = address->native;
	cJSON *input = cJSON_AddObjectToObject(call->document, "CmdletInput");
	cJSON *parameters = cJSON_AddObjectToObject(input, "Parameters");
	bool select = call->selection.count != 0;
	char encoded[8] = "";
	bool is_encoded;

	is_encoded = web_field(call->request->query, "isEncoded", encoded, sizeof(encoded)) ||
	             web_field(call->request->query, "IsEncoded", encoded, sizeof(encoded));
	is_encoded = is_encoded && strcasecmp(encoded, "true") == 0;
	read_query(call, native, parameters, link);
	if (!select && call->selection.count == 0 && native->sets != NULL && !call->failed &&
	    strcasestr(call->request->query, "PropertySet=") == NULL && native->key != NATIVE_KEY_MUST)
		choose_properties(call, native, "");
	if (address->has_key) {
		if (is_encoded && !decode_base64(address->key))
			call_fail(call, FAILURE_QUERY, "The key is not base64.");
		cJSON_AddStringToObject(parameters, "Identity", address->key);
	}
	for (size_t i = 0; i < 3 && native->captures[i] != NULL; i++) {
		/* a folder's key is encoded like the mailbox's */
		if (is_encoded && strcmp(native->captures[i], "Folder") == 0 &&
		    !decode_base64(address->captured[i]))
			call_fail(call, FAILURE_QUERY, "The key of the folder is not base64.");
		cJSON_AddStringToObject(parameters, native->captures[i], address->captured[i]);
	}
}

/* One object for a key, a list for everything else; no annotations of cmdlets, no warnings. */
static void
compose(struct call *call, const struct address *address)
{
	struct text *out = &call->answer->body;
	bool single = address->has_key && address->native->pattern[0] == '\0';

	call->answer->status = 200;
	call->answer->content_type = "application/json; odata.metadata=minimal; charset=utf-8";
	text_addf(out, "{\"@odata.context\":\"%s/adminapi/beta/%s/$metadata#%s%s\"", tenant_origin(), the_tenant.id,
	          address->native->entity, single ? "/$entity" : "");
	if (single) {
		text_puts(out, call->rows.len > 2 ? "," : "");
		text_add(out, call->rows.at + 1, call->rows.len - 1);
		return;
	}
	if (call->page_more)
		page_write_link(call, out);
	text_puts(out, ",\"value\":[");
	text_add(out, call->rows.at, call->rows.len);
	text_puts(out, "]}");
}

static void
execute(struct call *call, const struct address *address)
{
	char executed[96];
	long top = parameter_number(call, "ResultSize", 0);

	store_lock(false);
	call->cmdlet->run(call);
	store_unlock();
	if (call->failed)
		return;
	/* $top is the whole answer, not a page of it */
	if (top > 0 && call->n_rows >= (size_t)top)
		call->page_more = false;
	snprintf(executed, sizeof(executed), "executed.%s", call->cmdlet->name);
	if (!call->page_continues)
		ledger_count(executed);
	ledger_count("exchange.page");
	compose(call, address);
	faults_spoil(call);
}

static void
handle(struct call *call, struct address *address)
{
	char *link = calloc(1, QUERY_SIZE);

	if (link == NULL)
		abort();
	cJSON_Delete(call->document);
	call->document = cJSON_CreateObject();
	call->name = address->native->cmdlet.name;
	if (strcmp(call->request->method, "GET") != 0) {
		call_fail(call, FAILURE_METHOD, "The requested resource does not support http method '%s'.",
		          call->request->method);
		web_set(call->answer, "Allow", "GET");
	} else if (!faults_refuse(call) && surface_enter(call) && authorise_bearer(call) &&
	           authorise_native(call, &address->native->cmdlet)) {
		make_parameters(call, address, link);
		call->link_query = link;
		call->body = link;
		call->body_len = strlen(link);
		if (!call->failed && parameters_bind(call) && page_open(call)) {
			faults_prepare(call);
			execute(call, address);
		}
	}
	call->body = "";
	call->link_query = NULL;
	free(link);
}

bool
native_serve(const struct web_request *request, struct web_answer *answer, const char *below)
{
	struct address address = { 0 };
	struct call call;

	if (!take_apart(below, &address))
		return false;
	call_open(&call, request, answer);
	if (throttle_enter(&call, THROTTLE_CALL)) {
		handle(&call, &address);
		throttle_leave(&call, THROTTLE_CALL);
	}
	if (call.failed)
		ledger_count("exchange.refused");
	call_done(&call);
	return true;
}
