/*
 * One session with a token and the thread that works in it.
 */
#ifndef HSM_SESSION_H
#define HSM_SESSION_H

#include "hsm/token.h"

typedef struct session session;

typedef enum session_mode {
	SESSION_READ,  /* read-only; with devices that have no such sessions, read-write */
	SESSION_WRITE, /* key generation, certificate import, deletion */
} session_mode;

/* E_DEVICE_SESSIONS when the token has none left. The token must outlive the session. */
EXS_MUST_USE exs_status session_open(const token *t, session_mode mode, session **ret,
                                     exs_error *error);
/* Closes it, or leaves it to a stuck thread. Takes NULL. */
void session_free(session *s);
EXS_DEFINE_AUTO(session)

CK_FUNCTION_LIST *session_functions(const session *s);
CK_SESSION_HANDLE session_handle(const session *s);
module           *session_module(const session *s);

/* Is somebody of this process logged in as the user? *ret is false when the module does not tell. */
EXS_MUST_USE exs_status session_is_user(session *s, bool *ret, exs_error *error);

/* worker_run() in the session's thread with the module's patience, or with another. */
EXS_MUST_USE exs_status session_run(session *s, job **j, exs_error *error);
EXS_MUST_USE exs_status session_run_patiently(session *s, const patience *p, job **j,
                                              exs_error *error);

#endif
