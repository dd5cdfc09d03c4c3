/* What exs_issued is. */
#include "sign/issued.h"

#include "base/encode.h"
#include "base/error.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pem.h>

enum { ID_MAX = 1024, HASH_TEXT = 48 };

struct exs_issued {
	certificate     *certificate; /* NULL: a request */
	char            *uri, *key_uri, *subject, *pem;
	char             signature[64], sha1[HASH_TEXT], sha256[HASH_TEXT], public_sha256[65];
	buf              id, label;
	token            token;
	token_names      names;
	exs_issued_facts facts;
};

typedef BIO bio;

static void
bio_free(bio *b)
{
	(void)BIO_free(b);
}
EXS_DEFINE_AUTO(bio)

void
exs_issued_free(exs_issued *issued)
{
	if (issued == NULL)
		return;
	certificate_free(issued->certificate);
	mem_free(issued->uri);
	mem_free(issued->key_uri);
	mem_free(issued->subject);
	mem_free(issued->pem);
	buf_done(&issued->id);
	buf_done(&issued->label);
	mem_free(issued);
}

const exs_issued_facts *
exs_issued_describe(const exs_issued *issued)
{
	return &issued->facts;
}

exs_issued_facts *
issued_facts(exs_issued *issued)
{
	return &issued->facts;
}

exs_status
issued_set_key(exs_issued *issued, const char *uri, exs_error *error)
{
	EXS_TRY(mem_copy(uri, &issued->key_uri, error));
	issued->facts.key_uri = issued->key_uri;
	return EXS_OK;
}

bool
exs_issued_is_used_by(const exs_issued *issued, const char *named)
{
	EXS_SCOPED(error_scratch) unreadable = exs_error_new();
	EXS_AUTO(key_uri) *uri = NULL;
	span id, label;

	if (key_uri_parse(named, &uri, unreadable) != EXS_OK ||
	    !key_uri_matches_token(uri, &issued->token.info))
		return false;
	id = key_uri_id(uri);
	label = key_uri_label(uri);
	if (id.at != NULL)
		return span_same(id, buf_span(&issued->id));
	return label.at == NULL || span_same(label, buf_span(&issued->label));
}

/* The short form of an uppercase hexadecimal digest that assertions carry. */
static void
shorten(const char *hex, char to[HASH_TEXT])
{
	EXS_SCOPED(buf) bytes = BUF(64);
	EXS_SCOPED(buf) text = BUF(HASH_TEXT);

	if (decode_hex(&bytes, span_of(hex)))
		encode_base64url(&text, buf_span(&bytes));
	snprintf(to, HASH_TEXT, "%s", buf_text(&text));
}

static exs_status
take_text(BIO *from, char **ret, exs_error *error)
{
	char *at = NULL;
	long  len = BIO_get_mem_data(from, &at);

	*ret = mem_text(at, len < 0 ? 0 : (size_t)len);
	return *ret == NULL ? mem_fail(error) : EXS_OK;
}

static exs_status
start(const token *t, exs_issued **ret, exs_error *error)
{
	exs_issued *issued = mem_new(1, sizeof *issued);

	if (issued == NULL)
		return mem_fail(error);
	issued->token = *t;
	issued->names = token_print(&t->info);
	issued->id = BUF(ID_MAX);
	issued->label = BUF(ID_MAX);
	issued->facts = (exs_issued_facts){
		.uri = "", .key_uri = "", .subject = "", .issuer = "", .serial = "", .sha1 = "",
		.sha256 = "", .sha1_base64url = "", .sha256_base64url = "",
		.public_key_sha256 = issued->public_sha256, .signature = issued->signature,
		.token_label = issued->names.label, .token_serial = issued->names.serial, .pem = "",
	};
	*ret = issued;
	return EXS_OK;
}

