/*
 * Public keys of a device, as OpenSSL sees them.
 */
#ifndef SANDBOX_DEVICE_PUBLIC_H
#define SANDBOX_DEVICE_PUBLIC_H

#include <openssl/evp.h>

#include "device.h"
#include "keyspec.h"

/* The caller's to free; NULL: said why. */
EVP_PKEY *device_public_key(struct device *device, CK_OBJECT_HANDLE object,
                            const struct key_type *type);

#endif
