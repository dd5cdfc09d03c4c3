/*
 * Parameters that are secrets. See exchange_secret.h.
 *
 * The padding is read by hand from the raw decryption: OpenSSL answers a wrong one with made-up bytes (implicit
 * rejection), and this service is here to say what is wrong. Timing does not matter in a test tenant.
 */
#include "exchange_secret.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "certificate.h"
#include "encoding.h"
#include "tenant.h"

enum { LEAST_PADDING = 8, MODULUS_MAX = 1024 };

#define CURRENT  "secret-key.pem"
#define PREVIOUS "secret-key-before.pem"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void
path_of(const char *name, char path[4096])
{
	snprintf(path, 4096, "%s/%s", the_tenant.directory, name);
}

static EVP_PKEY *
read_key(const char *name)
{
	char path[4096];
	EVP_PKEY *key;
	BIO *file;

	path_of(name, path);
	file = BIO_new_file(path, "r");
	key = file != NULL ? PEM_read_bio_PrivateKey(file, NULL, NULL, NULL) : NULL;
	BIO_free(file);
	return key;
}

static bool
make_key(void)
{
	EVP_PKEY *key = software_key("RSA-2048");
	BIO *memory = BIO_new(BIO_s_mem());
	char path[4096], *bytes = NULL;
	bool good = key != NULL && memory != NULL &&
	            PEM_write_bio_PrivateKey(memory, key, NULL, NULL, 0, NULL, NULL) == 1;
	long len = good ? BIO_get_mem_data(memory, &bytes) : 0;

	path_of(CURRENT, path);
	good = good && len > 0 && file_replace(path, 0600, bytes, (size_t)len);
	BIO_free(memory);
	EVP_PKEY_free(key);
	return good;
}

/* The current key, made when there is none; the caller holds the lock. */
static EVP_PKEY *
current_key(void)
{
	EVP_PKEY *key = read_key(CURRENT);

	if (key == NULL && make_key())
		key = read_key(CURRENT);
	return key;
}

static void
add_number(struct text *text, const EVP_PKEY *key, const char *parameter, const char *element)
{
	unsigned char bytes[MODULUS_MAX];
	BIGNUM *number = NULL;

	if (EVP_PKEY_get_bn_param(key, parameter, &number) != 1)
		return;
	text_addf(text, "<%s>", element);
	base64_add(text, bytes, (size_t)BN_bn2bin(number, bytes));
	text_addf(text, "</%s>", element);
	BN_free(number);
}

bool
secret_key_write(struct text *text)
{
	EVP_PKEY *key;

	pthread_mutex_lock(&lock);
	key = current_key();
	pthread_mutex_unlock(&lock);
	if (key == NULL)
		return false;
	text_puts(text, "<RSAKeyValue>");
	add_number(text, key, OSSL_PKEY_PARAM_RSA_N, "Modulus");
	add_number(text, key, OSSL_PKEY_PARAM_RSA_E, "Exponent");
	text_puts(text, "</RSAKeyValue>");
	EVP_PKEY_free(key);
	return true;
}

bool
secret_key_rotate(void)
{
	char current[4096], previous[4096];
	EVP_PKEY *key;
	bool good;

	path_of(CURRENT, current);
	path_of(PREVIOUS, previous);
	pthread_mutex_lock(&lock);
	key = current_key();
	good = key != NULL && rename(current, previous) == 0 && make_key();
	pthread_mutex_unlock(&lock);
	EVP_PKEY_free(key);
	return good;
}

/* 00 02, at least eight bytes that are not zero, 00, the text (RFC 8017 section 7.2.2). */
static bool
unpad(const unsigned char *bytes, size_t len, struct text *plain)
{
	size_t at = 2;

	if (len < 2 + LEAST_PADDING + 1 || bytes[0] != 0 || bytes[1] != 2)
		return false;
	while (at < len && bytes[at] != 0)
		at++;
	if (at == len || at < 2 + LEAST_PADDING)
		return false;
	text_add(plain, (const char *)bytes + at + 1, len - at - 1);
	return true;
}

static bool
decrypt(EVP_PKEY *key, const struct text *sealed, struct text *plain)
{
	EVP_PKEY_CTX *context = key != NULL ? EVP_PKEY_CTX_new(key, NULL) : NULL;
	unsigned char bytes[MODULUS_MAX];
	size_t len = sizeof(bytes);
	bool good = context != NULL && sealed->len == (size_t)EVP_PKEY_get_size(key) &&
	            EVP_PKEY_decrypt_init(context) == 1 &&
	            EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) == 1 &&
	            EVP_PKEY_decrypt(context, bytes, &len, (const unsigned char *)sealed->at,
	                             sealed->len) == 1 &&
	            unpad(bytes, len, plain);

	EVP_PKEY_CTX_free(context);
	return good;
}

static bool
decrypt_with_any(const struct text *sealed, struct text *plain)
{
	static const struct {
		const char *file, *counted;
	} keys[] = { { CURRENT, "secret.current" }, { PREVIOUS, "secret.previous" } };

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		EVP_PKEY *key = read_key(keys[i].file);
		bool good = decrypt(key, sealed, plain);

		EVP_PKEY_free(key);
		if (good) {
			ledger_count(keys[i].counted);
			return true;
		}
	}
	return false;
}

bool
secret_open(const char *base64, struct text *plain, const char **why)
{
	struct text sealed = { 0 };
	bool good;

	pthread_mutex_lock(&lock);
	good = base64_read_any(base64, strlen(base64), &sealed) && decrypt_with_any(&sealed, plain);
	pthread_mutex_unlock(&lock);
	text_done(&sealed);
	if (good && plain->len > 0 && memchr(plain->at, '\0', plain->len) == NULL)
		return true;
	ledger_count("secret.refused");
	*why = good ? "The protected value is empty or holds a null character."
	            : "The protected value cannot be decrypted with the service's key.";
	return false;
}

void
secret_digest(const struct text *plain, struct text *digest)
{
	unsigned char hash[32];

	EVP_Digest(plain->at, plain->len, hash, NULL, EVP_sha256(), NULL);
	hex_add(digest, hash, sizeof(hash));
}
