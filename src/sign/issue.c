/*
 * Certificates and requests, signed in the device through libp11, and verified before anybody sees them.
 */
#include "base/error.h"
#include "hsm/viewkey.h"
#include "sign/altname.h"
#include "sign/keyplace.h"
#include "sign/subject.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>

enum {
	DAYS_DEFAULT = 365,
	DAYS_MAX = 36500,
	SKEW_S = 300, /* for directories whose clock is behind ours */
	SERIAL_LEN = 20,
};

typedef X509_NAME              x509_name;
typedef GENERAL_NAMES          general_names;
typedef EVP_MD_CTX             md_ctx;
typedef STACK_OF(X509_EXTENSION) extensions;

#define OWNED(type, free_it)                                                                       \
	static void type##_free(type *it)                                                          \
	{                                                                                          \
		free_it(it);                                                                       \
	}                                                                                          \
	EXS_DEFINE_AUTO(type)

static void
free_extensions(extensions *list)
{
	sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
}

OWNED(x509_name, X509_NAME_free)
OWNED(general_names, GENERAL_NAMES_free)
OWNED(md_ctx, EVP_MD_CTX_free)
OWNED(extensions, free_extensions)

/* What both kinds are made of. */
typedef struct work {
	exs_issue_wish     wish;
	keyplace           place;
	X509_NAME         *subject;
	GENERAL_NAMES     *names;
	EVP_PKEY          *public;
	viewkey           *key;
} work;

static void
work_done(work *w)
{
	viewkey_free(w->key);
	EVP_PKEY_free(w->public);
	GENERAL_NAMES_free(w->names);
	X509_NAME_free(w->subject);
	keyplace_done(&w->place);
}

static exs_status
fail_openssl(const char *what, exs_error *error)
{
	char       text[256] = "it gave no reason";
	exs_status status = exs_fail(error, E_VIEW, "OpenSSL cannot make %s", what);

	if (ERR_peek_last_error() != 0)
		ERR_error_string_n(ERR_peek_last_error(), text, sizeof text);
	error_why(error, "%s", text);
	ERR_clear_error();
	return status;
}

/* What the words alone can have wrong is told before a PIN is asked for. */
static exs_status
prepare(const exs_issue_wish *wish, work *w, exs_error *error)
{
	exs_status status;

	if (wish->size == 0)
		return exs_fail(error, E_USAGE, "exs_issue_wish.size is not set");
	memcpy(&w->wish, wish, wish->size < sizeof w->wish ? wish->size : sizeof w->wish);
	if (w->wish.days > DAYS_MAX)
		return exs_fail(error, E_USAGE, "a certificate is made for at most %d days", DAYS_MAX);
	if (w->wish.days == 0)
		w->wish.days = DAYS_DEFAULT;
	EXS_TRY(altname_make(w->wish.names, w->wish.n_names, &w->names, error));
	if (w->wish.subject != NULL && w->wish.subject[0] != '\0')
		return subject_parse(w->wish.subject, &w->subject, error);
	status = exs_fail(error, E_USAGE, "no subject is named");
	error_fix(error, "add --subject CN=NAME");
	return status;
}

static exs_status
open_key(const exs_context *context, const exs_token_access *access, work *w, exs_error *error)
{
	EXS_TRY(keyplace_open(context, access, w->wish.allow_extractable, &w->place, error));
	w->public = publickey_load(buf_span(&w->place.public_der));
	if (w->public == NULL)
		return fail_openssl("a public key", error);
	if (w->wish.pss && EVP_PKEY_get_base_id(w->public) != EVP_PKEY_RSA)
		return exs_fail(error, E_KEY_UNFIT, "RSASSA-PSS is for RSA keys, and this is an EC key");
	return EXS_OK;
}

static exs_status
open_view(work *w, exs_error *error)
{
	return viewkey_open(w->place.device, buf_span(&w->place.public_der), &w->key, error);
}

static const EVP_MD *
hash_for(const work *w)
{
	bool large = EVP_PKEY_get_base_id(w->public) == EVP_PKEY_EC && EVP_PKEY_get_bits(w->public) > 256;

	return large ? EVP_sha384() : EVP_sha256();
}

