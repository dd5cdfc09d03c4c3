/*
 * What the library needs from its host: log, clock, "has the user given up?".
 *
 * The library never prints, never exits, never reads the environment and never asks the user. What it
 * needs from outside comes in here (and, for the PIN, in signer.h). A context is immutable
 * after it was made and may be used from any thread; the hooks must then be thread-safe too.
 */
#ifndef EXOSIGN_CONTEXT_H
#define EXOSIGN_CONTEXT_H

#include <exosign/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

typedef enum exs_log_level {
	EXS_LOG_ERROR,
	EXS_LOG_WARNING,
	EXS_LOG_NOTICE, /* what a person at the terminal should see: "touch the token" */
	EXS_LOG_INFO,   /* one line an act: signed, token issued, cmdlet sent */
	EXS_LOG_DEBUG,
} exs_log_level;

/* One field of an event. Text is UTF-8 and never secret: there is no way to put a secret in. */
typedef struct exs_field {
	const char *name;
	const char *text;   /* NULL: the number counts */
	int64_t     number;
} exs_field;

typedef struct exs_hooks {
	size_t size; /* sizeof(exs_hooks): how much of this the caller knows */
	void  *self; /* handed to every hook */

	/* An event: area ("hsm", "http", "oauth", "api"), name ("signed"), fields. May be NULL. */
	void (*log)(void *self, exs_log_level level, const char *area, const char *event,
	            const exs_field *fields, size_t n_fields);

	/* Milliseconds since 1970-01-01 UTC. NULL: the system's clock. */
	int64_t (*clock)(void *self);

	/* True when the caller wants everything to stop. Asked often, from any thread. May be NULL. */
	bool (*cancelled)(void *self);
} exs_hooks;

typedef struct exs_context exs_context;

/* hooks may be NULL. On success *ret_context is the caller's; on failure it is untouched. */
EXS_MUST_USE exs_status exs_context_new(const exs_hooks *hooks, exs_context **ret_context,
                                        exs_error *error);

/* Takes NULL. Everything made with the context must be freed first. */
void exs_context_free(exs_context *context);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
