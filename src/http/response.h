/*
 * An answer: its header, and its body as a stream. Made by client.c; what users of it call stands in client.h.
 */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include "http/decode.h"
#include "http/transport_ops.h"

struct http_response {
	const transport_ops *ops;
	void                *transport, *exchange; /* exchange NULL: nothing to end */
	const exs_context   *context;
	bool                *broken;      /* the client's note that an answer broke off */
	transport_request    request;
	const char          *line[HTTP_HEADERS_MAX + 4];
	buf                  lines;       /* wiped with the response: holds Authorization */
	char                 whence[300]; /* the host, for errors */
	int                  status;
	buf                  fields;      /* "name\0value\0" for each */
	decoder             *decoder;
};

EXS_MUST_USE exs_status response_new(const transport_ops *ops, void *transport,
                                     const exs_context *context, bool *broken,
                                     http_response **ret, exs_error *error);

/* Takes status and fields in, and makes the body readable. */
EXS_MUST_USE exs_status response_begin(http_response *response, const transport_head *head,
                                       exs_error *error);

#endif
