/*
 * Logging in without ever burning a PIN (pkcs11.md 4.2).
 *
 * An attempt is everything around one C_Login: flags fresh from the token, the PIN from its source, the memory of failed PINs
 * held locked and written before the PIN goes out, and settled by what the device answered. One wrong PIN for a token
 * ends the attempts of this process; nothing here repeats.
 */
#ifndef HSM_LOGIN_H
#define HSM_LOGIN_H

#include "hsm/pin.h"
#include "hsm/pinmemory.h"
#include "hsm/session.h"

/* What the user allowed. Strings are borrowed. */
typedef struct login_rules {
	const exs_context *context;
	exs_pin_source     source;
	bool               last_try, forget_pin_failure;
	const char        *state_directory; /* NULL: none */
	int64_t            lock_wait_ms;    /* for other processes that log in to the same token */
} login_rules;

typedef struct login_attempt {
	const login_rules *rules;
	token             *token;
	token_identity     identity;
	pinmemory         *memory;  /* NULL: none is kept */
	secret            *pin;     /* NULL: typed at the device */
	bool               at_device, context_specific;
	unsigned           failures_before;
} login_attempt;

/* Ends the attempt; one that was not settled counts as failed. */
void login_attempt_done(login_attempt *attempt);

/*
 * All that must be true before a PIN is sent. key_label names the key of a context-specific login, NULL: the token's. Afterwards
 * the PIN must be sent at once, and the answer given to login_settle().
 */
EXS_MUST_USE exs_status login_prepare(const login_rules *rules, token *t, const char *key_label,
                                      login_attempt *ret, exs_error *error);
/* EXS_OK when rv means logged in; else the error for the person. */
EXS_MUST_USE exs_status login_settle(login_attempt *attempt, CK_RV rv, exs_error *error);

/* The PIN was never sent. */
EXS_MUST_USE exs_status login_withdraw(login_attempt *attempt, exs_error *error);

/* C_Login(CKU_USER) in the session; who is logged in already stays so. */
EXS_MUST_USE exs_status login_user(const login_rules *rules, session *s, token *t,
                                   exs_error *error);

#endif
