/* Certificates deleted from a token: exactly one, named by id or label, and only after somebody said yes. */
#include "base/error.h"
#include "hsm/certobject.h"
#include "hsm/objectwrite.h"
#include "sign/attestation.h"
#include "sign/issued.h"

enum { LIST_MAX = 4096 };

static exs_status
list_them(hold *h, const certobject_list *found, buf *to, exs_error *error)
{
	const token *t = hold_token(h);

	for (size_t i = 0; i < found->n; i++) {
		const certobject *c = &found->at[i];
		EXS_AUTO(exs_issued) *one = NULL;

		EXS_TRY(issued_new(buf_span(&c->der), t, hold_uri(h), buf_span(&c->id),
		                   buf_span(&c->label), &one, error));
		buf_addf(to, "%s%s (SHA-1 %s)", i > 0 ? ", " : "", exs_issued_describe(one)->uri,
		         exs_issued_describe(one)->sha1);
	}
	return EXS_OK;
}

static exs_status
check_one(hold *h, const certobject_list *found, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(LIST_MAX);
	exs_status status;

	if (found->n == 1)
		return EXS_OK;
	if (found->n == 0)
		return exs_fail(error, E_CERT_ABSENT, "no certificate matches %s",
		                key_uri_text(hold_uri(h)));
	EXS_TRY(list_them(h, found, &text, error));
	status = exs_fail(error, E_CERT_AMBIGUOUS, "%zu certificates match %s", found->n,
	                  key_uri_text(hold_uri(h)));
	error_why(error, "%s", buf_text(&text));
	return status;
}

/* Is there no other certificate for the same key? */
static exs_status
is_last(session *s, const certobject *c, bool *ret, exs_error *error)
{
	EXS_SCOPED(certobject_list) all = {0};
	size_t n = 0;

	EXS_TRY(certobject_list_read(s, span_from(NULL, 0), span_from(NULL, 0), &all, error));
	for (size_t i = 0; i < all.n; i++)
		if (c->public_der.len > 0 &&
		    span_same(buf_span(&all.at[i].public_der), buf_span(&c->public_der)) &&
		    !attestation_is_one(buf_span(&all.at[i].der)))
			n++;
	*ret = n <= 1;
	return EXS_OK;
}

static exs_status
check_named(const key_uri *uri, exs_error *error)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	exs_status      status;

	if (key_uri_class(uri, &class) && class != CKO_CERTIFICATE)
		return exs_fail(error, E_URI, "%s names no certificate", key_uri_text(uri));
	if (key_uri_id(uri).at != NULL || key_uri_label(uri).at != NULL)
		return EXS_OK;
	status = exs_fail(error, E_URI, "%s does not say which certificate", key_uri_text(uri));
	error_fix(error, "add id= or object=, as exosign hsm list prints them");
	return status;
}

exs_status
exs_certificate_delete(const exs_context *context, const exs_token_access *access,
                       exs_issued_confirm confirm, void *self, exs_issued **ret_issued,
                       exs_error *error)
{
	EXS_AUTO(hold) *h = NULL;
	EXS_AUTO(session) *s = NULL;
	EXS_AUTO(exs_issued) *issued = NULL;
	EXS_SCOPED(certobject_list) found = {0};
	const certobject *c;

	EXS_TRY(hold_access(context, access, &h, error));
	EXS_TRY(check_named(hold_uri(h), error));
	EXS_TRY(session_open(hold_token(h), SESSION_WRITE, &s, error));
	EXS_TRY(hold_login(h, s, error));
	EXS_TRY(certobject_list_read(s, key_uri_id(hold_uri(h)), key_uri_label(hold_uri(h)), &found,
	                             error));
	EXS_TRY(check_one(h, &found, error));
	c = &found.at[0];
	EXS_TRY(issued_new(buf_span(&c->der), hold_token(h), hold_uri(h), buf_span(&c->id),
	                   buf_span(&c->label), &issued, error));
	EXS_TRY(is_last(s, c, &issued_facts(issued)->last_of_key, error));
	EXS_TRY(confirm(self, issued, error));
	EXS_TRY(object_destroy(s, c->handle, error));
	EXS_GIVE(ret_issued, issued);
	return EXS_OK;
}
