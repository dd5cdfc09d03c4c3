/* Certificates from files, and the one of them that belongs to a key. */
#include "sign/import.h"

#include "base/error.h"
#include "sign/keyplace.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/x509v3.h>

enum { LABEL_MAX = 256, DER_MAX = 1024 * 1024 };

typedef BIO   bio;
typedef PKCS7 pkcs7;

#define OWNED(type, free_it)                                                                       \
	static void type##_free(type *it)                                                          \
	{                                                                                          \
		free_it(it);                                                                       \
	}                                                                                          \
	EXS_DEFINE_AUTO(type)

OWNED(bio, (void)BIO_free)
OWNED(pkcs7, PKCS7_free)

void
import_list_done(import_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		X509_free(list->at[i]);
	list->n = 0;
}

static exs_status
fail_unreadable(const char *where, const char *why, exs_error *error)
{
	exs_status status = exs_fail(error, E_CERT_UNREADABLE, "no certificate can be read from %s", where);

	error_why(error, "%s", why);
	ERR_clear_error();
	return status;
}

/* Takes x over, also when it is not kept. */
static exs_status
keep(import_list *list, X509 *x, const char *where, exs_error *error)
{
	for (size_t i = 0; i < list->n; i++) {
		if (X509_cmp(list->at[i], x) != 0)
			continue;
		X509_free(x);
		return EXS_OK;
	}
	if (list->n < IMPORT_CERTIFICATES_MAX) {
		list->at[list->n++] = x;
		return EXS_OK;
	}
	X509_free(x);
	return fail_unreadable(where, "it holds more certificates than any chain has", error);
}

static exs_status
keep_pkcs7(import_list *list, const PKCS7 *p, const char *where, exs_error *error)
{
	STACK_OF(X509) *held = NULL;

	if (PKCS7_type_is_signed(p) && p->d.sign != NULL)
		held = p->d.sign->cert;
	for (int i = 0; i < sk_X509_num(held); i++) {
		X509 *x = sk_X509_value(held, i);

		if (X509_up_ref(x) != 1)
			return mem_fail(error);
		EXS_TRY(keep(list, x, where, error));
	}
	return EXS_OK;
}

