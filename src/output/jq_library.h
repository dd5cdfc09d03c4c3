/*
 * libjq, opened when --jq is given and never else: linked, it and its regular expressions would cost every start of the program
 * time and memory.
 */
#ifndef OUTPUT_JQ_LIBRARY_H
#define OUTPUT_JQ_LIBRARY_H

#include <exosign/error.h>

#include <jq.h>

typedef struct jq_library {
	jq_state *(*init)(void);
	void (*set_error_cb)(jq_state *state, jq_msg_cb callback, void *self);
	void (*set_attr)(jq_state *state, jv name, jv value);
	int (*compile)(jq_state *state, const char *expression);
	void (*start)(jq_state *state, jv input, int flags);
	jv (*next)(jq_state *state);
	int (*halted)(jq_state *state);
	void (*teardown)(jq_state **state);
	jv_kind (*get_kind)(jv value);
	jv (*string)(const char *text);
	jv (*array)(void);
	jv (*copy)(jv value);
	void (*free_value)(jv value);
	int (*invalid_has_msg)(jv value);
	jv (*invalid_get_msg)(jv value);
	jv (*parse_sized)(const char *text, int length);
	jv (*dump_string)(jv value, int flags);
	const char *(*string_value)(jv value);
	int (*string_length)(jv value);
} jq_library;

/* The process's libjq, opened once and never closed. Fails with E_JQ_LIBRARY. */
EXS_MUST_USE exs_status jq_library_get(const jq_library **ret, exs_error *error);

/* Opens one by its file name. */
EXS_MUST_USE exs_status jq_library_open(const char *name, jq_library *ret, exs_error *error);

#endif
