/* A key pair on a token. */
#include "hsm/key.h"

#include "base/error.h"

#include <stdio.h>

enum { ID_MAX = 1024, LABEL_MAX = 1024 };

static const CK_ATTRIBUTE_TYPE wanted[] = {
	CKA_ID,          CKA_LABEL,           CKA_KEY_TYPE,       CKA_SIGN,
	CKA_PRIVATE,     CKA_SENSITIVE,       CKA_ALWAYS_SENSITIVE, CKA_EXTRACTABLE,
	CKA_NEVER_EXTRACTABLE, CKA_LOCAL,     CKA_ALWAYS_AUTHENTICATE, CKA_ALLOWED_MECHANISMS,
	CKA_MODULUS,     CKA_PUBLIC_EXPONENT, CKA_EC_PARAMS,      CKA_EC_POINT,
	CKA_PUBLIC_KEY_INFO, CKA_KEY_GEN_MECHANISM,
};

enum { N_WANTED = sizeof wanted / sizeof wanted[0] };

void
key_done(key *k)
{
	buf_done(&k->id);
	buf_done(&k->label);
	buf_done(&k->public_der);
	*k = (key){0};
}

void
key_list_done(key_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		key_done(&list->at[i]);
	mem_free(list->at);
	*list = (key_list){0};
}

static void
read_allowed(const object *o, key *k)
{
	span value = object_value(o, CKA_ALLOWED_MECHANISMS);

	k->n_allowed = value.len / sizeof k->allowed[0];
	if (k->n_allowed > KEY_ALLOWED_MAX)
		k->n_allowed = KEY_ALLOWED_MAX;
	if (k->n_allowed > 0)
		memcpy(k->allowed, value.at, k->n_allowed * sizeof k->allowed[0]);
}

/* An RSA private object may hold the modulus without the exponent, which is then looked up elsewhere. */
static void
read_public_half(const object *o, key *k)
{
	span info = object_value(o, CKA_PUBLIC_KEY_INFO);
	bool told = false;

	if (k->public_der.len > 0)
		return;
	if (k->type == CKK_RSA)
		told = publickey_from_rsa(object_value(o, CKA_MODULUS),
		                          object_value(o, CKA_PUBLIC_EXPONENT), &k->public_der);
	else if (k->type == CKK_EC)
		told = publickey_from_ec(object_value(o, CKA_EC_PARAMS),
		                         object_value(o, CKA_EC_POINT), &k->public_der);
	if (!told)
		(void)publickey_from_info(info, &k->public_der);
	if (k->public_der.len > 0)
		(void)publickey_describe(buf_span(&k->public_der), &k->public);
}

static exs_status
take(const object *o, bool is_private, key *k, exs_error *error)
{
	CK_ULONG type = 0;

	*k = (key){.handle = o->handle,
	           .is_private = is_private,
	           .id = BUF(ID_MAX),
	           .label = BUF(LABEL_MAX),
	           .public_der = BUF(PUBLICKEY_MAX),
	           .made_by = CK_UNAVAILABLE_INFORMATION};
	buf_add(&k->id, object_value(o, CKA_ID));
	buf_add(&k->label, object_value(o, CKA_LABEL));
	if (object_number(o, CKA_KEY_TYPE, &type)) {
		k->type = type;
		k->type_known = type == CKK_RSA || type == CKK_EC;
	}
	k->sign = object_flag(o, CKA_SIGN);
	k->login_wanted = object_flag(o, CKA_PRIVATE);
	k->sensitive = object_flag(o, CKA_SENSITIVE);
	k->always_sensitive = object_flag(o, CKA_ALWAYS_SENSITIVE);
	k->extractable = object_flag(o, CKA_EXTRACTABLE);
	k->never_extractable = object_flag(o, CKA_NEVER_EXTRACTABLE);
	k->local = object_flag(o, CKA_LOCAL);
	k->always_authenticate = object_flag(o, CKA_ALWAYS_AUTHENTICATE);
	(void)object_number(o, CKA_KEY_GEN_MECHANISM, &k->made_by);
	read_allowed(o, k);
	read_public_half(o, k);
	EXS_TRY(buf_check(&k->id, "CKA_ID of a key", error));
	return buf_check(&k->label, "CKA_LABEL of a key", error);
}

