/* Small JSON documents, with cJSON behind. */
#include "base/json.h"

#include "base/error.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <strings.h>

static bool
is_deeper(const json *value, int levels)
{
	for (; value != NULL; value = value->next)
		if ((cJSON_IsArray(value) || cJSON_IsObject(value)) &&
		    (levels == 0 || is_deeper(value->child, levels - 1)))
			return true;
	return false;
}

exs_status
json_parse(span text, const char *what, json **ret, exs_error *error)
{
	const char *end = NULL;
	EXS_AUTO(json) *tree = NULL;

	if (!span_is_utf8(text))
		return exs_fail(error, E_ANSWER, "%s is not UTF-8", what);
	if (text.len > 0)
		tree = cJSON_ParseWithLengthOpts(text.at, text.len, &end, false);
	if (tree == NULL) {
		size_t at = end == NULL ? 0 : (size_t)(end - text.at);

		return exs_fail(error, E_ANSWER, "%s is not JSON (byte %zu of %zu)", what, at, text.len);
	}
	if (span_trim(span_from(end, (size_t)(text.at + text.len - end))).len > 0)
		return exs_fail(error, E_ANSWER, "%s goes on after its JSON value (byte %zu of %zu)", what,
		                (size_t)(end - text.at), text.len);
	if (is_deeper(tree, JSON_DEPTH_MAX))
		return exs_fail(error, E_ANSWER, "%s is nested deeper than %d levels", what, JSON_DEPTH_MAX);
	EXS_GIVE(ret, tree);
	return EXS_OK;
}

static void
wipe(json *value)
{
	for (; value != NULL; value = value->next) {
		if (value->valuestring != NULL)
			explicit_bzero(value->valuestring, strlen(value->valuestring));
		wipe(value->child);
	}
}

void
json_free(json *tree)
{
	wipe(tree);
	cJSON_Delete(tree);
}

const json *
json_member(const json *object, const char *name)
{
	return cJSON_IsObject(object) ? cJSON_GetObjectItemCaseSensitive(object, name) : NULL;
}

const json *
json_member_nocase(const json *object, const char *name)
{
	return cJSON_IsObject(object) ? cJSON_GetObjectItem(object, name) : NULL;
}

const json *
json_at(const json *tree, const char *path)
{
	span rest = span_of(path);

	while (tree != NULL && rest.len > 0) {
		span        name = span_cut(&rest, '.');
		const json *child;

		if (!cJSON_IsObject(tree))
			return NULL;
		for (child = tree->child; child != NULL; child = child->next)
			if (span_is(name, child->string))
				break;
		tree = child;
	}
	return tree;
}

bool
json_is_object(const json *value)
{
	return cJSON_IsObject(value);
}

bool
json_is_array(const json *value)
{
	return cJSON_IsArray(value);
}

bool
json_is_true(const json *value)
{
	return cJSON_IsTrue(value);
}

bool
json_is_false(const json *value)
{
	return cJSON_IsFalse(value);
}

const char *
json_string(const json *value)
{
	return cJSON_IsString(value) ? value->valuestring : "";
}

bool
json_whole(const json *value, int64_t *ret)
{
	if (cJSON_IsString(value))
		return span_signed(span_of(value->valuestring), ret);
	if (!cJSON_IsNumber(value) || fabs(value->valuedouble) > 9007199254740992.0 ||
	    floor(value->valuedouble) < value->valuedouble)
		return false;
	*ret = (int64_t)value->valuedouble;
	return true;
}

const json *
json_first(const json *container)
{
	return cJSON_IsArray(container) || cJSON_IsObject(container) ? container->child : NULL;
}

const json *
json_next(const json *element)
{
	return element->next;
}

const char *
json_name(const json *member)
{
	return member->string == NULL ? "" : member->string;
}

exs_status
json_print(const json *value, char **ret, exs_error *error)
{
	char *printed = cJSON_PrintUnformatted(value);

	if (printed == NULL)
		return mem_fail(error);
	*ret = printed;
	return EXS_OK;
}
