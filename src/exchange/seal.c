/* The service's public key for SecureString parameters. */
#include "exchange/seal.h"

#include "base/encode.h"
#include "base/error.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

enum { PADDING_BYTES = 11 /* RFC 8017 section 7.2.1 */ };

struct seal {
	EVP_PKEY *key;
	char      fingerprint[65];
};

void
seal_free(seal *s)
{
	if (s == NULL)
		return;
	EVP_PKEY_free(s->key);
	mem_free(s);
}

static exs_status
no_key(exs_error *error, const char *why)
{
	return exs_fail(error, E_SECRET_KEY, "the service's key for secrets cannot be used: %s", why);
}

static exs_status
take_fingerprint(seal *s, exs_error *error)
{
	EXS_SCOPED(buf) hex = BUF(sizeof s->fingerprint);
	unsigned char  *der = NULL, digest[32];
	int             length = i2d_PUBKEY(s->key, &der);
	bool good = length > 0 && EVP_Digest(der, (size_t)length, digest, NULL, EVP_sha256(), NULL) == 1;

	OPENSSL_free(der);
	if (!good)
		return mem_fail(error);
	encode_hex(&hex, span_from((const char *)digest, sizeof digest), false);
	memcpy(s->fingerprint, buf_text(&hex), sizeof s->fingerprint);
	return EXS_OK;
}

/* Takes the key in any case. */
static exs_status
make(EVP_PKEY *key, seal **ret, exs_error *error)
{
	EXS_AUTO(seal) *s = mem_new(1, sizeof *s);

	if (s == NULL) {
		EVP_PKEY_free(key);
		return mem_fail(error);
	}
	s->key = key;
	if (key == NULL || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)
		return no_key(error, "it is no RSA key");
	if (EVP_PKEY_get_bits(key) < SEAL_BITS_MIN || EVP_PKEY_get_bits(key) > SEAL_BITS_MAX)
		return no_key(error, "it has too few bits, or too many");
	EXS_TRY(take_fingerprint(s, error));
	EXS_GIVE(ret, s);
	return EXS_OK;
}

/* What stands between <name> and </name>, decoded; NULL when it is no number. */
static BIGNUM *
number(span xml, const char *begin, const char *end)
{
	EXS_SCOPED(buf) bytes = BUF(SEAL_BITS_MAX / 8 + 16);
	ptrdiff_t from = span_find(xml, begin), to = span_find(xml, end);
	span      text;

	if (from < 0 || to < from + (ptrdiff_t)strlen(begin))
		return NULL;
	text = span_trim(span_from(xml.at + from + strlen(begin), (size_t)(to - from) - strlen(begin)));
	if (!decode_base64(&bytes, text) || bytes.len == 0)
		return NULL;
	return BN_bin2bn((const unsigned char *)buf_text(&bytes), (int)bytes.len, NULL);
}

static EVP_PKEY *
assemble(const BIGNUM *n, const BIGNUM *e)
{
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	EVP_PKEY_CTX   *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	OSSL_PARAM     *parameters = NULL;
	EVP_PKEY       *key = NULL;

	if (builder != NULL && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
	    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) == 1)
		parameters = OSSL_PARAM_BLD_to_param(builder);
	if (context == NULL || parameters == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
	    EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
		key = NULL;
	OSSL_PARAM_free(parameters);
	OSSL_PARAM_BLD_free(builder);
	EVP_PKEY_CTX_free(context);
	return key;
}

exs_status
seal_from_xml(span xml, seal **ret, exs_error *error)
{
	BIGNUM   *n = number(xml, "<Modulus>", "</Modulus>");
	BIGNUM   *e = number(xml, "<Exponent>", "</Exponent>");
	bool      good = n != NULL && e != NULL && BN_is_odd(n) && BN_is_odd(e) && !BN_is_one(e);
	EVP_PKEY *key = good ? assemble(n, e) : NULL;

	BN_free(n);
	BN_free(e);
	return make(key, ret, error);
}

exs_status
seal_read(span base64, seal **ret, exs_error *error)
{
	EXS_SCOPED(buf) der = BUF(4096);
	const unsigned char *at;
	EVP_PKEY            *key;

	if (!decode_base64(&der, base64))
		return no_key(error, "it is no base64");
	at = (const unsigned char *)buf_text(&der);
	key = d2i_PUBKEY(NULL, &at, (long)der.len);
	return make(key, ret, error);
}

exs_status
seal_print(const seal *s, buf *to, exs_error *error)
{
	unsigned char *der = NULL;
	int            length = i2d_PUBKEY(s->key, &der);

	if (length <= 0)
		return mem_fail(error);
	encode_base64(to, span_from((const char *)der, (size_t)length));
	OPENSSL_free(der);
	return EXS_OK;
}

const char *
seal_fingerprint(const seal *s)
{
	return s->fingerprint;
}

static bool
encrypt(EVP_PKEY *key, span plain, unsigned char *to, size_t *length)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
	bool good = context != NULL && EVP_PKEY_encrypt_init(context) == 1 &&
	            EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
	            EVP_PKEY_encrypt(context, to, length, (const unsigned char *)plain.at, plain.len) == 1;

	EVP_PKEY_CTX_free(context);
	return good;
}

exs_status
seal_encrypt(const seal *s, const secret *plain, buf *to, exs_error *error)
{
	unsigned char sealed[SEAL_BITS_MAX / 8];
	size_t        length = sizeof sealed, room = (size_t)EVP_PKEY_get_size(s->key) - PADDING_BYTES;

	if (secret_length(plain) > room)
		return exs_fail(error, E_SECRET_KEY, "the secret has more than the %zu bytes that the "
		                                     "service's key takes", room);
	if (!encrypt(s->key, secret_reveal(plain), sealed, &length))
		return no_key(error, "OpenSSL does not encrypt with it");
	encode_base64(to, span_from((const char *)sealed, length));
	explicit_bzero(sealed, sizeof sealed);
	return EXS_OK;
}
