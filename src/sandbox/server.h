/*
 * The listener: TLS on the loopback, a thread a connection.
 */
#ifndef SANDBOX_SERVER_H
#define SANDBOX_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "web.h"

struct server_options {
	int         listeners[2]; /* bound and listening sockets; -1: none */
	const char *key_pem;
	const char *certificate_pem;
	const char *priorities; /* GnuTLS's words for which TLS versions are spoken */
};

/* Starts serving; the sockets are the server's from now on. False with the reason in why. */
bool server_start(const struct server_options *options, char *why, size_t why_size);

/* Wakes whoever waits, closes every connection, returns when all threads have ended. */
void server_stop(void);

/* Sleeps on behalf of one request; false when the server is being stopped. */
bool server_wait(unsigned milliseconds);

#endif
