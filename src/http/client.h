/*
 * One HTTPS request at a time: sent, and read as it arrives.
 *
 * A client keeps connections and cookies and knows the only hosts it may speak to. It never follows a redirect and never
 * speaks plain HTTP. libcurl stands behind client.c's transport and nowhere else; tests bring a transport of their own.
 * One thread at a time.
 */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include "base/buf.h"
#include "base/context.h"
#include "base/secret.h"
#include "http/tls_witness.h"

#include <exosign/credential.h>

typedef struct http_client   http_client;
typedef struct http_response http_response;

enum { HTTP_HEADERS_MAX = 24, HTTP_ERROR_BODY_MAX = 256 * 1024 };

/* hosts: NULL-terminated "host" or "*.suffix" or "host:port" (exact), lower case; copied. network may be NULL. */
EXS_MUST_USE exs_status http_client_new(const exs_context *context, const exs_network *network,
                                        const char *const *hosts, http_client **ret,
                                        exs_error *error);
void http_client_free(http_client *client);
EXS_DEFINE_AUTO(http_client)

typedef struct http_header {
	const char *name, *value;
} http_header;

/* A client certificate and its key, put into the SSL_CTX of a connection. */
typedef struct http_presence {
	bool (*show)(void *self, void *ssl_ctx); /* false: the connection is given up */
	/* After a connection that might have shown it failed: the cause, if it was the key's; else EXS_OK. May be NULL. */
	exs_status (*failure)(void *self, exs_error *error);
	void *self;
} http_presence;

/* From now on an https:// proxy that asks for a certificate is shown this one; it must outlive the client. */
void http_client_present_to_proxy(http_client *client, const http_presence *presence);

typedef struct http_request {
	const char   *method;
	const char   *url;
	http_header   headers[HTTP_HEADERS_MAX];
	size_t        n_headers;
	const secret *bearer;      /* Authorization: Bearer, only ever set here */
	span          body;        /* lives until the response is freed */
	int64_t       deadline_ms; /* for the whole request; 0: the client's */
	const http_presence *presence; /* for the server alone; lives during http_open(); NULL: no certificate is shown */
} http_request;

/*
 * Sends and waits for the response's header. E_HOST (nothing was sent) when the host is not of ours; else
 * E_NETWORK, E_TLS, E_TLS_CA, E_PROXY, E_TIMEOUT, E_CURL, E_INTERRUPTED.
 */
EXS_MUST_USE exs_status http_open(http_client *client, const http_request *request,
                                  http_response **ret, exs_error *error);

int         http_status(const http_response *response);
/* By name in any case; the first of several; NULL when there is none. */
const char *http_header_value(const http_response *response, const char *name);
/* Server's Date header as seconds since 1970; false when absent or unreadable. */
bool        http_date(const http_response *response, int64_t *ret_seconds);
/* Retry-After in seconds (delay or date, RFC 9110 section 10.2.3), clamped to 0..86400; -1 when absent. */
int64_t     http_retry_after(const http_response *response);

/*
 * The next piece of the body, decompressed; it lives until the next call; length 0 at the end. A body shorter than it
 * promised is an error, never an end.
 */
EXS_MUST_USE exs_status http_read(http_response *response, span *ret_piece, exs_error *error);
/* All that is left, into a buffer whose ceiling bounds it. */
EXS_MUST_USE exs_status http_read_all(http_response *response, buf *to, exs_error *error);
void http_response_free(http_response *response);
EXS_DEFINE_AUTO(http_response)

/*
 * Was the request possibly executed although it failed? False only when it surely never reached the server
 * (name not resolved, connection refused, TLS not set up). Asked after http_open() or http_read() failed.
 */
bool http_may_have_arrived(const http_client *client);

/*
 * Who was at the other end of the connection that the last request made; NULL when it used one that was open already, came to no
 * TLS, or nobody watched (tls_witness.h).
 */
const tls_witness *http_witness(const http_client *client);

#endif
