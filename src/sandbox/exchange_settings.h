/*
 * Settings: properties of an object that a Set- cmdlet can change.
 *
 * A setting is at once a parameter, a property of the row and a member of the changes kept about the
 * object. What was never changed is written from its fallback, so that an object costs memory only
 * once somebody changed it.
 */
#ifndef SANDBOX_EXCHANGE_SETTINGS_H
#define SANDBOX_EXCHANGE_SETTINGS_H

#include "exchange_parameters.h"
#include "exchange_row.h"

struct setting {
	struct parameter parameter; /* a name of NULL ends a table */
	struct key       key;
	const char      *fallback;  /* JSON; NULL: the row's writer computes it */
};

#define SETTING_OF(name, kind, members, lead, fallback) \
	{ { name, kind, 0, members }, { name, lead, sizeof(lead) - 1 }, fallback }
#define SETTING_STRING(name, fallback) \
	SETTING_OF(name, PARAMETER_STRING, NULL, KEY_LEAD(name), fallback)
#define SETTING_SIZE(name, fallback) \
	SETTING_OF(name, PARAMETER_SIZE, NULL, KEY_LEAD(name), fallback)
#define SETTING_BOOL(name, fallback) \
	SETTING_OF(name, PARAMETER_BOOL, NULL, KEY_LEAD(name), fallback)
#define SETTING_ENUM(name, members, fallback) \
	SETTING_OF(name, PARAMETER_ENUM, members, KEY_LEAD(name), fallback)
#define SETTING_LIST(name, fallback) \
	SETTING_OF(name, PARAMETER_DELTA, NULL, KEY_LEAD_STRINGS(name), fallback)
#define SETTING_INT(name, fallback) \
	SETTING_OF(name, PARAMETER_INT, NULL, KEY_LEAD_TYPED(name, "System.Int32"), fallback)
#define SETTINGS_END { { NULL, 0, 0, NULL }, { NULL, NULL, 0 }, NULL }

/* The parameter of that name (any case), or NULL. */
const struct parameter *setting_parameter(const struct setting *settings, const char *name);

/* Spells what settings_write writes about an object nobody changed. */
void settings_spell(const struct setting *settings, struct text *out);

/* Writes every setting that has a fallback: from changes (may be NULL) or from the fallback. */
void settings_write(struct row *row, const struct setting *settings, const cJSON *changes);

/*
 * Applies the call's bound parameters to changes, holding each against the object as it is now (its
 * row as JSON). Returns how many really changed; lists are edited when the parameter says Add or Remove.
 */
size_t settings_apply(struct call *call, const struct setting *settings, const cJSON *now,
                      cJSON *changes);

/* The list after what the parameter asks for; the caller's. */
cJSON *setting_edit(const cJSON *now, const cJSON *asked);

#endif
