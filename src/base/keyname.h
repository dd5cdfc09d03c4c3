/*
 * How people name a key: a PKCS#11 URI, or the thumbprint of its certificate as portals and scripts print it; several, parted
 * by blanks, for several devices of one identity.
 *
 *   pkcs11:token=prod;object=app?module-path=/usr/lib/libykcs11.so
 *   thumbprint:DED486...                 40 (SHA-1) or 64 (SHA-256) digits; colons and blanks between them do not count
 *   thumbprint:DED486...;token=prod      looked for only where a URI with these attributes would look
 */
#ifndef BASE_KEYNAME_H
#define BASE_KEYNAME_H

#include "base/buf.h"

enum { KEYNAME_DIGEST_MAX = 32, KEYNAME_SHA1 = 20, KEYNAMES_MAX = 16 };

typedef enum keyname_kind {
	KEYNAME_URI,
	KEYNAME_THUMBPRINT,
	KEYNAME_BROKEN, /* begins like a thumbprint and is none */
	KEYNAME_FILE,   /* a file with a key, or the key itself */
	KEYNAME_OTHER,
} keyname_kind;

typedef struct keyname {
	keyname_kind  kind;
	span          text;      /* as it was written */
	unsigned char digest[KEYNAME_DIGEST_MAX];
	size_t        digest_len; /* 20 or 32 of a thumbprint, else 0 */
	span          narrowing; /* ";token=prod", "?module-path=...", or empty */
} keyname;

/* The next name; false when there is none left. */
bool keyname_next(span *rest, keyname *ret);

/*
 * EXS_OK when all are URIs and thumbprints, at least one and at most KEYNAMES_MAX. E_KEY_FILE for a key outside a device, else
 * E_URI; neither repeats what could be a key. `what` begins the message. What a URI says is not looked at.
 */
EXS_MUST_USE exs_status keyname_check(span names, const char *what, size_t *ret_n,
                                      exs_error *error);

/* Appends the digits, upper case, as portals print them. */
void keyname_print_digest(const keyname *name, buf *to);

/* Appends the URI that the narrowing stands for; nothing when there is none. */
void keyname_print_narrowing(const keyname *name, buf *to);

#endif
