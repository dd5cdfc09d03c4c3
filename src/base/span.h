/*
 * Borrowed text: where it is and how long. Never NUL-terminated by promise, never owned.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct span {
	const char *at;
	size_t      len;
} span;

/* "%.*s" of a span. */
#define SPAN_FORMAT    "%.*s"
#define SPAN_PRINT(s)  (int)((s).len > 400 ? 400 : (s).len), (s).at

static inline span
span_of(const char *string)
{
	span s = {string, string == NULL ? 0 : strlen(string)};
	return s;
}

static inline span
span_from(const char *at, size_t len)
{
	span s = {at, len};
	return s;
}

static inline bool
span_is(span s, const char *string)
{
	return s.len == strlen(string) && (s.len == 0 || memcmp(s.at, string, s.len) == 0);
}

bool span_same(span a, span b);
/* ASCII letters alike. */
bool span_is_nocase(span s, const char *string);
bool span_same_nocase(span a, span b);
bool span_starts(span s, const char *prefix);
bool span_ends_nocase(span s, const char *suffix);
bool span_starts_nocase(span s, const char *prefix);
/* Without blanks (space, tab, CR, LF) at both ends. */
span span_trim(span s);
/* Cuts off and returns what stands before the first separator; all of it when there is none. */
span span_cut(span *rest, char separator);
/* Where the text stands in s, or -1. */
ptrdiff_t span_find(span s, const char *string);

/* The whole span as a number, digits only, no sign for unsigned; false when it is anything else. */
bool span_unsigned(span s, uint64_t *ret);
bool span_signed(span s, int64_t *ret);

/* Is it well-formed UTF-8 (RFC 3629)? */
bool span_is_utf8(span s);
/* Bytes before the first that is not UTF-8; all of them when every one is. */
size_t span_utf8_length(span s);

/* The candidate nearest to a mistyped word by edit distance, or NULL when none is near. */
const char *span_nearest(span word, const char *const *candidates, size_t n);

#endif
