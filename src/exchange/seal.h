/*
 * The service's public key for SecureString parameters, and a secret encrypted with it.
 *
 * It arrives as .NET writes it, <RSAKeyValue><Modulus>..</Modulus><Exponent>..</Exponent></RSAKeyValue>, within the script that the
 * service sends over the authenticated connection (exchange-rest.md 2.5, 2.12). Assumed, because the reference leaves it
 * open: the first key in the script counts; text is UTF-8 without a NUL or a byte order mark; base64 has its padding.
 */
#ifndef EXCHANGE_SEAL_H
#define EXCHANGE_SEAL_H

#include "base/buf.h"
#include "base/secret.h"

typedef struct seal seal;

enum { SEAL_BITS_MIN = 2048, SEAL_BITS_MAX = 8192 };

/* E_SECRET_KEY when it is no RSA key of that many bits. */
EXS_MUST_USE exs_status seal_from_xml(span xml, seal **ret, exs_error *error);
/* As seal_print() wrote it. */
EXS_MUST_USE exs_status seal_read(span base64, seal **ret, exs_error *error);
/* Its SubjectPublicKeyInfo (RFC 5280 section 4.1) in base64, appended. */
EXS_MUST_USE exs_status seal_print(const seal *s, buf *to, exs_error *error);
/* SHA-256 of that, hexadecimal. */
const char *seal_fingerprint(const seal *s);
void seal_free(seal *s);
EXS_DEFINE_AUTO(seal)

/* The encrypted text in base64, appended. E_SECRET_KEY when it is longer than the key can take. */
EXS_MUST_USE exs_status seal_encrypt(const seal *s, const secret *plain, buf *to, exs_error *error);

#endif
