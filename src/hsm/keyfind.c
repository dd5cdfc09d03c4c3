/* Exactly one private key for a URI. */
#include "hsm/keyfind.h"

#include "base/error.h"
#include "base/moment.h"
#include "hsm/certobject.h"

enum { LISTED_MAX = 8, LIST_ROOM = 4000 };

static bool
can_sign(const key *k)
{
	return k->type_known && k->sign != EXS_NO;
}

/* Keys that cannot sign are no candidates beside one that can. */
static void
drop_unfit(key_list *list)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (can_sign(&list->at[i]))
			list->at[n++] = list->at[i];
		else
			key_done(&list->at[i]);
	}
	list->n = n;
}

static exs_status
check_class(const key_uri *uri, exs_error *error)
{
	CK_OBJECT_CLASS class;
	exs_status      status;

	if (!key_uri_class(uri, &class) || class == CKO_PRIVATE_KEY || class == CKO_PUBLIC_KEY ||
	    class == CKO_CERTIFICATE)
		return EXS_OK;
	status = exs_fail(error, E_URI, "the key URI names something that is no key pair");
	error_fix(error, "type=private, or leave type out");
	return status;
}

static exs_status
add_key_of(session *s, const certobject *cert, key_list *ret, exs_error *error)
{
	const object_query by_id = {.class = CKO_PRIVATE_KEY,
	                            .id = cert->id.len > 0 ? buf_span(&cert->id)
	                                                   : span_from(NULL, 0)};
	EXS_SCOPED(key_list) keys = {0};

	EXS_TRY(key_list_read(s, &by_id, &keys, error));
	for (size_t i = 0; i < keys.n; i++) {
		EXS_TRY(key_complete(s, &keys.at[i], error));
		if (ret->n > 0 || !publickey_same(buf_span(&keys.at[i].public_der),
		                                  buf_span(&cert->public_der)))
			continue;
		ret->at[ret->n++] = keys.at[i];
		keys.at[i] = (key){0};
	}
	return EXS_OK;
}

/* The label is no key's: is it a certificate's? Then the key is the one with the same public half. */
static exs_status
find_by_certificate(session *s, span label, key_list *ret, exs_error *error)
{
	EXS_SCOPED(certobject_list) certs = {0};

	EXS_TRY(certobject_list_read(s, span_from(NULL, 0), label, &certs, error));
	if (certs.n == 0)
		return EXS_OK;
	key_list_done(ret);
	ret->at = mem_new(1, sizeof *ret->at);
	if (ret->at == NULL)
		return mem_fail(error);
	for (size_t i = 0; i < certs.n && ret->n == 0; i++)
		EXS_TRY(add_key_of(s, &certs.at[i], ret, error));
	return EXS_OK;
}

static const certobject *
certificate_of(const key *k, const certobject_list *certs)
{
	for (size_t i = 0; i < certs->n; i++)
		if (publickey_same(buf_span(&k->public_der), buf_span(&certs->at[i].public_der)))
			return &certs->at[i];
	return NULL;
}

static exs_status
describe(key *k, const token *t, const key_uri *origin, const certobject_list *certs, buf *to,
         exs_error *error)
{
	EXS_AUTO(chars) *uri = NULL;
	const certobject *cert = certificate_of(k, certs);

	EXS_TRY(key_print_uri(k, t, origin, &uri, error));
	buf_addf(to, "%s%s (%s", to->len > 0 ? "  or  " : "", uri, key_print_type(k).at);
	if (cert != NULL)
		buf_addf(to, ", certificate until %.10s", moment_print(cert->not_after).at);
	buf_puts(to, ")");
	return EXS_OK;
}

static exs_status
list_keys(session *s, const token *t, const key_uri *origin, key_list *keys, buf *to,
          exs_error *error)
{
	EXS_SCOPED(certobject_list) certs = {0};

	EXS_TRY(certobject_list_read(s, span_from(NULL, 0), span_from(NULL, 0), &certs, error));
	for (size_t i = 0; i < keys->n && i < LISTED_MAX; i++) {
		EXS_TRY(key_complete(s, &keys->at[i], error));
		EXS_TRY(describe(&keys->at[i], t, origin, &certs, to, error));
	}
	if (keys->n > LISTED_MAX)
		buf_addf(to, "  and %zu more", keys->n - LISTED_MAX);
	return EXS_OK;
}

static exs_status
fail_ambiguous(session *s, const token *t, const key_uri *uri, key_list *keys, exs_error *error)
{
	EXS_SCOPED(buf) listed = BUF(LIST_ROOM);
	exs_status status;

	EXS_TRY(list_keys(s, t, uri, keys, &listed, error));
	status = exs_fail(error, E_KEY_AMBIGUOUS, "%zu private keys match %s", keys->n,
	                  key_uri_text(uri));
	error_why(error, "%s", buf_text(&listed));
	return status;
}

exs_status
keyfind_any_visible(session *s, const key_uri *uri, bool *ret_any, exs_error *error)
{
	const object_query all = {.class = CKO_PRIVATE_KEY};
	EXS_SCOPED(object_handles) handles = {0};

	EXS_TRY(check_class(uri, error));
	EXS_TRY(object_find(s, &all, &handles, error));
	*ret_any = handles.n > 0;
	return EXS_OK;
}

exs_status
keyfind_visible(session *s, const token *t, const key_uri *uri, key *ret_key, bool *ret_found,
                exs_error *error)
{
	const object_query query = {
		.class = CKO_PRIVATE_KEY, .id = key_uri_id(uri), .label = key_uri_label(uri)};
	bool is_named = query.id.at != NULL || query.label.at != NULL;
	EXS_SCOPED(key_list) keys = {0};

	EXS_TRY(check_class(uri, error));
	EXS_TRY(key_list_read(s, &query, &keys, error));
	if (keys.n == 0 && query.id.at == NULL && query.label.at != NULL)
		EXS_TRY(find_by_certificate(s, query.label, &keys, error));
	/* One that was named is taken as it is, so that its fault can be told (keypolicy.h). */
	if (!is_named || keys.n > 1)
		drop_unfit(&keys);
	if (keys.n > 1)
		return fail_ambiguous(s, t, uri, &keys, error);
	*ret_found = keys.n == 1;
	if (keys.n == 1) {
		EXS_TRY(key_complete(s, &keys.at[0], error));
		*ret_key = keys.at[0];
		keys.at[0] = (key){0};
	}
	return EXS_OK;
}

exs_status
keyfind_fail_absent(session *s, const token *t, const key_uri *uri, exs_error *error)
{
	const object_query all = {.class = CKO_PRIVATE_KEY};
	EXS_SCOPED(key_list) keys = {0};
	EXS_SCOPED(buf) listed = BUF(LIST_ROOM);
	token_names names = token_print(&t->info);
	exs_status  status;

	EXS_TRY(key_list_read(s, &all, &keys, error));
	EXS_TRY(list_keys(s, t, uri, &keys, &listed, error));
	status = exs_fail(error, E_KEY_ABSENT, "no private key on token \"%s\" matches %s", names.label,
	                  key_uri_text(uri));
	if (keys.n > 0)
		error_why(error, "keys there: %s", buf_text(&listed));
	else
		error_why(error, "the token shows no private key at all");
	return status;
}
