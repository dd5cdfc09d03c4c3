/*
 * From the JSON of one parameter to a value of its type. See exchange_values.h.
 */
#include "exchange_values.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "exchange_binding.h"
#include "exchange_secret.h"
#include "exchange_size.h"

enum { PASSWORD_LEAST = 8 };

static const char *const type_names[] = {
	[PARAMETER_STRING] = "System.String",
	[PARAMETER_SWITCH] = "System.Management.Automation.SwitchParameter",
	[PARAMETER_BOOL] = "System.Boolean",
	[PARAMETER_INT] = "System.Int32",
	[PARAMETER_RESULT_SIZE] = "Microsoft.Exchange.Data.Unlimited`1[System.UInt32]",
	[PARAMETER_STRINGS] = "System.String[]",
	[PARAMETER_DELTA] = "Microsoft.Exchange.Data.MultiValuedProperty`1[System.String]",
	[PARAMETER_ENUM] = "System.Enum",
	[PARAMETER_ENUMS] = "System.Enum[]",
	[PARAMETER_DATE] = "System.DateTime",
	[PARAMETER_SIZE] = "Microsoft.Exchange.Data.Unlimited`1[Microsoft.Exchange.Data.ByteQuantifiedSize]",
	[PARAMETER_TABLE] = "System.Collections.Hashtable",
	[PARAMETER_TABLES] = "System.Collections.Hashtable[]",
	[PARAMETER_BYTES] = "System.Byte[]",
	[PARAMETER_BYTES_LIST] = "System.Byte[][]",
	[PARAMETER_SECRET] = "System.Security.SecureString",
};

cJSON *
binding_refuse(struct binding *to, const char *format, ...)
{
	va_list arguments;
	int used;

	used = snprintf(to->why, VALUE_WHY_MAX, "Cannot process argument transformation on parameter '%s'. ",
	                to->parameter->name);
	va_start(arguments, format);
	vsnprintf(to->why + used, VALUE_WHY_MAX - (size_t)used, format, arguments);
	va_end(arguments);
	return NULL;
}

cJSON *
binding_refuse_type(struct binding *to, const cJSON *value)
{
	const char *shown = "a value";
	char *printed = NULL;

	if (cJSON_IsObject(value))
		shown = "Newtonsoft.Json.Linq.JObject";
	else if ((printed = cJSON_PrintUnformatted(value)) != NULL)
		shown = printed;
	binding_refuse(to, "Cannot convert value \"%.200s\" to type \"%s\".", shown,
	       type_names[to->parameter->kind]);
	cJSON_free(printed);
	return NULL;
}

bool
binding_is_tagged(const cJSON *object, const char *tag)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, "@odata.type");

	return cJSON_IsString(value) && strcmp(value->valuestring, tag) == 0;
}

static cJSON *
bind_string(struct binding *to, const cJSON *value)
{
	char *printed;
	cJSON *string;

	if (cJSON_IsString(value) || cJSON_IsNull(value))
		return cJSON_Duplicate(value, true);
	if (cJSON_IsBool(value))
		return cJSON_CreateString(cJSON_IsTrue(value) ? "True" : "False");
	if (!cJSON_IsNumber(value))
		return binding_refuse_type(to, value);
	printed = cJSON_PrintUnformatted(value);
	string = cJSON_CreateString(printed != NULL ? printed : "");
	cJSON_free(printed);
	return string;
}

static cJSON *
bind_bool(struct binding *to, const cJSON *value)
{
	bool is_number = to->parameter->kind == PARAMETER_BOOL && cJSON_IsNumber(value);

	if (cJSON_IsBool(value))
		return cJSON_Duplicate(value, true);
	if (is_number)
		return cJSON_CreateBool(fabs(value->valuedouble) > 0);
	return binding_refuse_type(to, value);
}

