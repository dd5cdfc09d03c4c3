/*
 * Values that carry their type: hashtables, nested ones included, and byte arrays. See
 * exchange_binding.h.
 */
#include "exchange_binding.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define TAG            "@odata.type"
#define TAG_TABLES     "#Collection(Exchange.GenericHashTable)"
#define TAG_BYTES      "#Exchange.ByteArrayType"
#define TAG_BYTES_LIST "#Collection(Exchange.ByteArrayType)"

cJSON *
binding_bytes(struct binding *to, const cJSON *value, bool tagged)
{
	const cJSON *data = cJSON_GetObjectItemCaseSensitive(value, "Data"), *byte;

	if (cJSON_IsNull(value))
		return cJSON_CreateNull();
	if ((!tagged && !binding_is_tagged(value, TAG_BYTES)) || !cJSON_IsArray(data))
		return binding_refuse_type(to, value);
	cJSON_ArrayForEach(byte, data) {
		if (!cJSON_IsNumber(byte) || byte->valuedouble < 0 || byte->valuedouble > 255 ||
		    floor(byte->valuedouble) < byte->valuedouble)
			return binding_refuse_type(to, value);
	}
	return cJSON_Duplicate(data, true);
}

static cJSON *bind_any(struct binding *to, const cJSON *value, const char *sibling);

/* A hashtable, nested ones included; each must say that it is one, itself or through its collection. */
cJSON *
binding_table(struct binding *to, const cJSON *value, bool tagged)
{
	const cJSON *member;
	cJSON *table;

	if (cJSON_IsNull(value))
		return cJSON_CreateNull();
	if (!cJSON_IsObject(value) || (!tagged && !binding_is_tagged(value, TAG_TABLE)))
		return binding_refuse_type(to, value);
	table = cJSON_CreateObject();
	cJSON_ArrayForEach(member, value) {
		char name[512];
		const cJSON *sibling;
		cJSON *bound;

		if (strchr(member->string, '@') != NULL)
			continue;
		snprintf(name, sizeof(name), "%s" TAG, member->string);
		sibling = cJSON_GetObjectItemCaseSensitive(value, name);
		bound = bind_any(to, member, cJSON_GetStringValue(sibling));
		if (bound == NULL) {
			cJSON_Delete(table);
			return NULL;
		}
		cJSON_AddItemToObject(table, member->string, bound);
	}
	return table;
}

static cJSON *
bind_any(struct binding *to, const cJSON *value, const char *sibling)
{
	bool tables = sibling != NULL && strcmp(sibling, TAG_TABLES) == 0;
	bool bytes = sibling != NULL && strcmp(sibling, TAG_BYTES_LIST) == 0;
	const cJSON *item;
	cJSON *list;

	if (cJSON_IsObject(value))
		return binding_is_tagged(value, TAG_BYTES) ? binding_bytes(to, value, true)
		                                   : binding_table(to, value, false);
	if (!cJSON_IsArray(value))
		return cJSON_Duplicate(value, true);
	list = cJSON_CreateArray();
	cJSON_ArrayForEach(item, value) {
		if (!binding_append(list, tables  ? binding_table(to, item, true)
		                  : bytes ? binding_bytes(to, item, true)
		                          : bind_any(to, item, NULL))) {
			cJSON_Delete(list);
			return NULL;
		}
	}
	return list;
}

/* A list of hashtables or of byte arrays; one alone may stand for a list of one. */
cJSON *
binding_collection(struct binding *to, const cJSON *value)
{
	const char *sibling = to->collection_type;
	bool bytes = to->parameter->kind == PARAMETER_BYTES_LIST;
	cJSON *list;

	if (cJSON_IsNull(value))
		return cJSON_CreateNull();
	if (sibling != NULL && strcmp(sibling, bytes ? TAG_BYTES_LIST : TAG_TABLES) != 0)
		return binding_refuse(to, "The collection type \"%.100s\" is not the parameter's.", sibling);
	if (cJSON_IsArray(value)) {
		const cJSON *item;

		cJSON_ArrayForEach(item, value) {
			if (!cJSON_IsObject(item))
				return binding_refuse_type(to, item);
		}
		return bind_any(to, value, sibling);
	}
	list = cJSON_CreateArray();
	if (binding_append(list, bytes ? binding_bytes(to, value, false) : binding_table(to, value, false)))
		return list;
	cJSON_Delete(list);
	return NULL;
}
