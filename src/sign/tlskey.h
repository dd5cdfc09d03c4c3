/*
 * A signer in a TLS handshake: its certificate with those above it that the device holds, and its key, which stays in the
 * device (RFC 8705 section 2.1).
 *
 * For one request and one device: in an act of signer_use(). libssl holds its own references to what it was shown, and the
 * key must outlive those: connections that saw it end before the signer does.
 */
#ifndef SIGN_TLSKEY_H
#define SIGN_TLSKEY_H

#include "sign/issuers.h"
#include "sign/signer.h"
#include "sign/x509own.h"

typedef struct tlskey {
	viewkey *key; /* the signer's */
	exs_alg  alg;
	x509    *certificate;
	const issuers *above; /* the signer's; may be NULL */
	bool     refused; /* by OpenSSL */
} tlskey;

/* E_CERT_ABSENT, E_KEY_UNFIT, E_VIEW. Nothing is signed yet. */
EXS_MUST_USE exs_status tlskey_open(const exs_signer *one, tlskey *ret, exs_error *error);
/* Of one that is all zero, too. */
void tlskey_done(tlskey *k);

/* self: the tlskey; ssl_ctx: an SSL_CTX of this process's libssl. False when OpenSSL does not take them. */
bool tlskey_show(void *self, void *ssl_ctx);
/* After the connection failed: what the device or OpenSSL had against it; EXS_OK when neither had anything. */
exs_status tlskey_failure(tlskey *k, exs_error *error);

#endif
