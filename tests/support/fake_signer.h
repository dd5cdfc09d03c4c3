/*
 * A signer whose key lives in this process: for tests only, which is why it lives here and nowhere else.
 *
 * The key is real and so are the signatures, because signer.c verifies the first one.
 */
#ifndef SUPPORT_FAKE_SIGNER_H
#define SUPPORT_FAKE_SIGNER_H

#include "base/error.h"
#include "sign/signer.h"

typedef struct fake_signer fake_signer;

/* alg PS256, RS256 or ES256; the program ends when OpenSSL cannot. */
fake_signer *fake_signer_new(const exs_context *context, exs_alg alg, bool with_certificate);
void fake_signer_free(fake_signer *f);

exs_signer *fake_signer_signer(fake_signer *f);
/* How many signatures were made, and how the next ones fail (E_NONE: they do not). */
unsigned fake_signer_count(const fake_signer *f);
void fake_signer_fail(fake_signer *f, error_id id);
/* The certificate as a PEM file, for servers that must know it. */
void fake_signer_write_pem(const fake_signer *f, const char *certificate_path);
/* Does the JOSE signature belong to the message and this key? */
bool fake_signer_verifies(const fake_signer *f, span message, span signature);

#endif
