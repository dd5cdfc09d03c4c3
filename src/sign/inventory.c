/*
 * What devices there are. Never asks for a PIN: sessions are opened, nobody logs in.
 */
#include "base/encode.h"
#include "base/error.h"
#include "hsm/certobject.h"
#include "hsm/ckr.h"
#include "hsm/key.h"
#include "hsm/moduleset.h"
#include "sign/certificate.h"

#include <exosign/inventory.h>

enum { DEADLINE_DEFAULT_MS = 30000, ID_ROOM = 2050 };

typedef struct walk {
	const exs_context  *context;
	const key_uri      *uri; /* NULL: everything */
	exs_inventory_visit visit;
	void               *self;
	exs_error          *error;
} walk;

/* An item with nothing in it, for what does not apply. */
static const exs_inventory_item nothing = {
	.uri = "", .label = "", .module_name = "", .module_path = "", .problem = "",
	.manufacturer = "", .model = "", .serial = "", .firmware = "",
	.id = "", .key_type = "",
	.sensitive = EXS_NOT_TOLD, .extractable = EXS_NOT_TOLD, .never_extractable = EXS_NOT_TOLD,
	.local = EXS_NOT_TOLD, .always_authenticate = EXS_NOT_TOLD,
	.subject = "", .issuer = "", .certificate_serial = "",
	.sha1 = "", .sha256 = "", .public_key_sha256 = "", .matches = "",
};

static bool
is_wanted_class(const walk *w, CK_OBJECT_CLASS class)
{
	CK_OBJECT_CLASS wanted;

	if (w->uri == NULL || !key_uri_class(w->uri, &wanted))
		return true;
	return wanted == class || (class == CKO_PRIVATE_KEY && wanted == CKO_PUBLIC_KEY);
}

static bool
is_wanted(const walk *w, const buf *id, const buf *label)
{
	span wanted_id, wanted_label;

	if (w->uri == NULL)
		return true;
	wanted_id = key_uri_id(w->uri);
	wanted_label = key_uri_label(w->uri);
	return (wanted_id.at == NULL || span_same(wanted_id, buf_span(id))) &&
	       (wanted_label.at == NULL || span_same(wanted_label, buf_span(label)));
}

static exs_status
print_id(const buf *id, buf *to, exs_error *error)
{
	buf_clear(to);
	encode_hex(to, buf_span(id), false);
	return buf_check(to, "CKA_ID", error);
}

static exs_status
show_module(const walk *w, const module *m, const char *problem)
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

static exs_status
show_token(const walk *w, const token *t, const char *problem)
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

static exs_status
show_key(const walk *w, const token *t, const key *k)
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

typedef struct objects {
	key_list        privates, publics;
	certobject_list certificates;
} objects;

static void
objects_done(objects *o)
{
	key_list_done(&o->privates);
	key_list_done(&o->publics);
	certobject_list_done(&o->certificates);
}

