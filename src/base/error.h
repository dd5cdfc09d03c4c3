/*
 * Filling the error object. The innermost function that understands what happened writes the cause
 * with exs_fail(); who calls it may add why, fix and ids, or put its aim in front with error_aim(). A second
 * exs_fail() on a filled error changes nothing: the first cause wins.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <exosign/error.h>

#include <stdbool.h>
#include <stddef.h>

#define CODE(id, code, status, meaning, fix) E_##id,
typedef enum error_id {
	E_NONE,
#include "base/codes.def"
	E_IDS
} error_id;
#undef CODE

enum {
	ERROR_MESSAGE_ROOM = 1024,
	ERROR_SENTENCE_ROOM = 2048,
	ERROR_CODE_ROOM = 64,
	ERROR_REFERENCE_ROOM = 512
};

/* Here so that who fails by the thousand can have one on the stack: exs_error cause; exs_error_clear(&cause). */
struct exs_error {
	error_id   id;
	exs_status status;
	int64_t    retry_after;
	char       code[ERROR_CODE_ROOM];
	char       message[ERROR_MESSAGE_ROOM];
	char       why[ERROR_SENTENCE_ROOM];
	char       fix[ERROR_SENTENCE_ROOM];
	char       reference[ERROR_REFERENCE_ROOM];
	char       native[ERROR_CODE_ROOM];
};

/* Writes code, status, default fix and message; returns the code's status. error may be NULL. */
EXS_MUST_USE exs_status exs_fail(exs_error *error, error_id id, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* These add to the error that was just written. All take NULL for error. */
void error_why(exs_error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
void error_fix(exs_error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* One more id for support: "correlation", value. Empty or NULL values are left out. */
void error_ref(exs_error *error, const char *name, const char *value);
/* The foreign code: "CKR_PIN_LOCKED", "AADSTS700027". */
void error_native(exs_error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Makes the stable code closer: E-ENTRA becomes E-ENTRA-700027. */
void error_subcode(exs_error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));
void error_retry_after(exs_error *error, int64_t seconds);
/* "cannot get a token for contoso: " in front of the message; returns the error's status as given. */
void error_aim(exs_error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Changes the status (and so the exit code) of a filled error; the code stays. */
void error_status(exs_error *error, exs_status status);

bool     error_is(const exs_error *error, error_id id);
error_id error_identity(const exs_error *error);
/* Copies a filled error (e.g. out of a worker thread). */
void     error_copy(exs_error *to, const exs_error *from);

/* The rows of codes.def. */
typedef struct error_row {
	const char *code;
	exs_status  status;
	const char *meaning;
	const char *fix;
} error_row;
const error_row *error_row_of(error_id id);

/* For EXS_SCOPED(error_scratch): an error of one's own whose contents may be dropped. */
typedef exs_error *error_scratch;
static inline void
error_scratch_done(error_scratch *error)
{
	exs_error_free(*error);
}

#endif
