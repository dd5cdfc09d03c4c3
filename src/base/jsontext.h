/*
 * JSON as text: walk it without changing a byte.
 *
 * Rows of an answer are kept as the service wrote them, because 64-bit integers, odd keys and the order of members
 * must survive (exchange-rest.md 2.6). Values are spans into the text; only strings are ever decoded.
 */
#ifndef BASE_JSONTEXT_H
#define BASE_JSONTEXT_H

#include "base/buf.h"

enum { JSONTEXT_DEPTH_MAX = 64 };

typedef enum jsontext_kind {
	JSONTEXT_OBJECT,
	JSONTEXT_ARRAY,
	JSONTEXT_STRING,
	JSONTEXT_NUMBER,
	JSONTEXT_TRUE,
	JSONTEXT_FALSE,
	JSONTEXT_NULL,
} jsontext_kind;

/*
 * Is it exactly one well-formed JSON value (RFC 8259) of at most JSONTEXT_DEPTH_MAX levels in UTF-8? *ret_at is where it
 * stops being one. Blanks around it are allowed. Everything below expects text that passed.
 */
bool jsontext_check(span text, size_t *ret_at);

/*
 * The first byte from at on that a string cannot just hold (quote, backslash, control byte); end when there is none.
 * Eight bytes at a time, because nine tenths of every answer are the insides of strings.
 */
const char *jsontext_stop(const char *at, const char *end);

jsontext_kind jsontext_kind_of(span value);

/* Walks the members of an object or the elements of an array. */
typedef struct jsontext_walk {
	span rest;
	bool object;
} jsontext_walk;

/* value must be an object or an array. */
jsontext_walk jsontext_open(span value);
/* The next member: its name as written, quotes included (empty in an array), and its value. False at the end. */
bool jsontext_next(jsontext_walk *walk, span *ret_name, span *ret_value);

/* The value of the first member with this name, or a span whose at is NULL. Names with escapes are compared decoded. */
span jsontext_member(span object, const char *name);

/* Appends the decoded characters of a string value. Lone surrogates become U+FFFD; U+0000 is kept. */
void jsontext_decode(buf *to, span string);
/* Appends a string value with its quotes; control characters are escaped, bytes that are no UTF-8 become U+FFFD. */
void jsontext_quote(buf *to, span characters);

/* Is this name an annotation, `X@odata.type`, `@odata.id` or `adminapi.warnings@...`? */
bool jsontext_is_annotation(span name);
/* Appends a value without blanks and, unless kept, without annotations at any depth. */
void jsontext_copy(buf *to, span value, bool keep_annotations);

#endif
