/*
 * Events on stderr: what the library tells its host, and warnings of our own.
 *
 * Errors, warnings and notices ("touch the token") by default; -v adds one line an act, -vv every step; -q leaves errors
 * and notices. As text a line is "TIME LEVEL AREA EVENT name=value ..."; notices and warnings without a time. As JSON a
 * line is an object. There is no way to log a secret: events have no field for one.
 */
#ifndef CLI_LOGGER_H
#define CLI_LOGGER_H

#include "base/context.h"

/* Once, before anything is logged. */
void logger_set(int verbosity, bool json);
bool logger_is_json(void);
bool logger_shows(exs_log_level level);

/* The hook of exs_hooks; any thread. */
void logger_event(void *self, exs_log_level level, const char *area, const char *event,
                  const exs_field *fields, size_t n_fields);

/* A warning in words, e.g. of the service. */
void logger_warn(const char *text);

#endif
