/*
 * Rows that were handed out already, remembered without keeping them.
 *
 * Of each row 16 bytes of a SHA-256 over what identifies it stay. They stand in two generations: when the younger one is
 * full, the older is forgotten; so at least the last `keep` rows are known, and memory is bounded whatever the answer.
 */
#ifndef EXCHANGE_SEEN_H
#define EXCHANGE_SEEN_H

#include "base/mem.h"
#include "base/span.h"

#include <stdbool.h>

typedef struct seen_mark {
	unsigned char at[16];
} seen_mark;

typedef struct seen_generation {
	seen_mark *slots; /* a power of two of them; all zero is an empty one */
	size_t     room, n;
} seen_generation;

typedef struct seen {
	seen_generation young, old;
	size_t          keep;
} seen;

void seen_begin(seen *s, size_t keep);
void seen_done(seen *s);

/* *ret_new: the key was not known (and is now). */
EXS_MUST_USE exs_status seen_add(seen *s, span key, bool *ret_new, exs_error *error);

#endif
