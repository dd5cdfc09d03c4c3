/*
 * Parameters that are secrets (SecureString): the service's key pair, and what was encrypted for it.
 *
 * The public key goes out in the module's script as .NET writes it; a value comes back as base64 of RSA PKCS#1 v1.5. The key is
 * made when it is first needed and kept in the instance's directory; after a rotation the one before still works,
 * older ones do not.
 */
#ifndef SANDBOX_EXCHANGE_SECRET_H
#define SANDBOX_EXCHANGE_SECRET_H

#include <stdbool.h>

#include "text.h"

/* <RSAKeyValue>...</RSAKeyValue> of the current key, appended. False when there is none to be had. */
bool secret_key_write(struct text *text);

/* Makes another key; the current one becomes the one before. */
bool secret_key_rotate(void);

/*
 * The text that was encrypted, appended. On false, why says what is wrong with it, as the service would. Counted in the
 * ledger as secret.current, secret.previous or secret.refused.
 */
bool secret_open(const char *base64, struct text *plain, const char **why);

/* SHA-256 of the text in hexadecimal, appended: all that is kept or shown of a secret. */
void secret_digest(const struct text *plain, struct text *digest);

#endif
