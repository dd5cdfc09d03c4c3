/*
 * The key the tenant signs access tokens with. It lives in DIR/issuer.pem, so that tokens outlive a
 * restart of the sandbox.
 */
#ifndef SANDBOX_ENTRA_KEY_H
#define SANDBOX_ENTRA_KEY_H

#include <openssl/x509.h>
#include <stdbool.h>

struct token_signer {
	EVP_PKEY *key;
	X509     *certificate;
	char      kid[64]; /* base64url of the certificate's SHA-1 */
};

/* Set by token_signer_open, then only read. */
extern struct token_signer the_signer;

/* Makes DIR/issuer.pem when it is absent. */
bool token_signer_make(const char *directory);
bool token_signer_open(const char *directory);
void token_signer_close(void);

/* Reads the first private key and the first certificate of a PEM file; the caller's to free. */
bool pem_pair_read(const char *path, EVP_PKEY **ret_key, X509 **ret_certificate);
/* Writes both, owner only. */
bool pem_pair_write(const char *path, EVP_PKEY *key, X509 *certificate);

#endif
