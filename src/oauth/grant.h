/*
 * The exchange of an assertion for a bearer: the client credentials grant (RFC 6749 section 4.4, RFC 7523).
 */
#ifndef OAUTH_GRANT_H
#define OAUTH_GRANT_H

#include "http/client.h"
#include "oauth/assertion.h"
#include "oauth/identity.h"

enum {
	GRANT_ANSWER_MAX = 1024 * 1024,
	GRANT_DEADLINE_MS = 60 * 1000, /* of one attempt: the directory answers in seconds or not at all */
	GRANT_ATTEMPTS = 5,
};

typedef struct grant {
	const exs_context *context;
	const identity    *identity;
	exs_signer        *signer;
	http_client       *client;      /* may speak to the token endpoint's host */
	unsigned           attempts;    /* at most, the first included; 0: GRANT_ATTEMPTS */
	int64_t            deadline_ms; /* of all attempts and the waits between them; 0: none */
} grant;

/*
 * Signs, sends, and repeats what may pass: 429, 5xx and "temporarily unavailable" up to the attempts, waiting as the server
 * asks; a connection that broke once more. challenge is the JSON of a claims challenge or NULL; an empty scope is left out. Fails with
 * E_ENTRA, E_CLOCK, E_ENTRA_ANSWER, E_SERVICE, E_THROTTLED and what signing and http_open() fail with.
 */
EXS_MUST_USE exs_status grant_redeem(const grant *g, const char *scope, const char *challenge,
                                     exs_bearer **ret, exs_error *error);

#endif
