/*
 * The service's text made plain: what a person may see of a message that came over the wire.
 *
 * Control characters (C1 included, which drive terminals too), characters that turn the direction of text and bytes that are
 * no UTF-8 become blanks; runs of blanks become one. So a body of NUL bytes becomes nothing.
 */
#ifndef API_PLAIN_H
#define API_PLAIN_H

#include "base/buf.h"

/* Appends at most `most` bytes of it, never half a character. */
void plain_add(buf *to, span text, size_t most);
/* The same into room of this size, NUL-terminated. */
void plain_copy(char *room, size_t size, span text);

#endif
