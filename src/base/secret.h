/*
 * A value one may use but not format: PIN, assertion, bearer.
 *
 * It lives in memory of its own that is locked, left out of core files, emptied in forked children and wiped when
 * freed. Nothing in the house prints, logs or compares a secret; secret_reveal() is the only way in and easy to
 * search for.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/mem.h"
#include "base/span.h"

typedef struct secret secret;

EXS_MUST_USE exs_status secret_new(span bytes, secret **ret, exs_error *error);
void secret_free(secret *s);
EXS_DEFINE_AUTO(secret)

/* The bytes, NUL-terminated beyond their length. They live as long as the secret. */
span secret_reveal(const secret *s);
size_t secret_length(const secret *s);

/* The same bytes? In constant time. */
bool secret_same(const secret *a, const secret *b);

/* First 16 hexadecimal digits of the SHA-256: tells two secrets apart without showing one. */
void secret_fingerprint(const secret *s, char ret[17]);

#endif
