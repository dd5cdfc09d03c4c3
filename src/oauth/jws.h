/*
 * A JWS in compact form (RFC 7515 section 7.1): made by us, or taken apart without verifying.
 */
#ifndef OAUTH_JWS_H
#define OAUTH_JWS_H

#include "base/buf.h"

enum { JWS_MAX = 256 * 1024 };

typedef struct jws_parts {
	span header, payload, signature; /* base64url, into the text */
} jws_parts;

/* Exactly three parts of base64url characters; only the signature may be empty. */
bool jws_split(span text, jws_parts *ret);

/* Appends the JSON text of a part; false when it is no unpadded base64url of one JSON object. */
bool jws_decode(buf *to, span part);

#endif
