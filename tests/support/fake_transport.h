/*
 * A wire that answers from a script and remembers what it was asked. It may be used from several threads.
 */
#ifndef SUPPORT_FAKE_TRANSPORT_H
#define SUPPORT_FAKE_TRANSPORT_H

#include "base/buf.h"
#include "base/error.h"
#include "http/transport_ops.h"

enum { FAKE_REQUESTS_MAX = 256 };

/* One answer. Everything is borrowed and may be a literal. */
typedef struct fake_step {
	int         status;  /* 0: the request fails as `failure` says */
	const char *fields;  /* "Date: ...\nRetry-After: 3\n"; NULL: none */
	const char *body;    /* NULL: empty */
	size_t      body_len; /* 0: strlen(body) */
	size_t      piece;   /* bytes for each read; 0: all at once */
	error_id    failure; /* of open(); with a status: of the read after the body */
	bool        arrived; /* what http_may_have_arrived() will say of a failed open() */
} fake_step;

typedef struct fake_request {
	char *method, *url, *lines, *body; /* lines: one header a line */
	int64_t deadline_ms, connect_ms, stall_ms;
} fake_request;

typedef struct fake_wire fake_wire;

/* The last step is repeated when there are more requests than steps. */
fake_wire *fake_wire_new(const fake_step *steps, size_t n);
void fake_wire_free(fake_wire *wire);

/* Instead of a script: what is asked decides. Writes the body of an answer of status 200, or returns another status. */
typedef int (*fake_answerer)(void *self, const fake_request *request, buf *body);
void fake_wire_answer(fake_wire *wire, fake_answerer answer, void *self);

size_t fake_wire_requests(fake_wire *wire);
const fake_request *fake_wire_request(fake_wire *wire, size_t nth);
/* The value of a header that was sent (valid until the next 4 calls), or NULL. */
const char *fake_header(const fake_request *request, const char *name);
/* The decoded value of a field of a form that was sent; the same. */
const char *fake_field(const fake_request *request, const char *name);
/* How many carriers were made and not closed, and exchanges opened and not ended. */
int fake_wire_open_ends(fake_wire *wire);

/* A carrier over the wire, for http_client_over() or as credential_carrier.make with the wire as self. */
exs_status fake_transport_make(void *wire, void **ret_transport, exs_error *error);
extern const transport_ops fake_transport_ops;

#endif
