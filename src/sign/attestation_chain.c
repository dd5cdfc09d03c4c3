/*
 * A chain of attestation certificates, verified by OpenSSL to a root that the user names.
 *
 * Times are not looked at: the device has no clock, and its certificates carry the dates of its making. What they say is that
 * a key was made in the device, which does not expire.
 */
#include "sign/attestation.h"

#include "base/error.h"
#include "base/file.h"
#include "hsm/publickey.h"
#include "sign/certificate.h"
#include "sign/x509own.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>

enum { FILE_MAX = 1024 * 1024 };

typedef struct anchors {
	x509_store *roots;
	x509_stack *helpers; /* the way from the device to them */
	size_t      n_roots;
} anchors;

static void
anchors_done(anchors *a)
{
	X509_STORE_free(a->roots);
	sk_X509_pop_free(a->helpers, X509_free);
}

static exs_status
add_anchor(anchors *a, X509 *x, exs_error *error)
{
	EXS_AUTO(x509) *mine = x;

	if (X509_self_signed(mine, 1) == 1) {
		a->n_roots++;
		return X509_STORE_add_cert(a->roots, mine) == 1 ? EXS_OK : mem_fail(error);
	}
	if (sk_X509_push(a->helpers, mine) <= 0)
		return mem_fail(error);
	mine = NULL;
	return EXS_OK;
}

static exs_status
read_pem(span text, anchors *a, exs_error *error)
{
	EXS_AUTO(bio) *in = BIO_new_mem_buf(text.at, (int)text.len);
	X509 *x;

	if (in == NULL)
		return mem_fail(error);
	while ((x = PEM_read_bio_X509(in, NULL, NULL, NULL)) != NULL)
		EXS_TRY(add_anchor(a, x, error));
	ERR_clear_error();
	return EXS_OK;
}

static exs_status
read_anchors(const char *path, anchors *a, exs_error *error)
{
	EXS_SCOPED(buf) file = BUF(FILE_MAX);
	const unsigned char *at;
	X509 *x;

	a->roots = X509_STORE_new();
	a->helpers = sk_X509_new_null();
	if (a->roots == NULL || a->helpers == NULL)
		return mem_fail(error);
	EXS_TRY(file_read(path, FILE_ANY, &file, error));
	if (span_find(buf_span(&file), "-----BEGIN ") >= 0)
		EXS_TRY(read_pem(buf_span(&file), a, error));
	else if (file.len > 0) {
		at = (const unsigned char *)file.at;
		x = d2i_X509(NULL, &at, (long)file.len);
		if (x != NULL)
			EXS_TRY(add_anchor(a, x, error));
		ERR_clear_error();
	}
	if (a->n_roots == 0)
		return exs_fail(error, E_CERT_UNREADABLE, "%s holds no self-signed certificate", path);
	return EXS_OK;
}

/* The chain's own certificates but the first are helpers too. */
static exs_status
read_chain(const span *chain, size_t n, X509 **ret_leaf, anchors *a, exs_error *error)
{
	EXS_AUTO(x509) *leaf = NULL;

	for (size_t i = 0; i < n; i++) {
		const unsigned char *at = (const unsigned char *)chain[i].at;
		EXS_AUTO(x509) *x = chain[i].len == 0 ? NULL : d2i_X509(NULL, &at, (long)chain[i].len);

		ERR_clear_error();
		if (x == NULL)
			return exs_fail(error, E_ATTESTATION, "certificate %zu of the attestation cannot be read",
			                i + 1);
		if (i == 0) {
			EXS_GIVE(&leaf, x);
		} else {
			if (sk_X509_push(a->helpers, x) <= 0)
				return mem_fail(error);
			x = NULL;
		}
	}
	EXS_GIVE(ret_leaf, leaf);
	return EXS_OK;
}

static exs_status
check_for_key(span der, span public_der, exs_error *error)
{
	EXS_AUTO(certificate) *c = NULL;

	EXS_TRY(certificate_parse(der, "the attestation", &c, error));
	if (!publickey_same(buf_span(&c->public_der), public_der))
		return exs_fail(error, E_ATTESTATION, "the attestation is for another key");
	return EXS_OK;
}

static exs_status
name_root(x509_store_ctx *ctx, attestation_proof *to, exs_error *error)
{
	x509_stack *way = X509_STORE_CTX_get0_chain(ctx);
	X509       *root = sk_X509_value(way, sk_X509_num(way) - 1);
	EXS_AUTO(der_bytes) *der = NULL;
	EXS_AUTO(certificate) *c = NULL;
	int len = i2d_X509(root, &der);

	if (len <= 0)
		return mem_fail(error);
	EXS_TRY(certificate_parse(span_from((const char *)der, (size_t)len), "the root", &c, error));
	snprintf(to->root_subject, sizeof to->root_subject, "%s", c->subject);
	memcpy(to->root_sha256, c->sha256, sizeof to->root_sha256);
	return EXS_OK;
}

static exs_status
verify(X509 *leaf, const anchors *a, const char *root_file, attestation_proof *to, exs_error *error)
{
	EXS_AUTO(x509_store_ctx) *ctx = X509_STORE_CTX_new();
	exs_status status;

	if (ctx == NULL || X509_STORE_CTX_init(ctx, a->roots, leaf, a->helpers) != 1)
		return mem_fail(error);
	X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_NO_CHECK_TIME);
	if (X509_verify_cert(ctx) == 1)
		return name_root(ctx, to, error);
	status = exs_fail(error, E_ATTESTATION, "the attestation does not lead to a root in %s",
	                  root_file);
	error_why(error, "%s", X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
	ERR_clear_error();
	return status;
}

exs_status
attestation_verify(const span *chain, size_t n, span public_der, const char *root_file,
                   attestation_proof *ret, exs_error *error)
{
	EXS_SCOPED(anchors) a = {0};
	EXS_AUTO(x509) *leaf = NULL;
	attestation_proof proof = {.root_subject = ""};

	if (n == 0)
		return exs_fail(error, E_ATTESTATION, "there is no attestation of the key");
	EXS_TRY(attestation_read(chain[0], &proof.facts, error));
	EXS_TRY(check_for_key(chain[0], public_der, error));
	EXS_TRY(read_anchors(root_file, &a, error));
	EXS_TRY(read_chain(chain, n, &leaf, &a, error));
	EXS_TRY(verify(leaf, &a, root_file, &proof, error));
	*ret = proof;
	return EXS_OK;
}
