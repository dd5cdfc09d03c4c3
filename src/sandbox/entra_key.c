/*
 * The key the tenant signs access tokens with. See entra_key.h.
 */
#include "entra_key.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "certificate.h"
#include "encoding.h"

enum { SIGNER_DAYS = 3650 };

struct token_signer the_signer;

bool
pem_pair_write(const char *path, EVP_PKEY *key, X509 *certificate)
{
	BIO *memory = BIO_new(BIO_s_mem());
	char *bytes = NULL;
	bool good = memory != NULL &&
	            PEM_write_bio_PrivateKey(memory, key, NULL, NULL, 0, NULL, NULL) == 1 &&
	            PEM_write_bio_X509(memory, certificate) == 1;
	long len = good ? BIO_get_mem_data(memory, &bytes) : 0;

	good = good && len > 0 && file_replace(path, 0600, bytes, (size_t)len);
	BIO_free(memory);
	return good;
}

bool
pem_pair_read(const char *path, EVP_PKEY **ret_key, X509 **ret_certificate)
{
	BIO *file = BIO_new_file(path, "r");
	EVP_PKEY *key;
	X509 *certificate;

	if (file == NULL)
		return false;
	key = PEM_read_bio_PrivateKey(file, NULL, NULL, NULL);
	certificate = PEM_read_bio_X509(file, NULL, NULL, NULL);
	BIO_free(file);
	if (key == NULL || certificate == NULL) {
		EVP_PKEY_free(key);
		X509_free(certificate);
		return false;
	}
	*ret_key = key;
	*ret_certificate = certificate;
	return true;
}

bool
token_signer_make(const char *directory)
{
	struct certificate_wish wish = { .common_name = "sandbox token signing" };
	X509 *certificate;
	char path[4096];
	bool good;

	snprintf(path, sizeof(path), "%s/issuer.pem", directory);
	if (access(path, F_OK) == 0)
		return true;
	wish.public_key = wish.signer = software_key("RSA-2048");
	wish.not_before = time(NULL) - 86400;
	wish.not_after = wish.not_before + SIGNER_DAYS * 86400L;
	certificate = wish.signer != NULL ? certificate_make(&wish) : NULL;
	good = certificate != NULL && pem_pair_write(path, wish.signer, certificate);
	X509_free(certificate);
	EVP_PKEY_free(wish.signer);
	return good;
}

bool
token_signer_open(const char *directory)
{
	struct text kid = { 0 };
	unsigned char sha1[20];
	char path[4096];

	snprintf(path, sizeof(path), "%s/issuer.pem", directory);
	if (!pem_pair_read(path, &the_signer.key, &the_signer.certificate) ||
	    X509_digest(the_signer.certificate, EVP_sha1(), sha1, NULL) != 1)
		return false;
	base64url_add(&kid, sha1, sizeof(sha1));
	snprintf(the_signer.kid, sizeof(the_signer.kid), "%s", kid.at);
	text_done(&kid);
	return true;
}

void
token_signer_close(void)
{
	EVP_PKEY_free(the_signer.key);
	X509_free(the_signer.certificate);
	the_signer = (struct token_signer){ 0 };
}
