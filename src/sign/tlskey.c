/* A signer in a TLS handshake. */
#include "sign/tlskey.h"

#include "base/error.h"
#include "hsm/viewkey.h"

#include <limits.h>
#include <openssl/ssl.h>

void
tlskey_done(tlskey *k)
{
	X509_free(k->certificate);
}

static exs_status
read_certificate(span der, x509 **ret, exs_error *error)
{
	const unsigned char *at = (const unsigned char *)der.at;
	exs_status           status;

	if (der.len == 0) {
		status = exs_fail(error, E_CERT_ABSENT, "the key has no certificate to show");
		error_why(error, "client-auth = tls shows the key's certificate to the token endpoint, proxy-auth = tls to a proxy");
		return status;
	}
	*ret = der.len > LONG_MAX ? NULL : d2i_X509(NULL, &at, (long)der.len);
	return *ret == NULL ? exs_fail(error, E_CERT_UNREADABLE, "OpenSSL cannot read the certificate")
	                    : EXS_OK;
}

exs_status
tlskey_open(const exs_signer *one, tlskey *ret, exs_error *error)
{
	EXS_AUTO(x509) *certificate = NULL;
	viewkey        *view = NULL;

	EXS_TRY(read_certificate(signer_certificate(one), &certificate, error));
	EXS_TRY(signer_view(one, &view, error));
	/* what an earlier handshake failed with is none of this one's */
	(void)viewkey_failure(view, NULL);
	*ret = (tlskey){.key = view, .alg = signer_alg(one)};
	EXS_TRY(signer_issuers(one, &ret->above, error));
	EXS_GIVE(&ret->certificate, certificate);
	return EXS_OK;
}

/* TLS 1.3 wants PSS of every RSA key, TLS 1.2 prefers it: whoever chose RS256 has a device without. */
static bool
spare_pss(const tlskey *k, SSL_CTX *ctx)
{
	char pkcs1[] = "RSA+SHA256:RSA+SHA384:RSA+SHA512"; /* OpenSSL's macro casts a const away */

	if (k->alg != EXS_ALG_RS256 && k->alg != EXS_ALG_RS384 && k->alg != EXS_ALG_RS512)
		return true;
	return SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION) == 1 &&
	       SSL_CTX_set1_client_sigalgs_list(ctx, pkcs1) == 1;
}

static bool
show_issuers(const tlskey *k, SSL_CTX *ctx)
{
	for (size_t i = 0; k->above != NULL && i < k->above->n; i++)
		if (SSL_CTX_add1_chain_cert(ctx, k->above->at[i]) != 1)
			return false;
	return true;
}

bool
tlskey_show(void *self, void *ssl_ctx)
{
	tlskey *k = self;

	/* the second compares the public halves */
	k->refused = SSL_CTX_use_certificate(ssl_ctx, k->certificate) != 1 ||
	             SSL_CTX_use_PrivateKey(ssl_ctx, viewkey_evp(k->key)) != 1 ||
	             !show_issuers(k, ssl_ctx) || !spare_pss(k, ssl_ctx);
	return !k->refused;
}

exs_status
tlskey_failure(tlskey *k, exs_error *error)
{
	if (k->refused)
		return viewkey_fail(k->key, "showing the certificate", error);
	return viewkey_failure(k->key, error);
}
