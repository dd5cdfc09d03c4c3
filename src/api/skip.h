/*
 * Where a JSON value ends, found in pieces of any size and without looking at more than brackets and quotes.
 *
 * It does not check the value (jsontext_check() does, once it is whole); it is the fast half of cutting a long
 * answer, so it looks at 64 bytes at a time where the processor can.
 */
#ifndef API_SKIP_H
#define API_SKIP_H

#include <stdbool.h>
#include <stddef.h>

typedef struct skip {
	size_t depth;
	bool   scalar; /* a number or word: ends before a blank, comma or bracket */
	bool   in_string, escaped;
} skip;

/* For the value that begins with this byte. */
skip skip_begin(char first);

/*
 * From `at` (the value's first byte, or the next piece's) to behind the value's last byte; NULL when the piece ended
 * before the value did.
 */
const char *skip_on(skip *s, const char *at, const char *end);

#endif
