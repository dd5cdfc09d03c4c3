/*
 * base64 and base64url (RFC 4648 sections 4 and 5), hexadecimal, percent and form encoding: strict in both directions.
 */
#ifndef BASE_ENCODE_H
#define BASE_ENCODE_H

#include "base/buf.h"

/* Appends without padding (RFC 7515 section 2). */
void encode_base64url(buf *to, span bytes);
/* Appends with padding. */
void encode_base64(buf *to, span bytes);
/* False, with `to` in an unspecified state, when a byte, a length or a trailing bit is wrong. */
bool decode_base64url(buf *to, span text);
bool decode_base64(buf *to, span text);

void encode_hex(buf *to, span bytes, bool upper);
/* False on an odd length or a byte that is no digit. */
bool decode_hex(buf *to, span text);

/* RFC 3986: all but unreserved characters become %XX. */
void encode_percent(buf *to, span bytes);
bool decode_percent(buf *to, span text);

/* One more "name=value" of an application/x-www-form-urlencoded body. */
void encode_form(buf *to, const char *name, span value);

#endif
