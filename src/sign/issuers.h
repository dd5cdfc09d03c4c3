/*
 * The certificates that issued one, as far as a token holds them: what a client shows in TLS behind its own (RFC 8446
 * section 4.4.2), so that a server that knows the root alone can follow.
 */
#ifndef SIGN_ISSUERS_H
#define SIGN_ISSUERS_H

#include "base/error.h"
#include "base/span.h"
#include "hsm/certobject.h"
#include "sign/x509own.h"

enum { ISSUERS_MAX = 8 };

typedef struct issuers {
	x509  *at[ISSUERS_MAX]; /* each issued the one before; no self-signed root, which servers have */
	size_t n;
} issuers;
void issuers_done(issuers *i);

/* Among the certificates of a token those above `certificate` (DER). What cannot be read is passed over. */
EXS_MUST_USE exs_status issuers_find(span certificate, const certobject_list *held, issuers *ret,
                                     exs_error *error);

#endif
