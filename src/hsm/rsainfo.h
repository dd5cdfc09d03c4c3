/*
 * SubjectPublicKeyInfo of RSA keys (RFC 8017 appendix A.1, RFC 4055), read and written without making a key of them: OpenSSL's
 * way through its providers costs a millisecond for each, the first one several.
 */
#ifndef HSM_RSAINFO_H
#define HSM_RSAINFO_H

#include "base/buf.h"

/* Appends DER of rsaEncryption; false when the big-endian numbers make no key. */
bool rsainfo_write(span modulus, span exponent, buf *to);

/*
 * The same key written by rsainfo_write(): one that is bound to RSASSA-PSS by its identifier is the plain one that a device
 * shows. False for what is no RSA key or not well formed.
 */
bool rsainfo_rewrite(span der, buf *to);

/* Bits of the modulus; 0 for what is no RSA key. */
unsigned rsainfo_bits(span der);

#endif
