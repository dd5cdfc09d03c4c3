/*
 * One test signature in one way, and whether it is good. For the check alone.
 */
#ifndef SIGN_CHECKTRIAL_H
#define SIGN_CHECKTRIAL_H

#include "sign/check.h"
#include "hsm/signjob.h"

/* Where test signatures are made: a session that may be spoilt and opened anew, and the PIN for the next of them. */
typedef struct bench {
	check        *check;
	session      *session; /* NULL: the check's own, which must not be spoilt */
	sign_job     *job;
	login_attempt attempt;
	bool          has_attempt, is_spoilt;
} bench;
EXS_MUST_USE exs_status bench_open(check *c, bench *ret, exs_error *error);
void bench_done(bench *b);
/* A PIN that was prepared and not sent is forgotten as if it had never been asked for. */
EXS_MUST_USE exs_status bench_close(bench *b, exs_error *error);

typedef struct trial {
	CK_RV       rv;
	const char *call;     /* which call answered */
	bool        fits;     /* false: the padding does not fit the key; nothing was sent */
	bool        is_signed, is_verified, pin_spent;
	int64_t     ms;
} trial;

/* E_PIN_... when a PIN that the key wants is refused; E_DEVICE_DEADLINE. What the device answers else is in *ret. */
EXS_MUST_USE exs_status bench_try(bench *b, exs_alg alg, const way *w, trial *ret, exs_error *error);

/* "touch the token" after a while. */
patience check_patience(const check *c);

#endif
