/*
 * The other end of a sign-in in a browser: one port of this machine, open until the one redirect has come (RFC 8252 section 7.3).
 */
#ifndef OAUTH_LISTENER_H
#define OAUTH_LISTENER_H

#include "base/buf.h"
#include "base/context.h"
#include "base/secret.h"

enum { LISTENER_REQUEST_MAX = 16 * 1024 };

typedef struct listener {
	int      fd;
	unsigned port;
} listener;

/* On 127.0.0.1, a port that the system chooses. */
EXS_MUST_USE exs_status listener_open(listener *ret, exs_error *error);
/* For EXS_SCOPED(listener). */
void listener_done(listener *l);

/*
 * Waits for the redirect with this state and gives its code. Requests without it (a favicon, another program's guess) are
 * answered and forgotten. E_SIGNIN when the directory says no or the time is over.
 */
EXS_MUST_USE exs_status listener_wait(const listener *l, const exs_context *context, const char *state,
                                      int64_t ends_ms, secret **ret_code, exs_error *error);

/* What a request's first line says. */
typedef struct redirect_words {
	buf code, state, error, description;
} redirect_words;
void redirect_words_done(redirect_words *words);
/* "GET /?code=..&state=.. HTTP/1.1"; false when it is no redirect of a sign-in. *ret must be zero. */
bool listener_read(span request, redirect_words *ret);

#endif
