/*
 * What a token claims and what really works: module, token, PIN, key, certificate, every way of signing, sessions.
 *
 * This is the one call that makes test signatures, over a text that is no assertion. It logs in at most once, under the same
 * rules as everybody; a key that wants its PIN or a touch for each signature makes one, unless more are asked for.
 */
#ifndef EXOSIGN_CHECK_H
#define EXOSIGN_CHECK_H

#include <exosign/token.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

typedef enum exs_check_area {
	EXS_CHECK_MODULE,
	EXS_CHECK_TOKEN,
	EXS_CHECK_PIN,
	EXS_CHECK_KEY,
	EXS_CHECK_CERTIFICATE,
	EXS_CHECK_SIGNATURE,
	EXS_CHECK_SESSIONS,
} exs_check_area;

typedef enum exs_check_verdict {
	EXS_CHECK_FINE,
	EXS_CHECK_DOUBTFUL, /* works, or might, but somebody should know */
	EXS_CHECK_BROKEN,
	EXS_CHECK_NOT_TRIED,
} exs_check_verdict;

/* "module", "fine"; never NULL. */
const char *exs_check_area_name(exs_check_area area);
const char *exs_check_verdict_name(exs_check_verdict verdict);

/* Texts are never NULL and live during the call. */
typedef struct exs_check_finding {
	exs_check_area    area;
	exs_check_verdict verdict;
	const char       *name;   /* "serial", "CKA_EXTRACTABLE", "PS256 CKM_RSA_PKCS_PSS" */
	const char       *value;  /* what was found: "no", "verified", "CKR_MECHANISM_INVALID" */
	const char       *why;    /* why that is the verdict, or "" */
	const char       *fix;    /* what to do, or "" */
	exs_status        status; /* what a caller should end with for a broken one: EXS_PIN, EXS_DEVICE or EXS_KEY */
} exs_check_finding;

/* Called for each finding as it is made; EXS_OK goes on. */
typedef exs_status (*exs_check_visit)(void *self, const exs_check_finding *finding,
                                      exs_error *error);

typedef struct exs_check_options {
	size_t           size;   /* sizeof(exs_check_options) */
	exs_token_access access; /* names one key */
	const char      *certificate; /* as in exs_signer_options: NULL, "token", "thumbprint:HEX", else a file */
	exs_alg          alg;    /* the one that will be used; it must work */
	bool             pss_in_token; /* as in exs_signer_options */
	bool             allow_extractable; /* the exception is named elsewhere: doubtful, not broken */
	bool             all;    /* every way of signing, also where each costs a PIN or a touch */
	bool             without_speed;
} exs_check_options;

/*
 * Tells every finding. EXS_OK says that the check came to its end, whatever it found. What stops it (no such token, a wrong
 * PIN, a module that hangs) is the last finding, broken, and the error.
 */
EXS_MUST_USE exs_status exs_check_walk(const exs_context *context, const exs_check_options *options,
                                       exs_check_visit visit, void *self, exs_error *error);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
