/*
 * One profile's settings: for each key the value that counts and where it came from.
 *
 * Later wins: default, the variables of other programs, system, sandbox, user, --config, EXOSIGN_ variables, flags. A
 * key that the system's file locks may come from nowhere else.
 */
#ifndef CONFIG_RESOLVE_H
#define CONFIG_RESOLVE_H

#include "config/files.h"

typedef struct setting {
	char        *value; /* NULL: not set and without default */
	char        *place; /* "--tenant", "EXOSIGN_TENANT", "/etc/exosign/config:12", "default" */
	config_layer layer;
} setting;

typedef struct settings {
	char   *profile;       /* "" when there is none */
	char   *profile_place; /* why this one */
	setting at[SETTINGS];
} settings;

/* What does not come from files. */
typedef struct config_overrides {
	const char *profile;       /* the one asked for, or NULL */
	const char *profile_place; /* "--profile" or "EXOSIGN_PROFILE" */
	const char *flags[SETTINGS]; /* NULL: not given */
	const char *(*variable)(const char *name); /* NULL for one that is not set; NULL: no variables at all */
	const config_critic *critic; /* NULL: the first problem ends it; else what is wrong keeps its value from elsewhere */
} config_overrides;

EXS_MUST_USE exs_status settings_resolve(const config_files *files,
                                         const config_overrides *overrides, settings *ret,
                                         exs_error *error);
void settings_done(settings *settings);

#endif
