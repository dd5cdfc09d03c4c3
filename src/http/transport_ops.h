/*
 * What carries a request: the seam between the client's rules and the wire.
 *
 * transport_curl.c is the one carrier we ship. Tests bring one that answers from a script. The client has checked address,
 * host and header lines before a carrier sees them; the carrier adds nothing to them and follows nothing.
 */
#ifndef HTTP_TRANSPORT_OPS_H
#define HTTP_TRANSPORT_OPS_H

#include "http/client.h"

typedef struct transport_request {
	const char        *method; /* method, url and presence live during open() */
	const char        *url;
	const char *const *lines;  /* "Name: value", n_lines of them; lines and body live until the end */
	size_t             n_lines;
	span               body;
	int64_t            connect_ms;
	int64_t            deadline_ms; /* for all of it */
	int64_t            stall_ms;    /* for silence within a body */
	const http_presence *presence;  /* NULL: no certificate is shown; else its connection is for this request alone */
	const http_presence *proxy_presence; /* what an https:// proxy that asks is shown; lives as long as the carrier */
} transport_request;

typedef struct transport_head {
	int  status;
	span fields; /* the header's lines as received, until the exchange ends */
} transport_head;

typedef struct transport_ops {
	/* Sends and waits for the final header. On success *ret_exchange is to be ended. */
	exs_status (*open)(void *self, const transport_request *request, void **ret_exchange,
	                   transport_head *ret_head, exs_error *error);
	/* The next bytes of the body as they came; they live until the next call; length 0 at the end. */
	exs_status (*read)(void *self, void *exchange, span *ret_piece, exs_error *error);
	void (*end)(void *self, void *exchange);
	/* Could the request of the open() that failed last have reached the server? */
	bool (*may_have_arrived)(const void *self);
	void (*close)(void *self);
	/* Who was at the other end of the last open(); NULL: this carrier does not know. */
	const tls_witness *(*witness)(const void *self);
} transport_ops;

/* A client over another carrier; self is closed with the client. On failure it stays the caller's. */
EXS_MUST_USE exs_status http_client_over(const exs_context *context, const exs_network *network,
                                         const char *const *hosts, const transport_ops *ops,
                                         void *self, http_client **ret, exs_error *error);

#endif
