/*
 * Making X.509 certificates. See certificate.h.
 */
#include "certificate.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool
set_serial(X509 *certificate)
{
	unsigned char bytes[16];
	BIGNUM *number;
	bool good;

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return false;
	bytes[0] = (unsigned char)((bytes[0] & 0x7f) | 0x40); /* positive, always 16 bytes long */
	number = BN_bin2bn(bytes, sizeof(bytes), NULL);
	good = number != NULL &&
	       BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
	BN_free(number);
	return good;
}

static bool
set_names(X509 *certificate, const struct certificate_wish *wish)
{
	X509_NAME *subject = X509_get_subject_name(certificate);
	const unsigned char *name = (const unsigned char *)wish->common_name;

	if (X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, name, -1, -1, 0) != 1)
		return false;
	return X509_set_issuer_name(certificate, wish->issuer != NULL
	                                                 ? X509_get_subject_name(wish->issuer)
	                                                 : subject) == 1;
}

static bool
set_extensions(X509 *certificate, const struct certificate_wish *wish)
{
	X509V3_CTX context;

	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, wish->issuer != NULL ? wish->issuer : certificate, certificate,
	               NULL, NULL, 0);
	for (size_t i = 0; wish->extensions != NULL && wish->extensions[i][0] != NULL; i++) {
		X509_EXTENSION *extension = X509V3_EXT_conf(NULL, &context, wish->extensions[i][0],
		                                            wish->extensions[i][1]);
		bool good = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;

		X509_EXTENSION_free(extension);
		if (!good)
			return false;
	}
	return true;
}

X509 *
certificate_make(const struct certificate_wish *wish)
{
	X509 *certificate = X509_new();
	/* Ed25519 hashes for itself and refuses to be told how. */
	const EVP_MD *digest =
		EVP_PKEY_get_id(wish->signer) == EVP_PKEY_ED25519 ? NULL : EVP_sha256();

	if (certificate != NULL && X509_set_version(certificate, X509_VERSION_3) == 1 &&
	    set_serial(certificate) && set_names(certificate, wish) &&
	    X509_time_adj_ex(X509_getm_notBefore(certificate), 0, 0, &(time_t){ wish->not_before }) &&
	    X509_time_adj_ex(X509_getm_notAfter(certificate), 0, 0, &(time_t){ wish->not_after }) &&
	    X509_set_pubkey(certificate, wish->public_key) == 1 &&
	    set_extensions(certificate, wish) &&
	    X509_sign(certificate, wish->signer, digest) > 0)
		return certificate;
	X509_free(certificate);
	return NULL;
}

EVP_PKEY *
software_key(const char *kind)
{
	if (strncmp(kind, "RSA-", 4) == 0)
		return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)strtoul(kind + 4, NULL, 10));
	if (strncmp(kind, "P-", 2) == 0)
		return EVP_PKEY_Q_keygen(NULL, NULL, "EC", kind);
	return EVP_PKEY_Q_keygen(NULL, NULL, kind);
}