static exs_status
place(exs_issued *issued, const key_uri *origin, span id, span label, exs_error *error)
{
	const token    *t = &issued->token;
	const uri_parts parts = {
		.token = &t->info,
		.module_path = module_was_named_by_path(t->module) ? module_path(t->module) : NULL,
		.module_name = origin == NULL ? NULL : key_uri_module_name(origin),
		.id = id,
		.label = label,
		.type = "cert",
	};

	buf_add(&issued->id, id);
	buf_add(&issued->label, label);
	EXS_TRY(buf_check(&issued->id, "CKA_ID of a certificate", error));
	EXS_TRY(buf_check(&issued->label, "CKA_LABEL of a certificate", error));
	EXS_TRY(key_uri_make(&parts, &issued->uri, error));
	issued->facts.uri = issued->uri;
	return EXS_OK;
}

static exs_status
write_pem(exs_issued *issued, span der, exs_error *error)
{
	const unsigned char *at = (const unsigned char *)der.at;
	EXS_AUTO(x509) *x = d2i_X509(NULL, &at, (long)der.len);
	EXS_AUTO(bio) *out = BIO_new(BIO_s_mem());

	if (x == NULL || out == NULL || PEM_write_bio_X509(out, x) != 1)
		return mem_fail(error);
	snprintf(issued->signature, sizeof issued->signature, "%s",
	         OBJ_nid2ln(X509_get_signature_nid(x)));
	EXS_TRY(take_text(out, &issued->pem, error));
	issued->facts.pem = issued->pem;
	return EXS_OK;
}

exs_status
issued_new(span der, const token *t, const key_uri *origin, span id, span label, exs_issued **ret,
           exs_error *error)
{
	EXS_AUTO(exs_issued) *issued = NULL;
	const certificate    *c;

	EXS_TRY(start(t, &issued, error));
	EXS_TRY(certificate_parse(der, "the token", &issued->certificate, error));
	EXS_TRY(place(issued, origin, id, label, error));
	EXS_TRY(write_pem(issued, der, error));
	c = issued->certificate;
	memcpy(issued->public_sha256, c->public_sha256, sizeof issued->public_sha256);
	shorten(c->sha1, issued->sha1);
	shorten(c->sha256, issued->sha256);
	issued->facts.subject = c->subject;
	issued->facts.issuer = c->issuer;
	issued->facts.serial = c->serial;
	issued->facts.sha1 = c->sha1;
	issued->facts.sha256 = c->sha256;
	issued->facts.sha1_base64url = issued->sha1;
	issued->facts.sha256_base64url = issued->sha256;
	issued->facts.not_before = c->not_before;
	issued->facts.not_after = c->not_after;
	EXS_GIVE(ret, issued);
	return EXS_OK;
}

exs_status
issued_request(X509_REQ *request, const token *t, exs_issued **ret, exs_error *error)
{
	EXS_AUTO(exs_issued) *issued = NULL;
	EXS_AUTO(bio) *pem = BIO_new(BIO_s_mem());
	EXS_AUTO(bio) *name = BIO_new(BIO_s_mem());
	unsigned char *info = NULL;
	int            len;

	EXS_TRY(start(t, &issued, error));
	if (pem == NULL || name == NULL || PEM_write_bio_X509_REQ(pem, request) != 1 ||
	    X509_NAME_print_ex(name, X509_REQ_get_subject_name(request), 0,
	                       XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0)
		return mem_fail(error);
	EXS_TRY(take_text(pem, &issued->pem, error));
	EXS_TRY(take_text(name, &issued->subject, error));
	issued->facts.pem = issued->pem;
	issued->facts.subject = issued->subject;
	snprintf(issued->signature, sizeof issued->signature, "%s",
	         OBJ_nid2ln(X509_REQ_get_signature_nid(request)));
	len = i2d_X509_PUBKEY(X509_REQ_get_X509_PUBKEY(request), &info);
	if (len > 0)
		certificate_sha256(span_from((const char *)info, (size_t)len), issued->public_sha256);
	OPENSSL_free(info);
	EXS_GIVE(ret, issued);
	return EXS_OK;
}
