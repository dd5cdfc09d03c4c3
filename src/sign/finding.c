/* What a walk over the devices found, as items for its visitor. */
#include "sign/finding.h"

#include "base/encode.h"
#include "base/error.h"
#include "sign/certificate.h"

enum { ID_ROOM = 2050 };

/* An item with nothing in it, for what does not apply. */
static const exs_inventory_item nothing = {
	.uri = "", .label = "", .module_name = "", .module_path = "", .problem = "",
	.manufacturer = "", .model = "", .serial = "", .firmware = "",
	.id = "", .key_type = "",
	.sensitive = EXS_NOT_TOLD, .extractable = EXS_NOT_TOLD, .never_extractable = EXS_NOT_TOLD,
	.local = EXS_NOT_TOLD, .always_authenticate = EXS_NOT_TOLD,
	.subject = "", .issuer = "", .certificate_serial = "",
	.sha1 = "", .sha256 = "", .public_key_sha256 = "", .matches = "", .key_uri = "",
};

static exs_status
print_id(const buf *id, buf *to, exs_error *error)
{
	buf_clear(to);
	encode_hex(to, buf_span(id), false);
	return buf_check(to, "CKA_ID", error);
}

exs_status
finding_module(const walk *w, const module *m, const char *problem)
{
	EXS_AUTO(chars) *uri = NULL;
	const CK_INFO *info = module_info(m);
	/* Its padded fields have the sizes of a token's. */
	CK_TOKEN_INFO as_token = {0};
	token_names names;
	exs_inventory_item item = nothing;
	const char *name = module_name(m);
	const uri_parts parts = {.module_name = name[0] != '\0' ? name : NULL,
	                         .module_path = name[0] != '\0' ? NULL : module_path(m)};

	memcpy(as_token.label, info->libraryDescription, sizeof as_token.label);
	memcpy(as_token.manufacturerID, info->manufacturerID, sizeof as_token.manufacturerID);
	as_token.firmwareVersion = info->libraryVersion;
	names = token_print(&as_token);
	EXS_TRY(key_uri_make(&parts, &uri, w->error));
	item.kind = EXS_INVENTORY_MODULE;
	item.uri = uri;
	item.label = names.label;
	item.manufacturer = names.manufacturer;
	item.firmware = problem[0] == '\0' ? names.firmware : "";
	item.module_name = name;
	item.module_path = module_path(m);
	item.problem = problem;
	return w->visit(w->self, &item, w->error);
}

