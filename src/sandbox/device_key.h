/*
 * A key and its certificate inside a device.
 */
#ifndef SANDBOX_DEVICE_KEY_H
#define SANDBOX_DEVICE_KEY_H

#include <openssl/x509.h>

#include "device.h"
#include "keyspec.h"

/*
 * Makes the keys in the token, certifies them and stores the certificates. conf must not restrict
 * the token's mechanisms. False: said why.
 */
bool device_make_keys(const char *module, const char *conf, const char *label, const char *pin,
                      const struct key_spec *specs, size_t n);

/* The certificate of that label, the caller's to free; pin may be NULL. NULL: said why. */
X509 *device_certificate(const char *module, const char *conf, const char *label, const char *pin,
                         const char *certificate_label);

#endif