static bool
start_signing(const work *w, EVP_MD_CTX *md)
{
	EVP_PKEY_CTX *how = NULL;

	if (EVP_DigestSignInit(md, &how, hash_for(w), NULL, viewkey_evp(w->key)) != 1)
		return false;
	return !w->wish.pss || (EVP_PKEY_CTX_set_rsa_padding(how, RSA_PKCS1_PSS_PADDING) == 1 &&
	                        EVP_PKEY_CTX_set_rsa_pss_saltlen(how, RSA_PSS_SALTLEN_DIGEST) == 1);
}

static exs_status
fail_signing(work *w, exs_error *error)
{
	exs_status status = viewkey_fail(w->key, "signing", error);

	if (w->wish.pss && error_is(error, E_KEY_MECHANISM))
		error_fix(error, "--signature pkcs1: the signature of a certificate need not be the one of "
		                 "assertions");
	return status;
}

typedef struct extension_row {
	int         nid;
	const char *value;
	bool        in_request;
} extension_row;

static const extension_row rows[] = {
	{NID_basic_constraints, "critical,CA:FALSE", false},
	{NID_key_usage, "critical,digitalSignature", true},
	{NID_ext_key_usage, "clientAuth", true},
};

enum { N_ROWS = sizeof rows / sizeof rows[0] };

static X509_EXTENSION *
make_extension(const extension_row *row)
{
	X509V3_CTX context;

	X509V3_set_ctx_nodb(&context);
	X509V3_set_ctx(&context, NULL, NULL, NULL, NULL, 0);
	return X509V3_EXT_conf_nid(NULL, &context, row->nid, row->value);
}

/* RFC 5280 section 4.2.1.2, method (1): SHA-1 of the public key's bits. */
static bool
add_key_id(X509 *x)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned      len = 0;
	ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
	bool done = id != NULL && X509_pubkey_digest(x, EVP_sha1(), digest, &len) == 1 &&
	            ASN1_OCTET_STRING_set(id, digest, (int)len) == 1 &&
	            X509_add1_ext_i2d(x, NID_subject_key_identifier, id, 0, X509V3_ADD_APPEND) == 1;

	ASN1_OCTET_STRING_free(id);
	return done;
}

static bool
add_extensions(const work *w, X509 *x)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		X509_EXTENSION *made = make_extension(&rows[i]);
		bool            added = made != NULL && X509_add_ext(x, made, -1) == 1;

		X509_EXTENSION_free(made);
		if (!added)
			return false;
	}
	return add_key_id(x) &&
	       (w->names == NULL || X509_add1_ext_i2d(x, NID_subject_alt_name, w->names, 0,
	                                              X509V3_ADD_APPEND) == 1);
}

/* 20 bytes at most and positive (RFC 5280 section 4.1.2.2): the topmost bit stays clear, the next is set to keep the length. */
static bool
set_serial(X509 *x)
{
	unsigned char bytes[SERIAL_LEN];
	BIGNUM       *number;
	bool          done;

	if (RAND_bytes(bytes, sizeof bytes) != 1)
		return false;
	bytes[0] = (unsigned char)((bytes[0] & 0x7F) | 0x40);
	number = BN_bin2bn(bytes, sizeof bytes, NULL);
	done = number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x)) != NULL;
	BN_free(number);
	return done;
}

static bool
fill(const work *w, int64_t now, X509 *x)
{
	time_t begin = (time_t)(now - SKEW_S), end = (time_t)(now + (int64_t)w->wish.days * 86400);

	return X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x) &&
	       X509_set_subject_name(x, w->subject) == 1 && X509_set_issuer_name(x, w->subject) == 1 &&
	       ASN1_TIME_set(X509_getm_notBefore(x), begin) != NULL &&
	       ASN1_TIME_set(X509_getm_notAfter(x), end) != NULL &&
	       X509_set_pubkey(x, w->public) == 1 && add_extensions(w, x);
}

static exs_status
fail_unverified(exs_error *error)
{
	ERR_clear_error();
	return exs_fail(error, E_SIGNATURE, "the device's signature does not verify with the public half of "
	                                    "its key");
}

