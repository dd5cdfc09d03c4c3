/* A key on a token and the place beside it. */
#include "sign/keyplace.h"

#include "base/error.h"
#include "hsm/keypolicy.h"
#include "hsm/objectwrite.h"
#include "sign/attestation.h"

enum { DER_MAX = 1024 * 1024, PARTS = 10 };

typedef unsigned char der_bytes;

static void
der_bytes_free(der_bytes *bytes)
{
	OPENSSL_free(bytes);
}
EXS_DEFINE_AUTO(der_bytes)

void
keyplace_done(keyplace *p)
{
	session_free(p->writing);
	certobject_list_done(&p->own);
	certobject_list_done(&p->all);
	buf_done(&p->public_der);
	device_free(p->device);
}

static exs_status
find_public(keyplace *p, exs_error *error)
{
	const key *k = device_key(p->device);
	exs_status status;

	p->public_der = BUF(PUBLICKEY_MAX);
	buf_add(&p->public_der, buf_span(&k->public_der));
	/* A card that shows no public key object: the certificate of the same id must tell. */
	for (size_t i = 0; i < p->all.n && p->public_der.len == 0 && k->id.len > 0; i++)
		if (span_same(buf_span(&p->all.at[i].id), buf_span(&k->id)))
			buf_add(&p->public_der, buf_span(&p->all.at[i].public_der));
	EXS_TRY(buf_check(&p->public_der, "a public key", error));
	if (p->public_der.len > 0)
		return EXS_OK;
	status = exs_fail(error, E_KEY_UNFIT, "the public half of the key is nowhere to be found");
	error_why(error, "the device shows neither a public key object nor a certificate for it");
	return status;
}

/* Certificates of this very key move from all to own; what the device says of it in the form of one is no certificate. */
static exs_status
part(keyplace *p, exs_error *error)
{
	size_t kept = 0;

	p->own.at = mem_new(p->all.n, sizeof *p->own.at);
	if (p->own.at == NULL)
		return mem_fail(error);
	for (size_t i = 0; i < p->all.n; i++) {
		if (publickey_same(buf_span(&p->all.at[i].public_der), buf_span(&p->public_der)) &&
		    !attestation_is_one(buf_span(&p->all.at[i].der)))
			p->own.at[p->own.n++] = p->all.at[i];
		else
			p->all.at[kept++] = p->all.at[i];
	}
	p->all.n = kept;
	return EXS_OK;
}

exs_status
keyplace_open(const exs_context *context, const exs_token_access *access, bool allow_extractable,
              keyplace *ret, exs_error *error)
{
	EXS_SCOPED(keyplace) p = {.device = NULL};
	device_options options = {0};
	bool           excepted = false;

	EXS_TRY(hold_options_from(context, access, &options.hold, error));
	EXS_TRY(device_open(context, &options, &p.device, error));
	EXS_TRY(keypolicy_check(device_key(p.device), allow_extractable, &excepted, error));
	EXS_TRY(device_certificates(p.device, span_from(NULL, 0), &p.all, error));
	EXS_TRY(find_public(&p, error));
	EXS_TRY(part(&p, error));
	*ret = p;
	p = (keyplace){.device = NULL};
	return EXS_OK;
}

exs_status
keyplace_der(X509 *x, buf *to, exs_error *error)
{
	EXS_AUTO(der_bytes) *der = NULL;
	int len = i2d_X509(x, &der);

	if (len <= 0)
		return mem_fail(error);
	buf_add(to, span_from((const char *)der, (size_t)len));
	return buf_check(to, "a certificate", error);
}

/* Reading needed no PIN perhaps; writing does. */
static exs_status
need_session(keyplace *p, exs_error *error)
{
	hold *h = device_hold(p->device);

	if (p->writing != NULL)
		return EXS_OK;
	EXS_TRY(session_open(hold_token(h), SESSION_WRITE, &p->writing, error));
	return hold_login(h, p->writing, error);
}

static exs_status
check_written(keyplace *p, CK_OBJECT_HANDLE handle, span der, exs_error *error)
{
	static const CK_ATTRIBUTE_TYPE types[] = {CKA_VALUE};
	EXS_SCOPED(object) o = {0};

	EXS_TRY(object_read(p->writing, handle, types, 1, &o, error));
	if (span_same(object_value(&o, CKA_VALUE), der))
		return EXS_OK;
	return exs_fail(error, E_DEVICE, "the device gives back another certificate than was written");
}