static cJSON *
bind_int(struct binding *to, const cJSON *value)
{
	double number;
	char *end = NULL;

	if (to->parameter->kind == PARAMETER_RESULT_SIZE && cJSON_IsString(value) &&
	    strcasecmp(value->valuestring, "Unlimited") == 0)
		return cJSON_CreateNumber(-1);
	if (cJSON_IsNumber(value)) {
		number = value->valuedouble;
	} else if (cJSON_IsString(value) && value->valuestring[0] != '\0') {
		number = strtod(value->valuestring, &end);
		if (*end != '\0')
			return binding_refuse_type(to, value);
	} else {
		return binding_refuse_type(to, value);
	}
	if (floor(number) < number || fabs(number) > 2147483647.0 ||
	    (to->parameter->kind == PARAMETER_RESULT_SIZE && number < 0))
		return binding_refuse_type(to, value);
	return cJSON_CreateNumber(number);
}

static cJSON *
bind_member(struct binding *to, const char *name, size_t len)
{
	const char *const *members = to->parameter->members;
	const char *begun = NULL;
	char list[VALUE_WHY_MAX / 2] = "", sent[128];

	snprintf(sent, sizeof(sent), "%.*s", (int)len, name);
	for (size_t i = 0; members[i] != NULL; i++) {
		size_t used = strlen(list);

		if (strcasecmp(members[i], sent) == 0)
			return cJSON_CreateString(members[i]);
		if (begun == NULL && sent[0] != '\0' && strncasecmp(members[i], sent, len) == 0)
			begun = members[i];
		snprintf(list + used, sizeof(list) - used, "%s%s", i == 0 ? "" : ", ", members[i]);
	}
	if (begun != NULL)
		return cJSON_CreateString(to->cut_enums ? begun : sent);
	return binding_refuse(to,
	              "Cannot convert value \"%s\" to type \"%s\". Error: \"Unable to match the "
	              "identifier name %s to a valid enumerator name. Specify one of the following "
	              "enumerator names and try again: %s\"",
	              sent, type_names[to->parameter->kind], sent, list);
}

static cJSON *
bind_enum(struct binding *to, const cJSON *value)
{
	if (cJSON_IsNull(value))
		return cJSON_CreateNull();
	if (!cJSON_IsString(value))
		return binding_refuse_type(to, value);
	return bind_member(to, value->valuestring, strlen(value->valuestring));
}

static cJSON *
bind_date(struct binding *to, const cJSON *value)
{
	char text[TICKS_TEXT_MAX];
	ticks moment;

	if (cJSON_IsNull(value))
		return cJSON_CreateNull();
	if (!cJSON_IsString(value) || !ticks_read(value->valuestring, &moment))
		return binding_refuse_type(to, value);
	ticks_write(moment, "Z", text);
	return cJSON_CreateString(text);
}

static cJSON *
bind_size(struct binding *to, const cJSON *value)
{
	cJSON *string = bind_string(to, value);
	char text[SIZE_TEXT_MAX];
	uint64_t bytes;

	if (string == NULL)
		return NULL;
	if (cJSON_IsString(string) && size_read(string->valuestring, &bytes)) {
		size_write(bytes, text);
		cJSON_Delete(string);
		return cJSON_CreateString(text);
	}
	if (cJSON_IsString(string) && strcasecmp(string->valuestring, "Unlimited") == 0) {
		cJSON_Delete(string);
		return cJSON_CreateString("Unlimited");
	}
	cJSON_Delete(string);
	return binding_refuse_type(to, value);
}

bool
binding_append(cJSON *list, cJSON *item)
{
	if (item == NULL)
		return false;
	cJSON_AddItemToArray(list, item);
	return true;
}

/* "A, B" is two members, as PowerShell reads flags. */
static bool
append_members(struct binding *to, cJSON *list, const cJSON *value)
{
	const char *at;

	if (!cJSON_IsString(value)) {
		binding_refuse_type(to, value);
		return false;
	}
	for (at = value->valuestring; *at != '\0';) {
		size_t len = strcspn(at, ",");

		if (!binding_append(list, bind_member(to, at, len)))
			return false;
		at += len;
		at += strspn(at, ", ");
	}
	return true;
}

