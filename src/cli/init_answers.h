/*
 * What a new profile is made of: settings, each from an option or from a person at the terminal.
 */
#ifndef CLI_INIT_ANSWERS_H
#define CLI_INIT_ANSWERS_H

#include "cli/open.h"

typedef struct init_answers {
	bool  attended; /* there is a person to ask */
	char *profile;  /* its name */
	char *at[SETTINGS]; /* NULL: not set */
	bool  generate; /* the key is to be made */
} init_answers;
void init_answers_done(init_answers *a);

/* The options that were given, paths made absolute. Refused: what holds a secret. */
EXS_MUST_USE exs_status init_take_options(const given *g, init_answers *a, exs_error *error);
/* The profile's name, before anything is asked about it. */
EXS_MUST_USE exs_status init_ask_profile(const given *g, init_answers *a, exs_error *error);
/* What is missing: asked for, or named in the error. */
EXS_MUST_USE exs_status init_ask_rest(const invocation *inv, init_answers *a, exs_error *error);

#endif
