/*
 * Settings. See exchange_settings.h.
 */
#include "exchange_settings.h"

#include <string.h>
#include <strings.h>

#include "exchange_call.h"

const struct parameter *
setting_parameter(const struct setting *settings, const char *name)
{
	for (; settings->parameter.name != NULL; settings++) {
		if (strcasecmp(settings->parameter.name, name) == 0)
			return &settings->parameter;
	}
	return NULL;
}

void
settings_spell(const struct setting *settings, struct text *out)
{
	for (; settings->parameter.name != NULL; settings++) {
		if (settings->fallback == NULL)
			continue;
		text_add(out, settings->key.lead, settings->key.lead_len);
		text_puts(out, settings->fallback);
	}
}

void
settings_write(struct row *row, const struct setting *settings, const cJSON *changes)
{
	for (; settings->parameter.name != NULL; settings++) {
		const cJSON *changed = NULL;

		if (settings->fallback == NULL)
			continue;
		if (changes != NULL)
			changed = cJSON_GetObjectItemCaseSensitive(changes, settings->key.name);
		if (changed != NULL)
			row_json(row, &settings->key, changed);
		else
			row_raw(row, &settings->key, settings->fallback, strlen(settings->fallback));
	}
}

/* Case matters not in addresses and names, so it does not in lists of them. */
static int
place_of(const cJSON *list, const char *text)
{
	const cJSON *item;
	int place = 0;

	cJSON_ArrayForEach(item, list) {
		if (cJSON_IsString(item) && strcasecmp(item->valuestring, text) == 0)
			return place;
		place++;
	}
	return -1;
}

cJSON *
setting_edit(const cJSON *now, const cJSON *asked)
{
	const cJSON *item;
	cJSON *list;

	if (cJSON_IsNull(asked))
		return cJSON_CreateArray();
	if (cJSON_IsArray(asked))
		return cJSON_Duplicate(asked, true);
	list = cJSON_IsArray(now) ? cJSON_Duplicate(now, true) : cJSON_CreateArray();
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(asked, "Remove")) {
		int place = cJSON_IsString(item) ? place_of(list, item->valuestring) : -1;

		if (place >= 0)
			cJSON_DeleteItemFromArray(list, place);
	}
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(asked, "Add")) {
		if (cJSON_IsString(item) && place_of(list, item->valuestring) < 0)
			cJSON_AddItemToArray(list, cJSON_Duplicate(item, true));
	}
	return list;
}

/* What the setting shall be. A text set to null or to nothing goes back to being empty as it was made. */
static cJSON *
want(const struct setting *setting, const cJSON *current, const cJSON *asked)
{
	bool empty = cJSON_IsNull(asked) ||
	             (cJSON_IsString(asked) && asked->valuestring[0] == '\0');

	if (setting->parameter.kind == PARAMETER_DELTA)
		return setting_edit(current, asked);
	if (empty && setting->fallback != NULL)
		return cJSON_Parse(setting->fallback);
	return cJSON_Duplicate(asked, true);
}

size_t
settings_apply(struct call *call, const struct setting *settings, const cJSON *now, cJSON *changes)
{
	size_t changed = 0;

	for (; settings->parameter.name != NULL; settings++) {
		const char *name = settings->key.name;
		const cJSON *asked = parameter_value(call, name);
		const cJSON *current = cJSON_GetObjectItemCaseSensitive(now, name);
		cJSON *wanted;

		if (asked == NULL)
			continue;
		wanted = want(settings, current, asked);
		if (cJSON_Compare(wanted, current, true)) {
			cJSON_Delete(wanted);
			continue;
		}
		cJSON_DeleteItemFromObjectCaseSensitive(changes, name);
		cJSON_AddItemToObject(changes, name, wanted);
		changed++;
	}
	return changed;
}
