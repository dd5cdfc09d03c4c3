/*
 * A body's content coding undone, a piece at a time.
 *
 * libcurl could do this, but its decoder must swallow whole what a paused reader cannot take: 16 KiB of gzip may be 16 MiB
 * of zeros. Here a piece in is never more than one room out. Services also lie about the coding (exchange-rest.md
 * 2.3): an error that says gzip and is plain text is taken as it is, and so is one that says nothing and is gzip.
 */
#ifndef HTTP_DECODE_H
#define HTTP_DECODE_H

#include "base/mem.h"
#include "base/span.h"

/* Where coded bytes come from; the same promises as transport_ops.read. */
typedef struct decode_source {
	void *self;
	exs_status (*pull)(void *self, span *ret_piece, exs_error *error);
} decode_source;

typedef struct decoder decoder;

/* coding: the Content-Encoding header or NULL. whence names the server in errors and lives as long as the decoder. */
EXS_MUST_USE exs_status decoder_new(const char *coding, int status, decode_source source,
                                    const char *whence, decoder **ret, exs_error *error);
void decoder_free(decoder *d);

/* The next piece; it lives until the next call; length 0 at the end. */
EXS_MUST_USE exs_status decoder_read(decoder *d, span *ret_piece, exs_error *error);

#endif
