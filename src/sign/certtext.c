/* What a certificate says about algorithms and further names, in words. */
#include "sign/certtext.h"

#include "base/error.h"
#include "hsm/publickey.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include <stdio.h>

typedef X509          x509;
typedef BIO           bio;
typedef GENERAL_NAMES general_names;

static void
x509_free(x509 *x)
{
	X509_free(x);
}
EXS_DEFINE_AUTO(x509)

static void
bio_free(bio *b)
{
	(void)BIO_free(b);
}
EXS_DEFINE_AUTO(bio)

static void
general_names_free(general_names *names)
{
	GENERAL_NAMES_free(names);
}
EXS_DEFINE_AUTO(general_names)

void
certtext_done(certtext *text)
{
	for (size_t i = 0; i < text->n_names; i++)
		mem_free(text->names[i]);
}

/* OpenSSL names pairs of key and hash; people name the scheme. */
static const struct {
	int         key;
	const char *scheme;
} schemes[] = {
	{EVP_PKEY_RSA, "RSA"}, {EVP_PKEY_RSA_PSS, "RSASSA-PSS"}, {EVP_PKEY_EC, "ECDSA"},
};

static void
describe_signature(X509 *x, certtext *text)
{
	int hash = NID_undef, key = NID_undef;

	if (X509_get_signature_info(x, &hash, &key, NULL, NULL) == 1 && hash != NID_undef)
		for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
			if (schemes[i].key == key) {
				snprintf(text->signature_alg, sizeof text->signature_alg, "%s %s", schemes[i].scheme,
				         OBJ_nid2sn(hash));
				return;
			}
	snprintf(text->signature_alg, sizeof text->signature_alg, "%s",
	         OBJ_nid2ln(X509_get_signature_nid(x)));
}

static exs_status
describe_key(X509 *x, certtext *text, exs_error *error)
{
	EXS_SCOPED(buf) public_der = BUF(PUBLICKEY_MAX);
	unsigned char  *info = NULL;
	int             len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &info);
	publickey_facts facts = {0};

	if (len > 0 && publickey_from_info(span_from((const char *)info, (size_t)len), &public_der) &&
	    publickey_describe(buf_span(&public_der), &facts))
		snprintf(text->key_type, sizeof text->key_type, "%s", facts.name);
	OPENSSL_free(info);
	return buf_check(&public_der, "a public key", error);
}

static exs_status
add_name(GENERAL_NAME *name, certtext *text, exs_error *error)
{
	EXS_AUTO(bio) *out = BIO_new(BIO_s_mem());
	char *at = NULL;
	long  len;

	if (out == NULL || GENERAL_NAME_print(out, name) < 0)
		return mem_fail(error);
	len = BIO_get_mem_data(out, &at);
	text->names[text->n_names] = mem_text(at, len < 0 ? 0 : (size_t)len);
	if (text->names[text->n_names] == NULL)
		return mem_fail(error);
	text->n_names++;
	return EXS_OK;
}

static exs_status
read_names(X509 *x, certtext *text, exs_error *error)
{
	EXS_AUTO(general_names) *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);

	ERR_clear_error();
	for (int i = 0; names != NULL && i < sk_GENERAL_NAME_num(names); i++)
		if (text->n_names < CERTTEXT_NAMES_MAX)
			EXS_TRY(add_name(sk_GENERAL_NAME_value(names, i), text, error));
	return EXS_OK;
}

exs_status
certtext_read(span der, certtext *ret, exs_error *error)
{
	const unsigned char *at = (const unsigned char *)der.at;
	EXS_AUTO(x509) *x = d2i_X509(NULL, &at, (long)der.len);

	if (x == NULL) {
		ERR_clear_error();
		return exs_fail(error, E_CERT_UNREADABLE, "a certificate cannot be read");
	}
	describe_signature(x, ret);
	EXS_TRY(describe_key(x, ret, error));
	return read_names(x, ret, error);
}
