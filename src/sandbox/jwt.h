/*
 * A signed JWT in compact form: taken apart, verified, made. With OpenSSL directly: the sandbox must
 * not trust the code it tests.
 */
#ifndef SANDBOX_JWT_H
#define SANDBOX_JWT_H

#include <cjson/cJSON.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>

#include "text.h"

struct jwt {
	cJSON      *header;
	cJSON      *claims;
	const char *signed_part; /* into the string that was read */
	size_t      signed_len;
	struct text signature;
};

/* Three strict base64url parts, two of them JSON objects. False leaves nothing to free. */
bool jwt_read(const char *compact, struct jwt *jwt);
void jwt_done(struct jwt *jwt);

/* A string member, or NULL. */
const char *jwt_string(const cJSON *object, const char *name);

/* A date as clients write it: a number, whole or not, or a string of digits. */
bool jwt_date(const cJSON *claims, const char *name, double *ret_seconds);

enum jwt_verdict {
	JWT_GOOD,
	JWT_MISMATCH,  /* the value does not fit */
	JWT_WRONG_KEY, /* the algorithm cannot go with that key */
	JWT_UNKNOWN,   /* no such algorithm here */
};

/* PS256 (salt 32, MGF1 with SHA-256, nothing else), RS256, ES256, ES384. */
enum jwt_verdict jwt_verify(const struct jwt *jwt, EVP_PKEY *key);

/* Appends HEADER.CLAIMS.SIGNATURE, RS256. */
void jwt_make(struct text *compact, const char *header, const char *claims, EVP_PKEY *key);

#endif