static bool
is_one_of(const char *name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

/* One block of PEM; blocks of other kinds (a request beside its certificate) are passed over. */
static exs_status
take_block(const char *name, span der, const char *where, import_list *list, exs_error *error)
{
	static const char *const x509s[] = {PEM_STRING_X509, PEM_STRING_X509_OLD, NULL};
	static const char *const pkcs7s[] = {PEM_STRING_PKCS7, PEM_STRING_PKCS7_SIGNED, "CMS", NULL};
	const unsigned char *at = (const unsigned char *)der.at;

	if (is_one_of(name, x509s)) {
		X509 *x = d2i_X509(NULL, &at, (long)der.len);

		return x == NULL ? fail_unreadable(where, "a CERTIFICATE block in it is broken", error)
		                 : keep(list, x, where, error);
	}
	if (is_one_of(name, pkcs7s)) {
		EXS_AUTO(pkcs7) *p = d2i_PKCS7(NULL, &at, (long)der.len);

		return p == NULL ? fail_unreadable(where, "a PKCS7 block in it is broken", error)
		                 : keep_pkcs7(list, p, where, error);
	}
	return EXS_OK;
}

static exs_status
parse_pem(span text, const char *where, import_list *list, exs_error *error)
{
	EXS_AUTO(bio) *in = BIO_new_mem_buf(text.at, (int)text.len);
	bool more = true;

	if (in == NULL)
		return mem_fail(error);
	while (more) {
		char          *name = NULL, *header = NULL;
		unsigned char *bytes = NULL;
		long           len = 0;
		exs_status     status = EXS_OK;

		more = PEM_read_bio(in, &name, &header, &bytes, &len) == 1;
		if (more)
			status = take_block(name, span_from((const char *)bytes, (size_t)len), where,
			                    list, error);
		else if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
			status = fail_unreadable(where, "a block in it is broken", error);
		OPENSSL_free(name);
		OPENSSL_free(header);
		OPENSSL_free(bytes);
		EXS_TRY(status);
	}
	ERR_clear_error();
	return EXS_OK;
}

static exs_status
parse_der(span der, const char *where, import_list *list, exs_error *error)
{
	const unsigned char *at = (const unsigned char *)der.at, *end = at + der.len;
	X509 *x = d2i_X509(NULL, &at, (long)der.len);

	if (x != NULL && at == end)
		return keep(list, x, where, error);
	X509_free(x);
	at = (const unsigned char *)der.at;
	{
		EXS_AUTO(pkcs7) *p = d2i_PKCS7(NULL, &at, (long)der.len);

		if (p != NULL && at == end)
			EXS_TRY(keep_pkcs7(list, p, where, error));
	}
	ERR_clear_error();
	return EXS_OK;
}

exs_status
import_parse(span bytes, const char *where, import_list *ret, exs_error *error)
{
	EXS_SCOPED(import_list) list = {.n = 0};

	if (bytes.len > IMPORT_MAX)
		return fail_unreadable(where, "it is larger than 1 MiB", error);
	if (bytes.len == 0)
		return fail_unreadable(where, "it is empty", error);
	EXS_TRY(certificate_refuse_private(bytes, where, error));
	if (span_find(bytes, "-----BEGIN ") >= 0)
		EXS_TRY(parse_pem(bytes, where, &list, error));
	else
		EXS_TRY(parse_der(bytes, where, &list, error));
	if (list.n == 0)
		return fail_unreadable(where, "it is neither PEM nor DER, of a certificate or of PKCS #7", error);
	*ret = list;
	list.n = 0;
	return EXS_OK;
}

static exs_status
parse_again(X509 *x, const char *where, certificate **ret, exs_error *error)
{
	EXS_SCOPED(buf) der = BUF(DER_MAX);

	EXS_TRY(keyplace_der(x, &der, error));
	return certificate_parse(buf_span(&der), where, ret, error);
}

/* Of several for the key the one that is valid longest. None: E_CERT_MISMATCH that names the first and the key. */
static exs_status
choose(const import_list *list, const keyplace *p, const char *where, size_t *ret, exs_error *error)
{
	int64_t latest = INT64_MIN;

	for (size_t i = 0; i < list->n; i++) {
		EXS_AUTO(certificate) *c = NULL;

		EXS_TRY(parse_again(list->at[i], where, &c, error));
		if (publickey_same(buf_span(&c->public_der), buf_span(&p->public_der)) &&
		    c->not_after > latest) {
			latest = c->not_after;
			*ret = i;
		}
	}
	if (latest == INT64_MIN) {
		EXS_AUTO(certificate) *first = NULL;
		exs_status status;

		EXS_TRY(parse_again(list->at[0], where, &first, error));
		status = certificate_check_key(first, buf_span(&p->public_der), error);
		error_fix(error, "name the key that it was requested for; exosign hsm list shows them");
		return status;
	}
	return EXS_OK;
}

/* The common name of an issuer, or its whole name. */
static void
label_for(X509 *x, char to[LABEL_MAX])
{
	X509_NAME *name = X509_get_subject_name(x);

	if (X509_NAME_get_text_by_NID(name, NID_commonName, to, LABEL_MAX) <= 0)
		X509_NAME_oneline(name, to, LABEL_MAX);
}

static exs_status
write_chain(const import_list *list, size_t but, keyplace *p, unsigned *ret, exs_error *error)
{
	for (size_t i = 0; i < list->n; i++) {
		EXS_SCOPED(buf) der = BUF(DER_MAX);
		char label[LABEL_MAX] = "";
		bool there = i == but || X509_check_ca(list->at[i]) == 0;

		EXS_TRY(keyplace_der(list->at[i], &der, error));
		for (size_t j = 0; j < p->all.n && !there; j++)
			there = span_same(buf_span(&p->all.at[j].der), buf_span(&der));
		if (there)
			continue;
		label_for(list->at[i], label);
		EXS_TRY(keyplace_write(p, list->at[i], span_from(NULL, 0), span_of(label), error));
		(*ret)++;
	}
	return EXS_OK;
}

exs_status
exs_certificate_import(const exs_context *context, const exs_token_access *access,
                       const exs_import *import, exs_issued **ret_issued, exs_error *error)
{
	EXS_SCOPED(import_list) list = {.n = 0};
	EXS_SCOPED(keyplace) place = {.device = NULL};
	EXS_AUTO(exs_issued) *issued = NULL;
	exs_import mine = {0};
	size_t     chosen = 0;

	if (import->size == 0)
		return exs_fail(error, E_USAGE, "exs_import.size is not set");
	memcpy(&mine, import, import->size < sizeof mine ? import->size : sizeof mine);
	EXS_TRY(import_parse(span_from(mine.bytes, mine.length), mine.name, &list, error));
	/* it says nothing of whether the key may be used, so that the policy for signing has no part in it */
	EXS_TRY(keyplace_open(context, access, true, &place, error));
	EXS_TRY(choose(&list, &place, mine.name, &chosen, error));
	EXS_TRY(keyplace_settle(&place, list.at[chosen], mine.replace, &issued, error));
	if (!mine.without_chain)
		EXS_TRY(write_chain(&list, chosen, &place, &issued_facts(issued)->chain, error));
	EXS_GIVE(ret_issued, issued);
	return EXS_OK;
}
