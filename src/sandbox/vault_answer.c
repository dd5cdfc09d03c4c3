/*
 * How the key vault speaks. See vault_answer.h.
 */
#include "vault_answer.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encoding.h"
#include "fault.h"
#include "tenant.h"

enum { PAGE_MAX = 25 };

static const cJSON *
member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

static void
send_json(struct web_answer *answer, int status, cJSON *object)
{
	char *printed = cJSON_PrintUnformatted(object);

	if (printed == NULL)
		abort();
	answer->status = status;
	answer->content_type = "application/json; charset=utf-8";
	text_done(&answer->body);
	text_puts(&answer->body, printed);
	cJSON_free(printed);
	cJSON_Delete(object);
	web_set(answer, "Cache-Control", "no-cache");
	web_set(answer, "x-ms-keyvault-region", "sandbox");
	web_set(answer, "x-ms-keyvault-service-version", "1.9.0.0");
}

bool
vault_fail(struct web_answer *answer, int status, const char *code, const char *inner,
           const char *format, ...)
{
	cJSON *whole = cJSON_CreateObject();
	cJSON *error = cJSON_AddObjectToObject(whole, "error");
	struct text message = { 0 };
	va_list arguments;

	va_start(arguments, format);
	text_addv(&message, format, arguments);
	va_end(arguments);
	cJSON_AddStringToObject(error, "code", code);
	cJSON_AddStringToObject(error, "message", message.at);
	text_done(&message);
	if (inner != NULL)
		cJSON_AddStringToObject(cJSON_AddObjectToObject(error, "innererror"), "code", inner);
	send_json(answer, status, whole);
	ledger_count("vault.refused");
	return false;
}

static void
copy_member(cJSON *to, const cJSON *from, const char *name)
{
	if (member(from, name) != NULL)
		cJSON_AddItemToObject(to, name, cJSON_Duplicate(member(from, name), true));
}

static void
add_id(cJSON *object, const char *kind, const char *name, const cJSON *version, const char *as)
{
	char id[512];

	snprintf(id, sizeof(id), "%s/%s/%s%s%s", tenant_origin(), kind, name,
	         version != NULL ? "/" : "",
	         version != NULL ? member(version, "version")->valuestring : "");
	cJSON_AddStringToObject(object, as, id);
}

static void
add_attributes(cJSON *object, const cJSON *version)
{
	static const char *const dates[] = { "nbf", "exp", "created", "updated" };
	cJSON *attributes = cJSON_AddObjectToObject(object, "attributes");

	cJSON_AddBoolToObject(attributes, "enabled", cJSON_IsTrue(member(version, "enabled")));
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++)
		copy_member(attributes, version, dates[i]);
	cJSON_AddStringToObject(attributes, "recoveryLevel", "Recoverable+Purgeable");
	cJSON_AddNumberToObject(attributes, "recoverableDays", 90);
}

static void
add_thumbprint(cJSON *object, const cJSON *version)
{
	const char *cer = cJSON_GetStringValue(member(version, "cer"));
	struct text der = { 0 }, x5t = { 0 };
	unsigned char sha1[20];

	if (cer != NULL && base64_read_any(cer, strlen(cer), &der) &&
	    EVP_Digest(der.at, der.len, sha1, NULL, EVP_sha1(), NULL) == 1) {
		base64url_add(&x5t, sha1, sizeof(sha1));
		cJSON_AddStringToObject(object, "x5t", x5t.at);
	}
	text_done(&der);
	text_done(&x5t);
}

cJSON *
vault_row(const char *kind, const char *name, const cJSON *version, bool with_version)
{
	cJSON *object = cJSON_CreateObject();

	copy_member(object, version, "contentType");
	add_id(object, kind, name, with_version ? version : NULL, "id");
	copy_member(object, version, "managed");
	add_attributes(object, version);
	copy_member(object, version, "tags");
	add_thumbprint(object, version);
	return object;
}

void
vault_answer_one(struct web_answer *answer, const char *kind, const char *name,
                 const cJSON *version)
{
	cJSON *object = vault_row(kind, name, version, true);

	if (strcmp(kind, "secrets") == 0) {
		copy_member(object, version, "value");
	} else {
		copy_member(object, version, "cer");
		add_id(object, "keys", name, version, "kid");
		add_id(object, "secrets", name, version, "sid");
		cJSON_AddObjectToObject(object, "policy");
	}
	send_json(answer, 200, object);
	ledger_count("vault.answered");
}

static bool
read_size(const struct web_request *request, struct web_answer *answer, int *ret_size)
{
	char word[32], *end = NULL;
	struct fault_hit hit;
	long size = PAGE_MAX;

	if (web_field(request->query, "maxresults", word, sizeof(word))) {
		size = strtol(word, &end, 10);
		if (*end != '\0' || size < 1 || size > PAGE_MAX)
			return vault_fail(answer, 400, "BadParameter", NULL, "Invalid maxresults '%s': "
			                  "from 1 to %d.", word, PAGE_MAX);
	}
	if (fault_acts("vault-page", NULL, &hit) && hit.number > 0 && hit.number < size)
		size = hit.number;
	*ret_size = (int)size;
	return true;
}

void
vault_answer_page(const struct web_request *request, struct web_answer *answer, cJSON *rows)
{
	cJSON *page = cJSON_CreateObject(), *value;
	char token[32] = "", version[64] = "", link[512];
	int offset = 0, size = 0, whole = cJSON_GetArraySize(rows);
	struct fault_hit hit;

	if (web_field(request->query, "$skiptoken", token, sizeof(token)))
		offset = (int)strtol(token, NULL, 10);
	if (!read_size(request, answer, &size) || offset < 0 || offset > whole) {
		if (answer->status == 0)
			vault_fail(answer, 400, "BadParameter", NULL, "The skip token is not valid.");
		cJSON_Delete(rows);
		cJSON_Delete(page);
		return;
	}
	value = cJSON_AddArrayToObject(page, "value");
	for (int i = 0; i < size && offset + i < whole; i++)
		cJSON_AddItemToArray(value, cJSON_DetachItemFromArray(rows, offset));
	cJSON_Delete(rows);
	web_field(request->query, "api-version", version, sizeof(version));
	snprintf(link, sizeof(link), "%s%s?api-version=%s&$skiptoken=%d&maxresults=%d",
	         tenant_origin(), request->path, version, offset + size, size);
	if (offset + size < whole)
		cJSON_AddStringToObject(page, "nextLink", fault_acts("vault-link-foreign", NULL, &hit)
		                                                  ? hit.argument : link);
	else
		cJSON_AddNullToObject(page, "nextLink");
	send_json(answer, 200, page);
	ledger_count("vault.page");
}
