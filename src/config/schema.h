/*
 * The one table of settings (settings.def) and what may be asked of a row.
 */
#ifndef CONFIG_SCHEMA_H
#define CONFIG_SCHEMA_H

#include "base/buf.h"

#define SETTING(id, key, flag, variable, ambient, kind, limits, initial, argument, help) SETTING_##id,
typedef enum setting_id {
#include "config/settings.def"
	SETTINGS
} setting_id;
#undef SETTING

typedef enum value_kind {
	VALUE_TEXT,
	VALUE_WORD,
	VALUE_FLAG,
	VALUE_COUNT,
	VALUE_SECONDS,
	VALUE_PATH,
	VALUE_CERTIFICATE,
	VALUE_PIN_SOURCE,
	VALUE_PKCS11,
	VALUE_ORIGIN,
	VALUE_URL,
	VALUE_PROXY,
} value_kind;

typedef struct setting_row {
	const char *key;
	const char *flag;     /* with its dashes */
	const char *variable;
	const char *ambient;  /* variables of other programs, separated by blanks */
	value_kind  kind;
	const char *limits;
	const char *initial;  /* "" when there is no default */
	const char *argument;
	const char *help;
} setting_row;

const setting_row *setting_row_of(setting_id id);
/* False when there is no such key; then *ret_nearest is the key that was perhaps meant, or NULL. */
bool setting_find(span key, setting_id *ret_id, const char **ret_nearest);

/* What to do instead, when a setting or an option of that name would hold a secret ("pin", "client-secret"); or NULL. */
const char *setting_secret_advice(span name);

#endif