exs_status
key_read(session *s, CK_OBJECT_HANDLE handle, bool is_private, key *ret, exs_error *error)
{
	EXS_SCOPED(object) o = {0};
	EXS_SCOPED(key) k = {0};

	EXS_TRY(object_read(s, handle, wanted, N_WANTED, &o, error));
	EXS_TRY(take(&o, is_private, &k, error));
	*ret = k;
	k = (key){0};
	return EXS_OK;
}

exs_status
key_list_read(session *s, const object_query *query, key_list *ret, exs_error *error)
{
	EXS_SCOPED(object_handles) handles = {0};
	EXS_SCOPED(key_list) list = {0};

	EXS_TRY(object_find(s, query, &handles, error));
	list.at = mem_new(handles.n, sizeof *list.at);
	if (list.at == NULL)
		return mem_fail(error);
	for (size_t i = 0; i < handles.n; i++) {
		EXS_SCOPED(object) o = {0};

		EXS_TRY(object_read(s, handles.at[i], wanted, N_WANTED, &o, error));
		EXS_TRY(take(&o, query->class == CKO_PRIVATE_KEY, &list.at[list.n++], error));
	}
	*ret = list;
	list = (key_list){0};
	return EXS_OK;
}

/* Is it the public half of this private key, as far as both tell? */
static bool
may_belong(const object *public, const key *k, span modulus)
{
	CK_ULONG type = 0;
	span     other = object_value(public, CKA_MODULUS);

	if (!object_number(public, CKA_KEY_TYPE, &type) || type != k->type)
		return false;
	return k->type != CKK_RSA || modulus.len == 0 || span_same(modulus, other);
}

exs_status
key_complete(session *s, key *k, exs_error *error)
{
	const object_query query = {
		.class = CKO_PUBLIC_KEY,
		.id = k->id.len > 0 ? buf_span(&k->id) : span_from(NULL, 0),
		.label = k->id.len > 0 ? span_from(NULL, 0) : buf_span(&k->label),
	};
	EXS_SCOPED(object_handles) handles = {0};
	EXS_SCOPED(object) private = {0};

	if (k->public_der.len > 0)
		return EXS_OK;
	EXS_TRY(object_read(s, k->handle, wanted, N_WANTED, &private, error));
	EXS_TRY(object_find(s, &query, &handles, error));
	for (size_t i = 0; i < handles.n && k->public_der.len == 0; i++) {
		EXS_SCOPED(object) public = {0};

		EXS_TRY(object_read(s, handles.at[i], wanted, N_WANTED, &public, error));
		if (may_belong(&public, k, object_value(&private, CKA_MODULUS)))
			read_public_half(&public, k);
	}
	return EXS_OK;
}

key_type_text
key_print_type(const key *k)
{
	key_type_text text;

	if (k->public_der.len > 0)
		snprintf(text.at, sizeof text.at, "%s", k->public.name);
	else if (k->type == CKK_RSA && k->type_known)
		snprintf(text.at, sizeof text.at, "RSA");
	else if (k->type == CKK_EC)
		snprintf(text.at, sizeof text.at, "EC");
	else if (k->type == CKK_EC_EDWARDS)
		snprintf(text.at, sizeof text.at, "Edwards curve");
	else
		snprintf(text.at, sizeof text.at, "key type 0x%lX", k->type);
	return text;
}

exs_status
key_print_uri(const key *k, const token *t, const key_uri *origin, char **ret, exs_error *error)
{
	const uri_parts parts = {
		.token = &t->info,
		.module_path = module_was_named_by_path(t->module) ? module_path(t->module) : NULL,
		.module_name = origin == NULL ? NULL : key_uri_module_name(origin),
		.id = buf_span(&k->id),
		.label = buf_span(&k->label),
		.type = k->is_private ? "private" : "public",
	};

	return key_uri_make(&parts, ret, error);
}
