/* The certificates that issued one. */
#include "sign/issuers.h"

#include <limits.h>
#include <openssl/x509v3.h>

void
issuers_done(issuers *i)
{
	for (size_t k = 0; k < i->n; k++)
		X509_free(i->at[k]);
	i->n = 0;
}

static X509 *
read_one(span der)
{
	const unsigned char *at = (const unsigned char *)der.at;

	return der.len == 0 || der.len > LONG_MAX ? NULL : d2i_X509(NULL, &at, (long)der.len);
}

/* Names say who may have, the signature who has. */
static bool
has_issued(X509 *issuer, X509 *subject)
{
	return X509_check_issued(issuer, subject) == X509_V_OK &&
	       X509_verify(subject, X509_get0_pubkey(issuer)) == 1;
}

static bool
is_root(X509 *certificate)
{
	return X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0;
}

static bool
is_among(X509 *certificate, const issuers *i)
{
	for (size_t k = 0; k < i->n; k++)
		if (X509_cmp(i->at[k], certificate) == 0)
			return true;
	return false;
}

static X509 *
issuer_of(X509 *subject, const certobject_list *held, const issuers *so_far)
{
	for (size_t k = 0; k < held->n; k++) {
		EXS_AUTO(x509) *candidate = read_one(buf_span(&held->at[k].der));

		if (candidate != NULL && !is_root(candidate) && !is_among(candidate, so_far) &&
		    has_issued(candidate, subject)) {
			X509 *found = candidate;

			candidate = NULL;
			return found;
		}
	}
	return NULL;
}

exs_status
issuers_find(span certificate, const certobject_list *held, issuers *ret, exs_error *error)
{
	EXS_AUTO(x509) *own = read_one(certificate);
	X509 *at = own;

	if (own == NULL)
		return exs_fail(error, E_CERT_UNREADABLE, "OpenSSL cannot read the certificate");
	ret->n = 0;
	while (ret->n < ISSUERS_MAX && !is_root(at) && (at = issuer_of(at, held, ret)) != NULL)
		ret->at[ret->n++] = at;
	return EXS_OK;
}
