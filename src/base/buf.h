/*
 * Owned bytes with a ceiling set at birth.
 *
 * Adding never fails on the spot: a buffer that met its ceiling or found no memory stays as it was
 * and remembers it, and buf_check() says so once, at the end. Whatever is given up (grown out of,
 * cleared, freed) is wiped, so that no author has to remember which buffer held a secret.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/mem.h"
#include "base/span.h"

typedef struct buf {
	char  *at; /* NUL-terminated when not NULL */
	size_t len;
	size_t room;
	size_t ceiling;
	bool   over_ceiling, no_memory;
} buf;

#define BUF(bytes) ((buf){.ceiling = (bytes)})

void buf_add(buf *b, span s);
void buf_puts(buf *b, const char *string);
void buf_byte(buf *b, char byte);
void buf_addf(buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Room for n more bytes, to be written at b->at + b->len and then counted with buf_grew(). NULL: failed. */
char *buf_grow(buf *b, size_t n);
void buf_grew(buf *b, size_t n);
/* Forgets the first n bytes and moves the rest down. */
void buf_drop(buf *b, size_t n);
/* Empties it, keeps its room and its ceiling. */
void buf_clear(buf *b);
void buf_done(buf *b);

static inline span
buf_span(const buf *b)
{
	return span_from(b->at == NULL ? "" : b->at, b->len);
}

/* NUL-terminated, "" when empty. */
static inline const char *
buf_text(const buf *b)
{
	return b->at == NULL ? "" : b->at;
}

/* EXS_OK when all that was added is there; else an error that names `what` and the ceiling. */
EXS_MUST_USE exs_status buf_check(const buf *b, const char *what, exs_error *error);

/* Gives the bytes away as NUL-terminated text and leaves the buffer empty. Check first. */
EXS_MUST_USE exs_status buf_take(buf *b, const char *what, char **ret_text, exs_error *error);

#endif
