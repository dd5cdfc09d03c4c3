/*
 * How a token is reached by those who look at it or change what is on it; signing has its own options (signer.h).
 */
#ifndef EXOSIGN_TOKEN_H
#define EXOSIGN_TOKEN_H

#include <exosign/signer.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* The same rules for PINs as in exs_signer_options (DESIGN.md promise 2). Strings are borrowed during a call. */
typedef struct exs_token_access {
	size_t         size; /* sizeof(exs_token_access) */
	const char    *uri;  /* RFC 7512: names the token, and the object where the call is about one */
	exs_pin_source pin;  /* ask NULL: there is no PIN and a login is refused */
	bool           last_try;
	bool           forget_pin_failure;
	const char    *state_directory;
	int64_t        deadline_ms; /* for each step in the device; 0: 30,000 */
} exs_token_access;

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
