/*
 * A device's key as an EVP_PKEY: for everything that must look like an OpenSSL key (X.509, PKCS#10, TLS). libp11 makes it, from the one
 * key that the view shows it (viewport.h); what it signs goes to the device by our own rules.
 */
#ifndef HSM_VIEWKEY_H
#define HSM_VIEWKEY_H

#include "hsm/viewport.h"

typedef struct viewkey viewkey;

/*
 * device must outlive it. public_der: the key's SubjectPublicKeyInfo. Nobody is asked for a PIN here. E_VIEW when the plug-in or
 * libp11 does not work.
 */
EXS_MUST_USE exs_status viewkey_open(device *d, span public_der, viewkey **ret, exs_error *error);
/* Every reference to the EVP_PKEY must be gone. Takes NULL. */
void viewkey_free(viewkey *k);
EXS_DEFINE_AUTO(viewkey)

/* Belongs to the viewkey. */
EVP_PKEY *viewkey_evp(viewkey *k);

/* What the device said to the last signature that failed; EXS_OK when none did. Said once. */
exs_status viewkey_failure(viewkey *k, exs_error *error);

/* After OpenSSL failed: what the device said, or else what OpenSSL did. Clears OpenSSL's queue. Never EXS_OK. */
EXS_MUST_USE exs_status viewkey_fail(viewkey *k, const char *doing, exs_error *error);

#endif