static const key *
key_of(const certobject *c, const objects *all)
{
	const key_list *lists[] = {&all->privates, &all->publics};

	for (size_t l = 0; l < 2; l++)
		for (size_t i = 0; i < lists[l]->n; i++)
			if (publickey_same(buf_span(&lists[l]->at[i].public_der), buf_span(&c->public_der)))
				return &lists[l]->at[i];
	return NULL;
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

static exs_status
show_certificate(const walk *w, const token *t, const certobject *c, const objects *all)
{
	EXS_AUTO(chars) *uri = NULL;
	EXS_AUTO(certificate) *parsed = NULL;
	EXS_SCOPED(buf) id = BUF(ID_ROOM), matches = BUF(ID_ROOM);
	const key *k = key_of(c, all);
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
	EXS_TRY(describe_certificate(w, c, &item, &parsed));
	return w->visit(w->self, &item, w->error);
}

static exs_status
read_objects(session *s, objects *ret, exs_error *error)
{
	const object_query privates = {.class = CKO_PRIVATE_KEY}, publics = {.class = CKO_PUBLIC_KEY};

	EXS_TRY(key_list_read(s, &privates, &ret->privates, error));
	EXS_TRY(key_list_read(s, &publics, &ret->publics, error));
	for (size_t i = 0; i < ret->privates.n; i++)
		EXS_TRY(key_complete(s, &ret->privates.at[i], error));
	return certobject_list_read(s, span_from(NULL, 0), span_from(NULL, 0), &ret->certificates,
	                            error);
}

/* A public object beside its private one is the same key pair. */
static bool
is_half_of(const key *public, const key_list *privates)
{
	for (size_t i = 0; i < privates->n; i++)
		if (privates->at[i].type == public->type &&
		    span_same(buf_span(&privates->at[i].id), buf_span(&public->id)) &&
		    (public->id.len > 0 ||
		     span_same(buf_span(&privates->at[i].label), buf_span(&public->label))))
			return true;
	return false;
}

static exs_status
show_objects(const walk *w, const token *t, const objects *o)
{
	for (size_t i = 0; i < o->privates.n && is_wanted_class(w, CKO_PRIVATE_KEY); i++)
		if (is_wanted(w, &o->privates.at[i].id, &o->privates.at[i].label))
			EXS_TRY(show_key(w, t, &o->privates.at[i]));
	for (size_t i = 0; i < o->publics.n && is_wanted_class(w, CKO_PRIVATE_KEY); i++)
		if (is_wanted(w, &o->publics.at[i].id, &o->publics.at[i].label) &&
		    !is_half_of(&o->publics.at[i], &o->privates))
			EXS_TRY(show_key(w, t, &o->publics.at[i]));
	for (size_t i = 0; i < o->certificates.n && is_wanted_class(w, CKO_CERTIFICATE); i++)
		if (is_wanted(w, &o->certificates.at[i].id, &o->certificates.at[i].label))
			EXS_TRY(show_certificate(w, t, &o->certificates.at[i], o));
	return EXS_OK;
}

/* Trouble with one token is part of the finding; only giving up stops the walk. */
static exs_status
walk_token(const walk *w, const token *t)
{
	EXS_AUTO(session) *s = NULL;
	EXS_SCOPED(objects) found = {0};
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	exs_status status = EXS_OK;

	if (w->uri != NULL && (!key_uri_matches_token(w->uri, &t->info) ||
	                       !key_uri_matches_slot(w->uri, t->slot, &t->slot_info)))
		return EXS_OK;
	if (t->rv != CKR_OK)
		return show_token(w, t, ckr_print(t->rv).at);
	if ((t->info.flags & CKF_TOKEN_INITIALIZED) == 0)
		return show_token(w, t, "");
	status = session_open(t, SESSION_READ, &s, cause);
	if (status == EXS_OK)
		status = read_objects(s, &found, cause);
	if (status == EXS_CANCELLED)
		return exs_fail(w->error, E_INTERRUPTED, "interrupted");
	EXS_TRY(show_token(w, t, status == EXS_OK ? "" : exs_error_message(cause)));
	return show_objects(w, t, &found);
}

static exs_status
walk_module(const walk *w, module *m)
{
	EXS_SCOPED(token_list) tokens = {0};
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	exs_status status;

	if (module_problem(m)[0] != '\0')
		return show_module(w, m, module_problem(m));
	if (w->uri != NULL && !key_uri_matches_module(w->uri, module_info(m)))
		return EXS_OK;
	status = token_survey(m, &tokens, cause);
	EXS_TRY(show_module(w, m, status == EXS_OK ? "" : exs_error_message(cause)));
	for (size_t i = 0; i < tokens.n; i++) {
		EXS_TRY(context_check(w->context, w->error));
		EXS_TRY(walk_token(w, &tokens.at[i]));
	}
	return EXS_OK;
}

exs_status
exs_inventory_walk(const exs_context *context, const char *uri, int64_t deadline_ms,
                   exs_inventory_visit visit, void *self, exs_error *error)
{
	EXS_AUTO(key_uri) *parsed = NULL;
	EXS_SCOPED(module_set) modules = {0};
	walk w = {.context = context, .visit = visit, .self = self, .error = error};

	if (uri != NULL)
		EXS_TRY(key_uri_parse(uri, &parsed, error));
	w.uri = parsed;
	EXS_TRY(module_set_open(context, parsed, deadline_ms > 0 ? deadline_ms : DEADLINE_DEFAULT_MS,
	                        &modules, error));
	for (size_t i = 0; i < modules.n; i++)
		EXS_TRY(walk_module(&w, modules.at[i]));
	return EXS_OK;
}
