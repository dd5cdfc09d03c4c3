/*
 * The certificates of an application as Graph shows them: keyCredentials (entra-graph.md 3.6).
 *
 * A PATCH replaces the whole list, and an entry that comes back changed is refused or, worse, taken. So what is sent back are
 * the very bytes that were received, never a value that was read and written anew.
 */
#ifndef GRAPH_KEYCRED_H
#define GRAPH_KEYCRED_H

#include "base/buf.h"

enum { KEYCREDS_MAX = 2 * 1024 * 1024, KEYCRED_NAME_MAX = 128 };

typedef struct keycred {
	char    key_id[40];  /* GUID; "" when it has none */
	char    sha1[41];    /* upper-case hexadecimal, normalised; "" when customKeyIdentifier is no thumbprint */
	char    sha256[65];  /* of `key`, when the directory showed it; else "" */
	char    name[KEYCRED_NAME_MAX];
	int64_t start, end;  /* seconds since 1970; 0: not told */
	bool    verifies;    /* usage Verify and type AsymmetricX509Cert: it can sign the app in */
	span    raw;         /* the entry as it came */
} keycred;

/* Reads one entry. False when it is no object. */
bool keycred_read(span entry, keycred *ret);

/* Each entry of the array in order: keycreds_next() is false at the end. The array must have been checked. */
typedef struct keycreds {
	span array;
	span rest;
} keycreds;

/* application: the checked object with keyCredentials in it. E_ANSWER when they are missing or no array: then nothing may be written. */
EXS_MUST_USE exs_status keycreds_of(span application, keycreds *ret, exs_error *error);
bool keycreds_next(keycreds *all, keycred *ret);

/* Does a certificate with these thumbprints (upper-case hexadecimal) stand in it? */
bool keycred_is(const keycred *k, const char *sha1, const char *sha256);

/*
 * The new entry for a certificate: {type, usage, key, displayName, keyId}. key_id NULL: the directory chooses. Who chooses itself knows
 * the id although the answer was lost.
 */
void keycred_write(buf *to, span der, const char *name, const char *key_id);

/*
 * {"keyCredentials":[...]}: every entry as it came, but the one with this keyId (NULL: none is left out), and behind them the
 * new one (empty: none).
 */
EXS_MUST_USE exs_status keycreds_patch(const keycreds *all, const char *without, span added, buf *to,
                                       exs_error *error);

#endif
