/*
 * RSA padding made on the host, for devices that only do raw RSA. What is padded is a hash of public text; the key
 * operation itself stays in the device.
 */
#ifndef HSM_HOSTPAD_H
#define HSM_HOSTPAD_H

#include "base/buf.h"

#include <openssl/evp.h>

/* Both append a block as long as the modulus of the public key (SubjectPublicKeyInfo), or return false. */
bool hostpad_pkcs1(span public_der, span digest_info, buf *to);
/* Salt as long as the hash (RFC 7518 section 3.5), from OpenSSL's generator. */
bool hostpad_pss(span public_der, const EVP_MD *md, span digest, buf *to);

#endif
