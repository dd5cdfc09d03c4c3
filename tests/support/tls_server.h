/*
 * A server on the loopback whose every byte a test decides: TLS with a CA of its own, or plain for proxies.
 *
 * Each connection is served in a thread of its own by the test's function.
 */
#ifndef SUPPORT_TLS_SERVER_H
#define SUPPORT_TLS_SERVER_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct tls_server tls_server;

/* One connection, as the test's function sees it. */
typedef struct tls_peer tls_peer;
typedef void (*tls_serve)(tls_peer *peer, void *self);

typedef enum tls_flavour {
	TLS_GOOD,
	TLS_EXPIRED,     /* the certificate's time is over */
	TLS_WRONG_NAME,  /* it is for other.example */
	TLS_OLD,         /* TLS 1.1 at most */
	TLS_ASKING,      /* asks for a client certificate and takes any */
	TLS_DEMANDING,   /* does not go on without one */
	TLS_DEMANDING_12, /* the same, with TLS 1.2 at most */
	TLS_NONE,        /* plain TCP */
} tls_flavour;

/* Listens on 127.0.0.1, any port. Aborts the program when something cannot be made. */
tls_server *tls_server_new(tls_flavour flavour, tls_serve serve, void *self);
/* Ends all connections. */
void tls_server_free(tls_server *server);

unsigned tls_server_port(const tls_server *server);
/* The CA as a PEM file that lives as long as the server. */
const char *tls_server_ca_file(const tls_server *server);
/* How many connections were accepted (handshake done), and how many requests read. */
unsigned tls_server_connections(const tls_server *server);
unsigned tls_server_requests(const tls_server *server);

/* Reads one request, head and body as Content-Length says; false when the peer closed. *ret is valid until the next one. */
bool tls_read_request(tls_peer *peer, const char **ret);
/* False when the peer went away. */
bool tls_write(tls_peer *peer, const void *bytes, size_t len);
bool tls_puts(tls_peer *peer, const char *text);
/* A whole answer with Content-Length; fields are further header lines with CRLF. */
void tls_answer(tls_peer *peer, int status, const char *fields, const char *body);
/* Ends the connection at once, without the farewells of TLS and TCP. */
void tls_reset(tls_peer *peer);
/* For proxies: joins this connection, plain or TLS, with 127.0.0.1:port until one side ends. */
void tls_relay(tls_peer *peer, unsigned port);
/* Which connection this is, from 1. */
unsigned tls_peer_number(const tls_peer *peer);
/* The SHA-256 of the certificate that the client showed, and whose key it proved, in upper case; "" without one. */
void tls_peer_certificate(const tls_peer *peer, char ret_sha256[65]);
/* How many certificates it showed behind its own. */
unsigned tls_peer_issuers(const tls_peer *peer);
/* Sleeps until the peer closes or the server is freed. */
void tls_linger(tls_peer *peer);

#endif
