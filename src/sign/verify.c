/* Whether a JOSE signature is good. */
#include "sign/verify.h"

#include "base/mem.h"
#include "hsm/publickey.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

typedef EVP_MD_CTX md_ctx;
typedef ECDSA_SIG  ecdsa_sig;
typedef unsigned char der_bytes;

static void
md_ctx_free(md_ctx *ctx)
{
	EVP_MD_CTX_free(ctx);
}
EXS_DEFINE_AUTO(md_ctx)

static void
ecdsa_sig_free(ecdsa_sig *sig)
{
	ECDSA_SIG_free(sig);
}
EXS_DEFINE_AUTO(ecdsa_sig)

static void
der_bytes_free(der_bytes *bytes)
{
	OPENSSL_free(bytes);
}
EXS_DEFINE_AUTO(der_bytes)

typedef enum family { PKCS1, PSS, ECDSA } family;

static const struct {
	exs_alg     alg;
	family      family;
	const char *hash;
	size_t      half; /* bytes of r and of s */
} rows[] = {
	{EXS_ALG_PS256, PSS, "SHA256", 0},    {EXS_ALG_PS384, PSS, "SHA384", 0},
	{EXS_ALG_PS512, PSS, "SHA512", 0},    {EXS_ALG_RS256, PKCS1, "SHA256", 0},
	{EXS_ALG_RS384, PKCS1, "SHA384", 0},  {EXS_ALG_RS512, PKCS1, "SHA512", 0},
	{EXS_ALG_ES256, ECDSA, "SHA256", 32}, {EXS_ALG_ES384, ECDSA, "SHA384", 48},
};

enum { N_ROWS = sizeof rows / sizeof rows[0] };

static bool
verify(EVP_PKEY *key, family kind, const char *hash, span message, span signature)
{
	EXS_AUTO(md_ctx) *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *padding = NULL;

	if (ctx == NULL || EVP_DigestVerifyInit_ex(ctx, &padding, hash, NULL, NULL, key, NULL) != 1)
		return false;
	if (kind == PSS &&
	    (EVP_PKEY_CTX_set_rsa_padding(padding, RSA_PKCS1_PSS_PADDING) != 1 ||
	     EVP_PKEY_CTX_set_rsa_pss_saltlen(padding, RSA_PSS_SALTLEN_DIGEST) != 1))
		return false;
	return EVP_DigestVerify(ctx, (const unsigned char *)signature.at, signature.len,
	                        (const unsigned char *)message.at, message.len) == 1;
}

/* RFC 7518 section 3.4 puts r and s side by side; OpenSSL wants them as DER. */
static bool
verify_halves(EVP_PKEY *key, const char *hash, size_t half, span message, span signature)
{
	const unsigned char *at = (const unsigned char *)signature.at;
	EXS_AUTO(ecdsa_sig) *sig = ECDSA_SIG_new();
	EXS_AUTO(der_bytes) *der = NULL;
	BIGNUM *r, *s;
	int     len;

	if (sig == NULL || signature.len != 2 * half)
		return false;
	r = BN_bin2bn(at, (int)half, NULL);
	s = BN_bin2bn(at + half, (int)half, NULL);
	if (r == NULL || s == NULL || ECDSA_SIG_set0(sig, r, s) != 1) {
		BN_free(r);
		BN_free(s);
		return false;
	}
	len = i2d_ECDSA_SIG(sig, &der);
	return len > 0 && verify(key, ECDSA, hash, message, span_from((const char *)der, (size_t)len));
}

bool
verify_signature(span public_der, exs_alg alg, span message, span signature)
{
	EXS_AUTO(evp_pkey) *key = publickey_load(public_der);
	bool good = false;

	for (size_t i = 0; key != NULL && i < N_ROWS; i++) {
		if (rows[i].alg != alg)
			continue;
		good = rows[i].family == ECDSA
		           ? verify_halves(key, rows[i].hash, rows[i].half, message, signature)
		           : verify(key, rows[i].family, rows[i].hash, message, signature);
	}
	ERR_clear_error();
	return good;
}
