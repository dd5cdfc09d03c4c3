/*
 * The host's hooks, carried to every room: clock, cancelled, log.
 *
 * An event is one line an auditor may read: area, name, fields. LOG_TEXT takes a string, LOG_NUMBER a number; a secret
 * has no maker and so cannot be logged.
 */
#ifndef BASE_CONTEXT_H
#define BASE_CONTEXT_H

#include "base/mem.h"

#include <exosign/context.h>

EXS_DEFINE_AUTO(exs_context)

int64_t context_now_ms(const exs_context *context);
int64_t context_now(const exs_context *context); /* seconds */
bool    context_cancelled(const exs_context *context);
/* EXS_CANCELLED with its error when the caller gave up. */
EXS_MUST_USE exs_status context_check(const exs_context *context, exs_error *error);
/* Sleeps in slices, so that giving up is noticed. */
EXS_MUST_USE exs_status context_sleep(const exs_context *context, int64_t ms, exs_error *error);

void context_log(const exs_context *context, exs_log_level level, const char *area,
                 const char *event, const exs_field *fields, size_t n_fields);

#define LOG_TEXT(name, value)   ((exs_field){(name), (value), 0})
#define LOG_NUMBER(name, value) ((exs_field){(name), NULL, (int64_t)(value)})
/* LOG(context, EXS_LOG_INFO, "hsm", "signed", LOG_TEXT("alg", "PS256"), LOG_NUMBER("ms", 3)); at least one field */
#define LOG(context, level, area, event, ...)                                                      \
	context_log((context), (level), (area), (event), (const exs_field[]){__VA_ARGS__},         \
	            sizeof((const exs_field[]){__VA_ARGS__}) / sizeof(exs_field))

#endif
