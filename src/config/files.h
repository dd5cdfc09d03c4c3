/*
 * The configuration files, read and checked line by line, kept as entries that remember their place.
 *
 * Order, later wins: the system's file, its drop-ins (conf.d, sorted), the user's file, the file named with --config. The
 * sandbox's own file is read only when the profile "sandbox" is asked for and no other file has one. Files that others may
 * write to are refused. In the system's files, `lock = KEY, KEY` keeps everyone else from setting those keys.
 */
#ifndef CONFIG_FILES_H
#define CONFIG_FILES_H

#include "config/schema.h"

/* Where a value came from, least specific first. */
typedef enum config_layer {
	LAYER_DEFAULT,
	LAYER_AMBIENT,  /* HTTPS_PROXY and the like */
	LAYER_SYSTEM,
	LAYER_SANDBOX,
	LAYER_USER,
	LAYER_NAMED,    /* --config */
	LAYER_VARIABLE, /* EXOSIGN_... */
	LAYER_FLAG,
} config_layer;

/* Told of every problem, where the first is not to be the last that is looked for. */
typedef struct config_critic {
	void (*take)(void *self, const exs_error *problem);
	void *self;
} config_critic;

typedef struct config_paths {
	const char *system_directory; /* holds config and conf.d; NULL: none */
	const char *user_file;        /* NULL: none */
	const char *sandbox_file;     /* NULL: none */
	const char *named_file;       /* must exist; NULL: none */
	const char *profile;          /* the one asked for, or NULL */
	const config_critic *critic;  /* NULL: the first problem ends the reading */
} config_paths;

typedef struct config_entry {
	config_layer layer;
	char        *profile;
	setting_id   id;
	char        *value; /* file names made absolute */
	char        *place; /* "/etc/exosign/config:12" */
} config_entry;

typedef struct config_profile {
	char *name;
	char *place; /* of its first section */
} config_profile;

typedef struct config_files {
	config_entry   *entries;
	size_t          n_entries, room_entries;
	config_profile *profiles;
	size_t          n_profiles, room_profiles;
	char           *default_profile, *default_place; /* NULL: none */
	char           *locked[SETTINGS];                /* the place that locks it, or NULL */
} config_files;

/* With a critic it fails only when there is no memory. */
EXS_MUST_USE exs_status config_files_read(const config_paths *paths, config_files *files,
                                          exs_error *error);
void config_files_done(config_files *files);

/* NULL when no file has a profile of that name. */
const config_profile *config_files_profile(const config_files *files, const char *name);

#endif
