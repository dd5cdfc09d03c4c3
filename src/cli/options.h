/*
 * The command line, read by table: options.def, the settings and commands.c. Long options are never abbreviated; a typing
 * error earns a suggestion.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "config/schema.h"

#define OPTION(id, letter, name, argument, words, variable, bits, help) OPT_##id,
typedef enum option_id {
#include "cli/options.def"
	OPT_SETTINGS, /* the first of the settings' options; OPT_SETTINGS + SETTING_TENANT ... */
	OPTIONS = (int)OPT_SETTINGS + (int)SETTINGS,
} option_id;
#undef OPTION

enum { OPTION_GLOBAL = 1, OPTION_REPEATS = 2, OPTION_HIDDEN = 4, OPTION_FILE = 8 };

typedef struct option_row {
	char        letter;
	const char *name;     /* "--output" */
	const char *argument; /* "" for a switch */
	const char *words;    /* what the argument may be, separated by blanks; "": anything */
	const char *variable; /* "" for none */
	unsigned    bits;
	const char *help;
} option_row;

/* Also for the options of settings. */
const option_row *option_row_of(option_id id);

typedef struct command command;

enum { REPEATED_MAX = 64, GROUP_MAX = 48 };

/* One value of an option that may be repeated. */
typedef struct repeated_value {
	option_id   id;
	const char *value;
} repeated_value;

/* A command line. Every text belongs to argv. */
typedef struct given {
	const command *command;      /* NULL: none was named */
	char           group[GROUP_MAX]; /* "token" of `exosign token`, "app key" of `exosign app key`; "": none */
	const char    *values[OPTIONS]; /* NULL: not given; "" for a switch */
	unsigned       counts[OPTIONS];
	const char    *places[OPTIONS]; /* "--profile" or "EXOSIGN_PROFILE" */
	repeated_value repeated[REPEATED_MAX]; /* in the order of the command line */
	size_t         n_repeated;
	char         **words;        /* what is left, argv order; points into room the caller gave */
	size_t         n_words;
} given;

/*
 * `words` has room for argc texts. variable(name) gives environment variables, NULL for none. With --help whatever is
 * missing is forgiven. On failure only ret->command is set, when it was named before.
 */
EXS_MUST_USE exs_status options_parse(int argc, char **argv, const char *(*variable)(const char *),
                                      char **words, given *ret, exs_error *error);

/* Does the command take this option? command may be NULL. */
bool option_applies(option_id id, const command *command);

static inline bool
has(const given *g, option_id id)
{
	return g->counts[id] > 0;
}

#endif
