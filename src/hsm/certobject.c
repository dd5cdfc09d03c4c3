/* Certificate objects on a token. */
#include "hsm/certobject.h"

#include "base/error.h"
#include "hsm/publickey.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <time.h>

enum { ID_MAX = 1024, LABEL_MAX = 1024 };

static const CK_ATTRIBUTE_TYPE wanted[] = {CKA_ID, CKA_LABEL, CKA_CERTIFICATE_TYPE, CKA_VALUE};

void
certobject_list_done(certobject_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		buf_done(&list->at[i].id);
		buf_done(&list->at[i].label);
		buf_done(&list->at[i].der);
		buf_done(&list->at[i].public_der);
	}
	mem_free(list->at);
	*list = (certobject_list){0};
}

static int64_t
seconds_of(const ASN1_TIME *time)
{
	struct tm tm;

	return ASN1_TIME_to_tm(time, &tm) == 1 ? (int64_t)timegm(&tm) : 0;
}

static void
read_x509(certobject *c)
{
	const unsigned char *at = (const unsigned char *)c->der.at;
	X509          *x509 = c->der.len == 0 ? NULL : d2i_X509(NULL, &at, (long)c->der.len);
	unsigned char *info = NULL;
	int            len = 0;

	if (x509 != NULL) {
		c->not_before = seconds_of(X509_get0_notBefore(x509));
		c->not_after = seconds_of(X509_get0_notAfter(x509));
		len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &info);
		if (len > 0)
			(void)publickey_from_info(span_from((const char *)info, (size_t)len),
			                          &c->public_der);
	}
	OPENSSL_free(info);
	X509_free(x509);
	ERR_clear_error();
}

static exs_status
take(const object *o, certobject *c, exs_error *error)
{
	*c = (certobject){.handle = o->handle,
	                  .id = BUF(ID_MAX),
	                  .label = BUF(LABEL_MAX),
	                  .der = BUF(OBJECT_VALUE_MAX),
	                  .public_der = BUF(PUBLICKEY_MAX)};
	buf_add(&c->id, object_value(o, CKA_ID));
	buf_add(&c->label, object_value(o, CKA_LABEL));
	buf_add(&c->der, object_value(o, CKA_VALUE));
	read_x509(c);
	EXS_TRY(buf_check(&c->id, "CKA_ID of a certificate", error));
	EXS_TRY(buf_check(&c->label, "CKA_LABEL of a certificate", error));
	return buf_check(&c->der, "a certificate", error);
}

exs_status
certobject_list_read(session *s, span id, span label, certobject_list *ret, exs_error *error)
{
	const object_query query = {.class = CKO_CERTIFICATE, .id = id, .label = label};
	EXS_SCOPED(object_handles) handles = {0};
	EXS_SCOPED(certobject_list) list = {0};

	EXS_TRY(object_find(s, &query, &handles, error));
	list.at = mem_new(handles.n, sizeof *list.at);
	if (list.at == NULL)
		return mem_fail(error);
	for (size_t i = 0; i < handles.n; i++) {
		EXS_SCOPED(object) o = {0};
		CK_ULONG type = CKC_X_509;

		EXS_TRY(object_read(s, handles.at[i], wanted, sizeof wanted / sizeof wanted[0], &o,
		                    error));
		(void)object_number(&o, CKA_CERTIFICATE_TYPE, &type);
		if (type == CKC_X_509 && object_value(&o, CKA_VALUE).len > 0)
			EXS_TRY(take(&o, &list.at[list.n++], error));
	}
	*ret = list;
	list = (certobject_list){0};
	return EXS_OK;
}
