/*
 * Asking a token endpoint of the test for a token, as a credential with a device does, and what the endpoint saw of it.
 */
#ifndef SUPPORT_ASKING_H
#define SUPPORT_ASKING_H

#include "base/error.h"
#include "oauth/access.h"
#include "support/opening.h"
#include "support/tls_server.h"

#include <pthread.h>

EXS_DEFINE_AUTO(exs_credential)

enum { SEEN_MAX = 16 };

/* What a server saw: for each request its text and the certificate behind it. */
typedef struct seen {
	pthread_mutex_t lock;
	char            requests[SEEN_MAX][4096], certificates[SEEN_MAX][65];
	unsigned        issuers[SEEN_MAX]; /* certificates behind the client's own */
	size_t          n;
} seen;

#define SEEN {.lock = PTHREAD_MUTEX_INITIALIZER}

/* A tls_serve: notes each request (self is a seen) and issues a token. */
void asking_issue(tls_peer *peer, void *self);

typedef struct asking {
	tls_server *server;
	exs_signer *signer;
	char        endpoint[64], graph[64];
	bool        by_assertion, proxy_asks;
	const char *proxy, *ca_file;
} asking;

exs_credential *asking_credential(asking *a);
exs_status      asking_ask(asking *a, exs_error *error);
void            asking_well(asking *a);
/* What the error says. */
exs_error *asking_in_vain(asking *a, error_id id);

/* A file that trusts both servers' authorities, in the test's directory. */
const char *asking_roots(const char *name, const tls_server *one, const tls_server *other);

/* A signer on the token; SoftHSM is told of that token's store first. */
exs_signer *asking_signer(softhsm *on, const char *words);
void        asking_use(const softhsm *on);

#endif
