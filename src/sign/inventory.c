/*
 * What devices there are. Never asks for a PIN: sessions are opened, nobody logs in.
 */
#include "base/error.h"
#include "hsm/ckr.h"
#include "hsm/moduleset.h"
#include "sign/certificate.h"
#include "sign/finding.h"

enum { DEADLINE_DEFAULT_MS = 30000 };

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

	if (w->uri == NULL || w->wanted != NULL)
		return true;
	wanted_id = key_uri_id(w->uri);
	wanted_label = key_uri_label(w->uri);
	return (wanted_id.at == NULL || span_same(wanted_id, buf_span(id))) &&
	       (wanted_label.at == NULL || span_same(wanted_label, buf_span(label)));
}

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

static bool
is_the_wanted(const walk *w, const certobject *c)
{
	return w->wanted == NULL || certificate_has_digest(buf_span(&c->der), w->wanted);
}

static bool
has_wanted(const walk *w, const certobject_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (is_the_wanted(w, &list->at[i]))
			return true;
	return false;
}

/* Certificates first: a token without the one that is looked for need not show its keys, which may be hundreds. */
static exs_status
read_objects(const walk *w, session *s, objects *ret, exs_error *error)
{
	const object_query privates = {.class = CKO_PRIVATE_KEY}, publics = {.class = CKO_PUBLIC_KEY};

	EXS_TRY(certobject_list_read(s, span_from(NULL, 0), span_from(NULL, 0), &ret->certificates,
	                             error));
	if (w->wanted != NULL && !has_wanted(w, &ret->certificates))
		return EXS_OK;
	EXS_TRY(key_list_read(s, &privates, &ret->privates, error));
	EXS_TRY(key_list_read(s, &publics, &ret->publics, error));
	for (size_t i = 0; i < ret->privates.n; i++)
		EXS_TRY(key_complete(s, &ret->privates.at[i], error));
	return EXS_OK;
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

/* Is the public half of a key that the URI names known? Then it decides, else the certificate's own names. */
static bool
is_of_named_key(const walk *w, const certobject *c, const objects *o)
{
	const key_list *lists[] = {&o->privates, &o->publics};
	const key      *k = key_of(c, o);

	for (size_t l = 0; l < 2; l++)
		for (size_t i = 0; i < lists[l]->n; i++)
			if (lists[l]->at[i].public_der.len > 0 &&
			    is_wanted(w, &lists[l]->at[i].id, &lists[l]->at[i].label))
				return k != NULL && is_wanted(w, &k->id, &k->label);
	return is_wanted(w, &c->id, &c->label);
}

static bool
is_chosen(const walk *w, const certobject *c, const objects *o)
{
	CK_OBJECT_CLASS class;

	if (!is_the_wanted(w, c))
		return false;
	if (!w->of_keys || w->uri == NULL || (key_uri_class(w->uri, &class) && class == CKO_CERTIFICATE))
		return is_wanted_class(w, CKO_CERTIFICATE) && is_wanted(w, &c->id, &c->label);
	if (key_uri_id(w->uri).at == NULL && key_uri_label(w->uri).at == NULL)
		return true;
	return is_of_named_key(w, c, o);
}

static exs_status
show_keys(const walk *w, const token *t, const objects *o)
{
	for (size_t i = 0; i < o->privates.n; i++)
		if (is_wanted(w, &o->privates.at[i].id, &o->privates.at[i].label))
			EXS_TRY(finding_key(w, t, &o->privates.at[i]));
	for (size_t i = 0; i < o->publics.n; i++)
		if (is_wanted(w, &o->publics.at[i].id, &o->publics.at[i].label) &&
		    !is_half_of(&o->publics.at[i], &o->privates))
			EXS_TRY(finding_key(w, t, &o->publics.at[i]));
	return EXS_OK;
}

static exs_status
show_objects(const walk *w, const token *t, const objects *o)
{
	if (!w->of_keys && is_wanted_class(w, CKO_PRIVATE_KEY))
		EXS_TRY(show_keys(w, t, o));
	for (size_t i = 0; i < o->certificates.n; i++)
		if (is_chosen(w, &o->certificates.at[i], o))
			EXS_TRY(finding_certificate(w, t, &o->certificates.at[i],
			                            key_of(&o->certificates.at[i], o)));
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
		return finding_token(w, t, ckr_print(t->rv).at);
	if ((t->info.flags & CKF_TOKEN_INITIALIZED) == 0)
		return finding_token(w, t, "");
	status = session_open(t, SESSION_READ, &s, cause);
	if (status == EXS_OK)
		status = read_objects(w, s, &found, cause);
	if (status == EXS_CANCELLED)
		return exs_fail(w->error, E_INTERRUPTED, "interrupted");
	EXS_TRY(finding_token(w, t, status == EXS_OK ? "" : exs_error_message(cause)));
	return show_objects(w, t, &found);
}

static exs_status
walk_module(const walk *w, module *m)
{
	EXS_SCOPED(token_list) tokens = {0};
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	exs_status status;

	if (module_problem(m)[0] != '\0')
		return finding_module(w, m, module_problem(m));
	if (w->uri != NULL && !key_uri_matches_module(w->uri, module_info(m)))
		return EXS_OK;
	status = token_survey(m, &tokens, cause);
	EXS_TRY(finding_module(w, m, status == EXS_OK ? "" : exs_error_message(cause)));
	for (size_t i = 0; i < tokens.n; i++) {
		EXS_TRY(context_check(w->context, w->error));
		EXS_TRY(walk_token(w, &tokens.at[i]));
	}
	return EXS_OK;
}

static exs_status
walk_all(walk *w, const char *uri, int64_t deadline_ms)
{
	EXS_AUTO(key_uri) *parsed = NULL;
	EXS_SCOPED(module_set) modules = {0};

	if (uri != NULL)
		EXS_TRY(key_uri_parse(uri, &parsed, w->error));
	w->uri = parsed;
	EXS_TRY(module_set_open(w->context, parsed, deadline_ms > 0 ? deadline_ms : DEADLINE_DEFAULT_MS,
	                        &modules, w->error));
	for (size_t i = 0; i < modules.n; i++)
		EXS_TRY(walk_module(w, modules.at[i]));
	return EXS_OK;
}

exs_status
exs_inventory_walk(const exs_context *context, const char *uri, int64_t deadline_ms,
                   exs_inventory_visit visit, void *self, exs_error *error)
{
	walk w = {.context = context, .visit = visit, .self = self, .error = error};

	return walk_all(&w, uri, deadline_ms);
}

exs_status
inventory_certificates(const exs_context *context, const inventory_scope *scope,
                       exs_inventory_visit visit, void *self, exs_error *error)
{
	walk w = {.context = context, .visit = visit, .self = self, .error = error,
	          .of_keys = true, .wanted = scope->wanted};

	return walk_all(&w, scope->uri, scope->deadline_ms);
}
