/*
 * What went wrong, for a program and for a person.
 *
 * Every function that can fail returns an exs_status, which says what the caller can *do*, and takes
 * an exs_error last, which may be NULL. The first cause is written by whoever met it and nobody
 * overwrites it; callers may put their own aim in front. The statuses are the exit codes of the
 * program (DESIGN.md section 5).
 */
#ifndef EXOSIGN_ERROR_H
#define EXOSIGN_ERROR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#if defined(__GNUC__)
#define EXS_MUST_USE __attribute__((warn_unused_result))
#else
#define EXS_MUST_USE
#endif

typedef enum exs_status {
	EXS_OK         = 0,
	EXS_INTERNAL   = 1,   /* a bug, or no memory: report it */
	EXS_USAGE      = 2,   /* the call is wrong: fix it */
	EXS_CONFIG     = 3,   /* a setting or a file's permissions: fix it */
	EXS_PIN        = 4,   /* PIN or login: a person is needed; do not repeat */
	EXS_DEVICE     = 5,   /* module, device or session not available: later, perhaps */
	EXS_KEY        = 6,   /* key or certificate missing, ambiguous, unfit: a person is needed */
	EXS_DIRECTORY  = 7,   /* the directory (token endpoint) refused: a person is needed */
	EXS_NETWORK    = 8,   /* network, proxy or TLS: later, perhaps */
	EXS_DENIED     = 9,   /* Exchange refused the identity: roles are missing */
	EXS_CMDLET     = 10,  /* the cmdlet itself failed: read the message */
	EXS_THROTTLED  = 11,  /* throttled past the limit: wait exs_error_retry_after() seconds */
	EXS_INCOMPLETE = 12,  /* partly done, or a list that could not be finished */
	EXS_POLICY     = 13,  /* refused by local policy */
	EXS_BROKER     = 14,  /* broker locked or absent */
	EXS_CANCELLED  = 130, /* the caller's cancelled hook said so */
} exs_status;

/* An error object: made once, reused by every call, never allocates when something fails. */
typedef struct exs_error exs_error;

/* A new, empty error, or NULL without memory. The caller frees it; free takes NULL. */
exs_error *exs_error_new(void);
void       exs_error_free(exs_error *error);

/* Empties it for reuse. Functions that succeed leave it as it was. */
void exs_error_clear(exs_error *error);

exs_status exs_error_status(const exs_error *error);

/*
 * The parts of a report. All are UTF-8, belong to the error, live until it is cleared or written
 * again, and are "" when there is nothing to say. None ever holds a secret.
 */
const char *exs_error_code(const exs_error *error);      /* stable: "E-PIN-WRONG" */
const char *exs_error_message(const exs_error *error);   /* one sentence: what happened */
const char *exs_error_why(const exs_error *error);       /* the cause we are sure of */
const char *exs_error_fix(const exs_error *error);       /* the next thing to do */
const char *exs_error_reference(const exs_error *error); /* ids for support: "trace ..., ..." */
const char *exs_error_native(const exs_error *error);    /* "CKR_PIN_LOCKED", "AADSTS700027" */

/* Seconds to wait before trying again, or 0 when nobody said. */
int64_t exs_error_retry_after(const exs_error *error);

/* "usage", "pin", ... for a status; never NULL. */
const char *exs_status_name(exs_status status);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
