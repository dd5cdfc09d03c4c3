/* The one table of settings. */
#include "config/schema.h"

#define SETTING(id, key, flag, variable, ambient, kind, limits, initial, argument, help)           \
	{key, flag, variable, ambient, VALUE_##kind, limits, initial, argument, help},
static const setting_row rows[SETTINGS] = {
#include "config/settings.def"
};
#undef SETTING

const setting_row *
setting_row_of(setting_id id)
{
	return &rows[id];
}

bool
setting_find(span key, setting_id *ret_id, const char **ret_nearest)
{
	const char *keys[SETTINGS];

	for (size_t i = 0; i < SETTINGS; i++) {
		keys[i] = rows[i].key;
		if (span_is(key, keys[i])) {
			*ret_id = (setting_id)i;
			return true;
		}
	}
	*ret_nearest = span_nearest(key, keys, SETTINGS);
	return false;
}
