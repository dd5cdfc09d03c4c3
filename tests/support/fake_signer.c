/* A signer whose key lives in this process: for tests only. */
#include "support/fake_signer.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

struct fake_signer {
	EVP_PKEY       *key;
	X509           *certificate;
	exs_alg         alg;
	char            sha1[41], sha256[65];
	exs_signer     *signer;
	atomic_uint     signatures;
	_Atomic error_id failure;
	exs_signer_facts facts; /* the signer points into them */
};

static void
need(bool good)
{
	if (!good)
		abort();
}

static X509 *
self_signed(EVP_PKEY *key)
{
	X509      *certificate = X509_new();
	X509_NAME *name = X509_get_subject_name(certificate);

	need(X509_set_version(certificate, 2) == 1);
	need(ASN1_INTEGER_set(X509_get_serialNumber(certificate), 4711) == 1);
	need(X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) != NULL);
	need(X509_gmtime_adj(X509_getm_notAfter(certificate), 86400L * 3650) != NULL);
	need(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"fake signer",
	                                -1, -1, 0) == 1);
	need(X509_set_issuer_name(certificate, name) == 1);
	need(X509_set_pubkey(certificate, key) == 1);
	need(X509_sign(certificate, key, EVP_sha256()) > 0);
	return certificate;
}

static void
set_padding(const fake_signer *f, EVP_PKEY_CTX *ctx)
{
	if (f->alg != EXS_ALG_PS256)
		return;
	need(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1);
	need(EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1);
}

/* DER to r and s side by side (RFC 7518 section 3.4). */
static void
flatten(unsigned char *signature, size_t *len)
{
	const unsigned char *at = signature;
	unsigned char        flat[64];
	ECDSA_SIG           *pair = d2i_ECDSA_SIG(NULL, &at, (long)*len);

	need(pair != NULL);
	need(BN_bn2binpad(ECDSA_SIG_get0_r(pair), flat, 32) == 32);
	need(BN_bn2binpad(ECDSA_SIG_get0_s(pair), flat + 32, 32) == 32);
	ECDSA_SIG_free(pair);
	memcpy(signature, flat, sizeof flat);
	*len = sizeof flat;
}

static exs_status
sign(void *self, exs_alg alg, span message, unsigned char *signature, size_t *signature_len,
     exs_error *error)
{
	fake_signer  *f = self;
	EVP_MD_CTX   *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *key_ctx;

	need(alg == f->alg && ctx != NULL);
	atomic_fetch_add(&f->signatures, 1);
	if (atomic_load(&f->failure) != E_NONE) {
		EVP_MD_CTX_free(ctx);
		return exs_fail(error, atomic_load(&f->failure), "the signer was told to fail");
	}
	need(EVP_DigestSignInit(ctx, &key_ctx, EVP_sha256(), NULL, f->key) == 1);
	set_padding(f, key_ctx);
	need(EVP_DigestSign(ctx, signature, signature_len, (const unsigned char *)message.at,
	                    message.len) == 1);
	if (alg == EXS_ALG_ES256)
		flatten(signature, signature_len);
	EVP_MD_CTX_free(ctx);
	return EXS_OK;
}

static void
close_signer(void *self)
{
	(void)self; /* the test owns it */
}

static const signer_ops ops = {.sign = sign, .close = close_signer};

static void
write_thumbprint(const fake_signer *f, const EVP_MD *md, char *to, size_t room)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned      len = 0;

	need(X509_digest(f->certificate, md, digest, &len) == 1 && room == 2 * len + 1);
	for (unsigned i = 0; i < len; i++)
		snprintf(to + 2 * i, 3, "%02X", digest[i]);
}

fake_signer *
fake_signer_new(const exs_context *context, exs_alg alg, bool with_certificate)
{
	fake_signer     *f = calloc(1, sizeof *f);
	unsigned char   *certificate = NULL, *public = NULL;
	int              certificate_len = 0, public_len;
	const exs_signer_facts facts = {
		.key_uri = "pkcs11:token=fake", .token_label = "fake", .token_serial = "1",
		.token_model = "", .module_path = "", .key_type = "", .alg = alg, .mechanism = "",
		.certificate_subject = "", .certificate_serial = "", .public_key_sha256 = "",
	};

	need(f != NULL);
	f->alg = alg;
	f->key = alg == EXS_ALG_ES256 ? EVP_EC_gen("P-256") : EVP_RSA_gen(2048);
	need(f->key != NULL);
	f->certificate = self_signed(f->key);
	if (with_certificate) {
		certificate_len = i2d_X509(f->certificate, &certificate);
		write_thumbprint(f, EVP_sha1(), f->sha1, sizeof f->sha1);
		write_thumbprint(f, EVP_sha256(), f->sha256, sizeof f->sha256);
	}
	f->facts = facts;
	f->facts.certificate_sha1 = f->sha1;
	f->facts.certificate_sha256 = f->sha256;
	public_len = i2d_PUBKEY(f->key, &public);
	need(public_len > 0 && certificate_len >= 0);
	need(signer_new(context, &ops, f, &f->facts,
	                span_from((const char *)certificate, (size_t)certificate_len),
	                span_from((const char *)public, (size_t)public_len), &f->signer,
	                NULL) == EXS_OK);
	OPENSSL_free(certificate);
	OPENSSL_free(public);
	return f;
}

void
fake_signer_free(fake_signer *f)
{
	exs_signer_free(f->signer);
	X509_free(f->certificate);
	EVP_PKEY_free(f->key);
	free(f);
}

exs_signer *
fake_signer_signer(fake_signer *f)
{
	return f->signer;
}

unsigned
fake_signer_count(const fake_signer *f)
{
	return atomic_load(&f->signatures);
}

void
fake_signer_fail(fake_signer *f, error_id id)
{
	atomic_store(&f->failure, id);
}

void
fake_signer_write_pem(const fake_signer *f, const char *certificate_path)
{
	FILE *file = fopen(certificate_path, "w");

	need(file != NULL && PEM_write_X509(file, f->certificate) == 1);
	need(fclose(file) == 0);
}

bool
fake_signer_verifies(const fake_signer *f, span message, span signature)
{
	EVP_MD_CTX   *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *key_ctx;
	int           verdict;

	need(f->alg != EXS_ALG_ES256); /* the tests that ask use RSA */
	need(EVP_DigestVerifyInit(ctx, &key_ctx, EVP_sha256(), NULL, f->key) == 1);
	set_padding(f, key_ctx);
	verdict = EVP_DigestVerify(ctx, (const unsigned char *)signature.at, signature.len,
	                           (const unsigned char *)message.at, message.len);
	EVP_MD_CTX_free(ctx);
	return verdict == 1;
}
