/*
 * URIs of keys that are to be, made from those that are (RFC 7512).
 */
#ifndef LIFECYCLE_KEYURI_H
#define LIFECYCLE_KEYURI_H

#include "base/buf.h"

/* The token alone: without object, id and type. */
void keyuri_token(buf *to, const char *uri);
/*
 * The same token with the old label and a date behind it, "exo-20261128"; a date that is there already is replaced. nth > 0 adds a
 * number. False when the URI has no label.
 */
bool keyuri_successor(buf *to, const char *uri, int64_t now, unsigned nth);
/* Does the setting name one key by a URI, not by a thumbprint and not several? */
bool keyuri_is_one(const char *setting);

#endif
