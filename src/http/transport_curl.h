/*
 * The carrier we ship: libcurl's multi interface, pumped by whoever reads.
 *
 * Nothing runs between calls: a body that nobody reads is paused, so that memory stays bounded by ARRIVED_MAX and the
 * server feels the pressure. Every wait is sliced, so that giving up is noticed within SLICE_MS.
 */
#ifndef HTTP_TRANSPORT_CURL_H
#define HTTP_TRANSPORT_CURL_H

#include "http/curl_library.h"
#include "http/tls_witness.h"
#include "http/transport_ops.h"

enum {
	ARRIVED_MAX = 256 * 1024, /* body bytes held for the reader */
	HEAD_MAX = 64 * 1024,     /* of the header, all lines together */
	SLICE_MS = 100,
};

/* What all exchanges of a client share. Strings may be NULL. */
typedef struct transport_curl {
	const exs_context  *context;
	const curl_library *curl; /* NULL until the first request */
	CURLM              *multi;
	CURLSH             *share;
	char               *ca_file, *proxy, *no_proxy;
	char               *proxy_host; /* without user, port and brackets; NULL without a proxy */
	bool                may_have_arrived;
	tls_witness         witness; /* here because a connection may outlive its first exchange */
} transport_curl;

/* "login.example" or "login.example:8443": for messages. */
typedef struct host_text {
	char at[280];
} host_text;

typedef struct curl_exchange {
	transport_curl          *owner;
	const transport_request *request; /* its address lives during open() only */
	host_text                host;
	char                     name[256];    /* host without its port */
	bool                     proxied;
	unsigned                 tls_contexts; /* libcurl has asked for: the proxy's, if it speaks TLS, and the server's */
	CURL                    *easy;
	struct curl_slist        lines[HTTP_HEADERS_MAX + 4]; /* made by hand: no copy of a bearer */
	buf                      head;
	int                      status;
	buf                      arrived;
	bool                     handed;        /* the reader has seen what arrived */
	bool                     head_complete, head_too_large, paused, done;
	unsigned                 attempts;      /* libcurl's own, see may_send() */
	CURLcode                 result;
	int64_t                  left_ms;       /* of the deadline, counted while we wait */
	char                     problem[CURL_ERROR_SIZE];
} curl_exchange;

/* network may be NULL; its strings are copied. */
EXS_MUST_USE exs_status transport_curl_new(const exs_context *context, const exs_network *network,
                                           transport_curl **ret, exs_error *error);
extern const transport_ops transport_curl_ops;

/* Host, proxied and all options of one request (curl_options.c); E_CURL when libcurl lacks one. */
EXS_MUST_USE exs_status curl_options_set(curl_exchange *x, exs_error *error);

/* What libcurl's result means to a person (curl_fault.c). */
EXS_MUST_USE exs_status curl_fault(const curl_exchange *x, exs_error *error);
#endif
