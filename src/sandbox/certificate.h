/*
 * Making X.509 certificates: the sandbox's own authority, its servers, its token signer, and what
 * goes beside the keys in a device.
 */
#ifndef SANDBOX_CERTIFICATE_H
#define SANDBOX_CERTIFICATE_H

#include <openssl/x509.h>
#include <stddef.h>
#include <time.h>

struct certificate_wish {
	const char *common_name;
	EVP_PKEY   *public_key;   /* what is certified */
	EVP_PKEY   *signer;       /* what signs; may live in a device */
	X509       *issuer;       /* NULL: the certificate names itself */
	time_t      not_before, not_after;
	const char *(*extensions)[2]; /* OpenSSL's names and values, ended by a NULL name; or NULL */
};

/* The caller's to free, or NULL with the reason in OpenSSL's queue. */
X509 *certificate_make(const struct certificate_wish *wish);

/* A new key pair in software: for servers and issuers, never for an application. */
EVP_PKEY *software_key(const char *kind); /* "P-256", "RSA-2048", "ED25519", ... */

#endif