static exs_status
sign_certificate(work *w, int64_t now, X509 **ret, exs_error *error)
{
	EXS_AUTO(x509) *x = X509_new();
	EXS_AUTO(md_ctx) *md = EVP_MD_CTX_new();

	if (x == NULL || md == NULL)
		return mem_fail(error);
	if (!fill(w, now, x))
		return fail_openssl("the certificate", error);
	EXS_TRY(open_view(w, error));
	if (!start_signing(w, md) || X509_sign_ctx(x, md) <= 0)
		return fail_signing(w, error);
	if (X509_verify(x, w->public) != 1)
		return fail_unverified(error);
	EXS_GIVE(ret, x);
	return EXS_OK;
}

static exs_status
check_free(const work *w, exs_error *error)
{
	exs_status status;

	if (w->wish.replace || w->place.own.n == 0)
		return EXS_OK;
	status = exs_fail(error, E_CERT_EXISTS, "the key %s has a certificate already",
	                  device_key_uri(w->place.device));
	error_fix(error, "exosign cert show prints it; --replace deletes it once the new one stands, which the "
	                 "directory must be told of");
	return status;
}

exs_status
exs_certificate_create(const exs_context *context, const exs_token_access *access,
                       const exs_issue_wish *wish, exs_issued **ret_issued, exs_error *error)
{
	EXS_SCOPED(work) w = {.subject = NULL};
	EXS_AUTO(x509) *x = NULL;

	EXS_TRY(prepare(wish, &w, error));
	EXS_TRY(open_key(context, access, &w, error));
	EXS_TRY(check_free(&w, error));
	EXS_TRY(sign_certificate(&w, context_now(context), &x, error));
	return keyplace_settle(&w.place, x, w.wish.replace, ret_issued, error);
}

static bool
push_extension(extensions *list, X509_EXTENSION *made)
{
	if (made != NULL && sk_X509_EXTENSION_push(list, made) > 0)
		return true;
	X509_EXTENSION_free(made);
	return false;
}

static bool
fill_request(const work *w, X509_REQ *r)
{
	EXS_AUTO(extensions) *list = sk_X509_EXTENSION_new_null();
	bool done = list != NULL;

	for (size_t i = 0; i < N_ROWS && done; i++)
		if (rows[i].in_request)
			done = push_extension(list, make_extension(&rows[i]));
	if (done && w->names != NULL)
		done = push_extension(list, X509V3_EXT_i2d(NID_subject_alt_name, 0, w->names));
	return done && X509_REQ_set_version(r, X509_REQ_VERSION_1) == 1 &&
	       X509_REQ_set_subject_name(r, w->subject) == 1 &&
	       X509_REQ_set_pubkey(r, w->public) == 1 && X509_REQ_add_extensions(r, list) == 1;
}

exs_status
exs_request_create(const exs_context *context, const exs_token_access *access,
                   const exs_issue_wish *wish, exs_issued **ret_issued, exs_error *error)
{
	EXS_SCOPED(work) w = {.subject = NULL};
	EXS_AUTO(x509_req) *r = X509_REQ_new();
	EXS_AUTO(md_ctx) *md = EVP_MD_CTX_new();
	EXS_AUTO(exs_issued) *issued = NULL;

	EXS_TRY(prepare(wish, &w, error));
	EXS_TRY(open_key(context, access, &w, error));
	if (r == NULL || md == NULL)
		return mem_fail(error);
	if (!fill_request(&w, r))
		return fail_openssl("the request", error);
	EXS_TRY(open_view(&w, error));
	if (!start_signing(&w, md) || X509_REQ_sign_ctx(r, md) <= 0)
		return fail_signing(&w, error);
	if (X509_REQ_verify(r, w.public) != 1)
		return fail_unverified(error);
	EXS_TRY(issued_request(r, device_token(w.place.device), &issued, error));
	EXS_TRY(issued_set_key(issued, device_key_uri(w.place.device), error));
	EXS_GIVE(ret_issued, issued);
	return EXS_OK;
}