static bool
add_part(CK_ATTRIBUTE template[PARTS], CK_ULONG *n, CK_ATTRIBUTE_TYPE type, void *value, int len)
{
	if (value == NULL || len < 0)
		return false;
	template[(*n)++] = (CK_ATTRIBUTE){type, value, (CK_ULONG)len};
	return true;
}

exs_status
keyplace_write(keyplace *p, X509 *x, span id, span label, exs_error *error)
{
	CK_OBJECT_CLASS     class = CKO_CERTIFICATE;
	CK_CERTIFICATE_TYPE type = CKC_X_509;
	CK_BBOOL            yes = CK_TRUE, no = CK_FALSE;
	EXS_SCOPED(buf) der = BUF(DER_MAX);
	EXS_AUTO(der_bytes) *subject = NULL, *issuer = NULL, *serial = NULL;
	int subject_len = i2d_X509_NAME(X509_get_subject_name(x), &subject);
	int issuer_len = i2d_X509_NAME(X509_get_issuer_name(x), &issuer);
	int serial_len = i2d_ASN1_INTEGER(X509_get_serialNumber(x), &serial);
	CK_OBJECT_HANDLE handle = 0;
	CK_ATTRIBUTE     template[PARTS] = {
		{CKA_CLASS, &class, sizeof class},
		{CKA_CERTIFICATE_TYPE, &type, sizeof type},
		{CKA_TOKEN, &yes, sizeof yes},
		{CKA_PRIVATE, &no, sizeof no},
		/* a template points to what is not changed */
		{CKA_LABEL, (void *)(uintptr_t)label.at, label.len},
	};
	CK_ULONG n = 5;

	EXS_TRY(keyplace_der(x, &der, error));
	if (!add_part(template, &n, CKA_SUBJECT, subject, subject_len) ||
	    !add_part(template, &n, CKA_ISSUER, issuer, issuer_len) ||
	    !add_part(template, &n, CKA_SERIAL_NUMBER, serial, serial_len) ||
	    !add_part(template, &n, CKA_VALUE, der.at, (int)der.len))
		return mem_fail(error);
	if (id.len > 0)
		(void)add_part(template, &n, CKA_ID, (void *)(uintptr_t)id.at, (int)id.len);
	EXS_TRY(need_session(p, error));
	EXS_TRY(object_create(p->writing, template, n, &handle, error));
	return check_written(p, handle, buf_span(&der), error);
}

static bool
is_there(const certobject_list *list, span der)
{
	for (size_t i = 0; i < list->n; i++)
		if (span_same(buf_span(&list->at[i].der), der))
			return true;
	return false;
}

/* All but the one that stands now. */
static exs_status
delete_others(keyplace *p, span kept, unsigned *ret, exs_error *error)
{
	for (size_t i = 0; i < p->own.n; i++) {
		if (span_same(buf_span(&p->own.at[i].der), kept))
			continue;
		EXS_TRY(need_session(p, error));
		EXS_TRY(object_destroy(p->writing, p->own.at[i].handle, error));
		(*ret)++;
	}
	return EXS_OK;
}

exs_status
keyplace_settle(keyplace *p, X509 *x, bool replace, exs_issued **ret, exs_error *error)
{
	const key *k = device_key(p->device);
	EXS_SCOPED(buf) der = BUF(DER_MAX);
	EXS_AUTO(exs_issued) *issued = NULL;
	exs_issued_facts *facts;

	EXS_TRY(keyplace_der(x, &der, error));
	EXS_TRY(issued_new(buf_span(&der), device_token(p->device), hold_uri(device_hold(p->device)),
	                   buf_span(&k->id), buf_span(&k->label), &issued, error));
	EXS_TRY(issued_set_key(issued, device_key_uri(p->device), error));
	facts = issued_facts(issued);
	facts->was_there = is_there(&p->own, buf_span(&der));
	if (!facts->was_there)
		EXS_TRY(keyplace_write(p, x, buf_span(&k->id), buf_span(&k->label), error));
	if (replace)
		EXS_TRY(delete_others(p, buf_span(&der), &facts->replaced, error));
	EXS_GIVE(ret, issued);
	return EXS_OK;
}
