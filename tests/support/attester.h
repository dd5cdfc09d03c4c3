/*
 * A maker of devices that attest keys as a YubiKey does, in memory: root, device and statements are self-made.
 */
#ifndef SUPPORT_ATTESTER_H
#define SUPPORT_ATTESTER_H

#include "support/softhsm.h"

#include <openssl/x509.h>

typedef struct attester {
	EVP_PKEY *root_key, *device_key;
	X509     *root, *device; /* the device's certificate is that of slot f9 */
	char      root_file[400]; /* PEM */
} attester;

void attester_make(attester *a, const char *name);
void attester_done(attester *a);

/* What a statement says; NULL leaves the extension out, serial is a DER INTEGER, the others are bare bytes. */
typedef struct attester_words {
	span firmware, serial, policies, form;
} attester_words;
/* Firmware 5.4.3, serial 28540662, PIN always, touch never, USB-A keychain with FIPS. */
extern const attester_words attester_usual;

/* The device's statement about the public key, signed by it; the caller's. */
X509 *attester_state(const attester *a, EVP_PKEY *public, const attester_words *words);

/* The public key of a certificate file; the caller's. */
EVP_PKEY *attester_public_of(const char *path);

/* Appends the certificate, DER. */
void attester_der(X509 *x, buf *to);

/* Puts the certificate on the token as an object of its own. */
void attester_store(softhsm *hsm, X509 *x, const char *label, span id);

#endif
