/* A certificate authority of a test's own. */
#include "support/tls_authority.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

static void
need(bool good)
{
	if (good)
		return;
	fprintf(stderr, "tls_authority: OpenSSL cannot\n");
	abort();
}

static void
extend(X509 *certificate, int nid, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	need(extension != NULL && X509_add_ext(certificate, extension, -1) == 1);
	X509_EXTENSION_free(extension);
}

static X509 *
certificate_for(EVP_PKEY *key, const char *name, X509 *issuer, EVP_PKEY *issuer_key, bool expired)
{
	X509      *certificate = X509_new();
	X509_NAME *subject = X509_get_subject_name(certificate);
	long       day = 86400;

	need(X509_set_version(certificate, 2) == 1);
	need(ASN1_INTEGER_set(X509_get_serialNumber(certificate), issuer == NULL ? 1 : 2) == 1);
	need(X509_gmtime_adj(X509_getm_notBefore(certificate), -10 * day) != NULL);
	need(X509_gmtime_adj(X509_getm_notAfter(certificate), expired ? -day : 10 * day) != NULL);
	need(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1,
	                                0) == 1);
	need(X509_set_issuer_name(certificate,
	                          issuer == NULL ? subject : X509_get_subject_name(issuer)) == 1);
	need(X509_set_pubkey(certificate, key) == 1);
	if (issuer == NULL) {
		extend(certificate, NID_basic_constraints, "critical,CA:TRUE");
	} else {
		char names[128];

		snprintf(names, sizeof names, "DNS:%s", name);
		extend(certificate, NID_subject_alt_name, names);
	}
	need(X509_sign(certificate, issuer_key, EVP_sha256()) > 0);
	return certificate;
}

/* Whose it is, is for the test to say; that the client has the key, TLS sees to. */
static int
take_any(int good, X509_STORE_CTX *store)
{
	(void)good, (void)store;
	return 1;
}

static void
ask_for_certificate(SSL_CTX *ctx, tls_flavour flavour)
{
	int how = SSL_VERIFY_PEER;

	if (flavour != TLS_ASKING)
		how |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
	SSL_CTX_set_verify(ctx, how, take_any);
	need(SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"test", 4) == 1);
	if (flavour == TLS_DEMANDING_12)
		need(SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION) == 1);
}

SSL_CTX *
tls_authority_context(tls_flavour flavour, const char *ca_file)
{
	SSL_CTX  *ctx = SSL_CTX_new(TLS_server_method());
	EVP_PKEY *ca_key = EVP_EC_gen("P-256"), *key = EVP_EC_gen("P-256");
	X509     *ca = certificate_for(ca_key, flavour == TLS_ASKING ? "Other Test Authority" : "Test Authority", NULL, ca_key, false);
	X509     *own = certificate_for(key, flavour == TLS_WRONG_NAME ? "other.example" : "localhost", ca,
	                                ca_key, flavour == TLS_EXPIRED);
	FILE     *file = fopen(ca_file, "w");

	need(ctx != NULL && file != NULL && PEM_write_X509(file, ca) == 1 && fclose(file) == 0);
	need(SSL_CTX_use_certificate(ctx, own) == 1 && SSL_CTX_use_PrivateKey(ctx, key) == 1);
	if (flavour == TLS_OLD) {
		need(SSL_CTX_set_cipher_list(ctx, "DEFAULT@SECLEVEL=0") == 1);
		need(SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION) == 1);
		need(SSL_CTX_set_max_proto_version(ctx, TLS1_1_VERSION) == 1);
	}
	if (flavour == TLS_ASKING || flavour == TLS_DEMANDING || flavour == TLS_DEMANDING_12)
		ask_for_certificate(ctx, flavour);
	SSL_CTX_set_mode(ctx, SSL_MODE_AUTO_RETRY);
	X509_free(own);
	X509_free(ca);
	EVP_PKEY_free(key);
	EVP_PKEY_free(ca_key);
	return ctx;
}