exs_status
finding_token(const walk *w, const token *t, const char *problem)
{
	EXS_AUTO(chars) *uri = NULL;
	token_names names = token_print(&t->info);
	CK_FLAGS    flags = t->info.flags;
	exs_inventory_item item = nothing;

	EXS_TRY(token_uri(t, w->uri, &uri, w->error));
	item.kind = EXS_INVENTORY_TOKEN;
	item.uri = uri;
	item.label = names.label;
	item.module_name = module_name(t->module);
	item.module_path = module_path(t->module);
	item.problem = problem;
	item.manufacturer = names.manufacturer;
	item.model = names.model;
	item.serial = names.serial;
	item.firmware = names.firmware;
	item.login_required = (flags & CKF_LOGIN_REQUIRED) != 0;
	item.pin_pad = (flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
	item.pin_count_low = (flags & CKF_USER_PIN_COUNT_LOW) != 0;
	item.pin_final_try = (flags & CKF_USER_PIN_FINAL_TRY) != 0;
	item.pin_locked = (flags & CKF_USER_PIN_LOCKED) != 0;
	item.initialised = (flags & CKF_TOKEN_INITIALIZED) != 0;
	return w->visit(w->self, &item, w->error);
}

exs_status
finding_key(const walk *w, const token *t, const key *k)
{
	EXS_AUTO(chars) *uri = NULL;
	EXS_SCOPED(buf) id = BUF(ID_ROOM);
	char          public_sha256[65] = "";
	key_type_text type = key_print_type(k);
	exs_inventory_item item = nothing;

	EXS_TRY(key_print_uri(k, t, w->uri, &uri, w->error));
	EXS_TRY(print_id(&k->id, &id, w->error));
	if (k->public_der.len > 0)
		certificate_sha256(buf_span(&k->public_der), public_sha256);
	item.kind = EXS_INVENTORY_KEY;
	item.uri = uri;
	item.label = buf_text(&k->label);
	item.module_name = module_name(t->module);
	item.module_path = module_path(t->module);
	item.id = buf_text(&id);
	item.key_type = type.at;
	item.private_visible = k->is_private;
	item.public_key_sha256 = public_sha256;
	if (k->is_private) {
		item.sensitive = k->sensitive;
		item.extractable = k->extractable;
		item.never_extractable = k->never_extractable;
		item.local = k->local;
		item.always_authenticate = k->always_authenticate;
	}
	return w->visit(w->self, &item, w->error);
}

static exs_status
describe_certificate(const walk *w, const certobject *c, exs_inventory_item *item,
                     certificate **ret)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();

	if (certificate_parse(buf_span(&c->der), "the token", ret, cause) != EXS_OK) {
		item->problem = "it cannot be read as an X.509 certificate";
		return error_is(cause, E_NO_MEMORY) ? mem_fail(w->error) : EXS_OK;
	}
	item->subject = (*ret)->subject;
	item->issuer = (*ret)->issuer;
	item->certificate_serial = (*ret)->serial;
	item->sha1 = (*ret)->sha1;
	item->sha256 = (*ret)->sha256;
	item->public_key_sha256 = (*ret)->public_sha256;
	item->not_before = (*ret)->not_before;
	item->not_after = (*ret)->not_after;
	return EXS_OK;
}

/* The private key that goes with it: the one that was seen, or the one beside it. */
static exs_status
print_key(const walk *w, const token *t, const certobject *c, const key *k, char **ret)
{
	span id = buf_span(k != NULL ? &k->id : &c->id), label = buf_span(k != NULL ? &k->label : &c->label);
	const uri_parts parts = {
		.token = &t->info,
		.module_path = module_was_named_by_path(t->module) ? module_path(t->module) : NULL,
		.module_name = w->uri == NULL ? NULL : key_uri_module_name(w->uri),
		.id = id,
		.label = k != NULL || id.len == 0 ? label : span_from(NULL, 0),
		.type = "private",
	};

	return key_uri_make(&parts, ret, w->error);
}

exs_status
finding_certificate(const walk *w, const token *t, const certobject *c, const key *k)
{
	EXS_AUTO(chars) *uri = NULL;
	EXS_AUTO(chars) *its_key = NULL;
	EXS_AUTO(certificate) *parsed = NULL;
	EXS_SCOPED(buf) id = BUF(ID_ROOM), matches = BUF(ID_ROOM);
	exs_inventory_item item = nothing;
	const uri_parts parts = {
		.token = &t->info,
		.module_path = module_was_named_by_path(t->module) ? module_path(t->module) : NULL,
		.module_name = w->uri == NULL ? NULL : key_uri_module_name(w->uri),
		.id = buf_span(&c->id),
		.label = buf_span(&c->label),
		.type = "cert",
	};

	EXS_TRY(key_uri_make(&parts, &uri, w->error));
	EXS_TRY(print_key(w, t, c, k, &its_key));
	EXS_TRY(print_id(&c->id, &id, w->error));
	if (k != NULL)
		EXS_TRY(print_id(&k->id, &matches, w->error));
	item.kind = EXS_INVENTORY_CERTIFICATE;
	item.uri = uri;
	item.label = buf_text(&c->label);
	item.module_name = module_name(t->module);
	item.module_path = module_path(t->module);
	item.id = buf_text(&id);
	item.key_type = k == NULL ? "" : k->public.name;
	item.matches = buf_text(&matches);
	item.key_uri = its_key;
	item.der = (const unsigned char *)c->der.at;
	item.der_len = c->der.len;
	EXS_TRY(describe_certificate(w, c, &item, &parsed));
	return w->visit(w->self, &item, w->error);
}
