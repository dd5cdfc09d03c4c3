/*
 * Public keys as SubjectPublicKeyInfo (RFC 5280 section 4.1), whatever form a device told them in. All are written the same
 * way here, so that equal keys are equal bytes.
 */
#ifndef HSM_PUBLICKEY_H
#define HSM_PUBLICKEY_H

#include "base/buf.h"

#include <openssl/evp.h>

enum { PUBLICKEY_MAX = 16 * 1024 };

typedef enum publickey_kind { PUBLICKEY_OTHER, PUBLICKEY_RSA, PUBLICKEY_EC } publickey_kind;

typedef struct publickey_facts {
	publickey_kind kind;
	unsigned       bits;
	char           name[32]; /* "RSA-2048", "EC P-256", "Ed25519" */
} publickey_facts;

/* These append DER to `to`, and return false when the parts make no key. Integers are big-endian. */
bool publickey_from_rsa(span modulus, span exponent, buf *to);
/* params: DER of ECParameters (a named curve or explicit ones); point: DER OCTET STRING or the bare point. */
bool publickey_from_ec(span params, span point, buf *to);
/* A SubjectPublicKeyInfo from a device, written again the way OpenSSL does. */
bool publickey_from_info(span der, buf *to);

bool publickey_describe(span der, publickey_facts *ret);
/* Both written here, and the same key. */
bool publickey_same(span a, span b);
/* NULL when it cannot be read; free with EVP_PKEY_free(). */
EVP_PKEY *publickey_load(span der);

/* For EXS_AUTO(evp_pkey). */
typedef EVP_PKEY evp_pkey;
static inline void
evp_pkey_free(evp_pkey *key)
{
	EVP_PKEY_free(key);
}
EXS_DEFINE_AUTO(evp_pkey)

#endif
