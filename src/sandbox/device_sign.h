/*
 * Certificates signed inside a device, through libp11.
 */
#ifndef SANDBOX_DEVICE_SIGN_H
#define SANDBOX_DEVICE_SIGN_H

#include <openssl/x509.h>

#include "keyspec.h"

/*
 * A certificate over public_key, signed by the device's own key of that id. The module must not be
 * initialised: libp11 does that, and ends it. NULL: it
 * would not, which for some tokens is no surprise.
 */
X509 *device_self_sign(const char *module, const char *label, const char *pin,
                       const struct key_spec *spec, EVP_PKEY *public_key);

#endif