static cJSON *
bind_list(struct binding *to, const cJSON *value)
{
	bool enums = to->parameter->kind == PARAMETER_ENUMS, good = true;
	cJSON *list;

	if (cJSON_IsNull(value))
		return cJSON_CreateNull();
	if (cJSON_IsObject(value))
		return binding_refuse_type(to, value);
	list = cJSON_CreateArray();
	if (cJSON_IsArray(value)) {
		const cJSON *item;

		cJSON_ArrayForEach(item, value) {
			good = good && (enums ? append_members(to, list, item)
			                      : binding_append(list, bind_string(to, item)));
		}
	} else {
		good = enums ? append_members(to, list, value) : binding_append(list, bind_string(to, value));
	}
	if (good)
		return list;
	cJSON_Delete(list);
	return NULL;
}

/* What to add and to remove. An empty hashtable clears; an empty field delta changes nothing. */
static cJSON *
bind_delta(struct binding *to, const cJSON *value)
{
	bool field_delta = binding_is_tagged(value, "#Exchange.StringFieldDeltaUpdateData");
	const cJSON *member;
	cJSON *delta;
	size_t edits = 0;

	if (!cJSON_IsObject(value))
		return bind_list(to, value);
	if (!field_delta && !binding_is_tagged(value, TAG_TABLE))
		return binding_refuse_type(to, value);
	delta = cJSON_CreateObject();
	cJSON_ArrayForEach(member, value) {
		const char *name = strcasecmp(member->string, "add") == 0      ? "Add"
		                   : strcasecmp(member->string, "remove") == 0 ? "Remove"
		                                                               : NULL;
		cJSON *list;

		if (strchr(member->string, '@') != NULL)
			continue;
		list = name != NULL ? bind_list(to, member)
		                    : binding_refuse(to, "The key \"%s\" is neither Add nor Remove.",
		                             member->string);
		if (list == NULL) {
			cJSON_Delete(delta);
			return NULL;
		}
		cJSON_AddItemToObject(delta, name, list);
		edits++;
	}
	if (edits == 0 && !field_delta) {
		cJSON_Delete(delta);
		return cJSON_CreateNull();
	}
	return delta;
}

/* Kept is the hash alone. Text that is not encrypted is refused without being repeated. */
static cJSON *
bind_secret(struct binding *to, const cJSON *value)
{
	struct text plain = { 0 }, digest = { 0 };
	const char *why = "The value is not a protected string.";
	cJSON *bound = NULL;

	if (cJSON_IsNull(value))
		return cJSON_CreateNull();
	if (!cJSON_IsString(value) || !secret_open(value->valuestring, &plain, &why))
		binding_refuse(to, "%s", why);
	else if (plain.len < PASSWORD_LEAST)
		binding_refuse(to, "The password is shorter than %d characters.", PASSWORD_LEAST);
	else {
		secret_digest(&plain, &digest);
		bound = cJSON_CreateString(digest.at);
	}
	text_done(&plain);
	text_done(&digest);
	return bound;
}

cJSON *
value_bind(const struct parameter *parameter, const cJSON *value, const char *collection_type,
           bool cut_enums, char why[VALUE_WHY_MAX])
{
	struct binding to = { parameter, collection_type, cut_enums, why };

	switch (parameter->kind) {
	case PARAMETER_STRING: return bind_string(&to, value);
	case PARAMETER_SWITCH:
	case PARAMETER_BOOL: return bind_bool(&to, value);
	case PARAMETER_INT:
	case PARAMETER_RESULT_SIZE: return bind_int(&to, value);
	case PARAMETER_STRINGS:
	case PARAMETER_ENUMS: return bind_list(&to, value);
	case PARAMETER_DELTA: return bind_delta(&to, value);
	case PARAMETER_ENUM: return bind_enum(&to, value);
	case PARAMETER_DATE: return bind_date(&to, value);
	case PARAMETER_SIZE: return bind_size(&to, value);
	case PARAMETER_TABLE: return binding_table(&to, value, false);
	case PARAMETER_TABLES:
	case PARAMETER_BYTES_LIST: return binding_collection(&to, value);
	case PARAMETER_BYTES: return binding_bytes(&to, value, false);
	case PARAMETER_SECRET: return bind_secret(&to, value);
	}
	return NULL;
}
