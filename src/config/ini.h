/*
 * Configuration text, a line at a time.
 *
 *   # a comment has a line of its own
 *   [exosign]
 *   default-profile = prod
 *   [profile "prod"]
 *   tenant = contoso.onmicrosoft.com
 *
 * Strict on purpose: no quoting, no continuation, no text behind a section; what is not understood is refused with its
 * file and line. What a key means is schema.h's business.
 */
#ifndef CONFIG_INI_H
#define CONFIG_INI_H

#include "base/buf.h"

enum { INI_LINE_MAX = 64 * 1024, INI_FILE_MAX = 1024 * 1024, INI_NAME_MAX = 64 };

/* A setting, or, with an empty key, the line that opens a section. Spans live as long as the text. */
typedef struct ini_line {
	const char *path;
	unsigned    number;
	span        profile; /* of [profile "NAME"]; empty in [exosign] */
	span        key, value;
} ini_line;

typedef exs_status (*ini_visit)(void *self, const ini_line *line, exs_error *error);

/* Told of a line that is not understood. */
typedef void (*ini_problem)(void *self, const exs_error *problem);

/* Calls visit for each section and each setting in order and stops at the first that fails. */
EXS_MUST_USE exs_status ini_parse(span text, const char *path, ini_visit visit, void *self,
                                  exs_error *error);

/* The same, but tells of each line that fails and goes on behind it; what stands in an unknown section is left out. */
EXS_MUST_USE exs_status ini_parse_all(span text, const char *path, ini_visit visit,
                                      ini_problem problem, void *self, exs_error *error);

/* Letters, digits, dot, dash and underscore, at most INI_NAME_MAX of them. */
bool ini_is_name(span name);

#endif
