/* What was learnt of a key pair. */
#include "sign/keyfacts.h"

#include "base/encode.h"
#include "base/error.h"
#include "hsm/ckm.h"
#include "sign/attestation.h"
#include "sign/certificate.h"

#include <stdio.h>

enum { ATTRIBUTES = 8, ID_ROOM = 2050 };

/* Texts of one key that are freed together. */
typedef struct texts {
	char **at;
	size_t n, room;
} texts;

struct exs_key {
	exs_key_facts        facts;
	texts                owned;
	exs_key_attribute    attributes[ATTRIBUTES];
	const char          *allowed[KEY_ALLOWED_MAX];
	exs_key_certificate *certificates;
	CK_TOKEN_INFO        token;
	buf                  id, label;
};

const exs_key_facts *
exs_key_describe(const exs_key *of)
{
	return &of->facts;
}

void
exs_key_free(exs_key *of)
{
	if (of == NULL)
		return;
	for (size_t i = 0; i < of->owned.n; i++)
		mem_free(of->owned.at[i]);
	mem_free(of->owned.at);
	mem_free(of->certificates);
	buf_done(&of->id);
	buf_done(&of->label);
	mem_free(of);
}

/* Takes over the text. */
static exs_status
own(exs_key *of, char *text, const char **ret, exs_error *error)
{
	texts *o = &of->owned;

	if (o->n == o->room) {
		size_t room = o->room * 2 + 16;
		char **larger = mem_new(room, sizeof *larger);

		if (larger == NULL) {
			mem_free(text);
			return mem_fail(error);
		}
		if (o->n > 0)
			memcpy(larger, o->at, o->n * sizeof *larger);
		mem_free(o->at);
		o->at = larger;
		o->room = room;
	}
	o->at[o->n++] = text;
	*ret = text;
	return EXS_OK;
}

static exs_status
keep(exs_key *of, const char *text, const char **ret, exs_error *error)
{
	char *copy = NULL;

	EXS_TRY(mem_copy(text, &copy, error));
	return own(of, copy, ret, error);
}

static exs_status
keep_key(exs_key *of, const key *k, const token *t, const key_uri *origin, exs_error *error)
{
	EXS_SCOPED(buf) hex = BUF(ID_ROOM);
	char  public_sha256[65] = "";
	char *uri = NULL;

	of->id = BUF(ID_ROOM);
	of->label = BUF(ID_ROOM);
	buf_add(&of->id, buf_span(&k->id));
	buf_add(&of->label, buf_span(&k->label));
	encode_hex(&hex, buf_span(&k->id), false);
	EXS_TRY(buf_check(&of->id, "CKA_ID of a key", error));
	EXS_TRY(buf_check(&of->label, "CKA_LABEL of a key", error));
	EXS_TRY(buf_check(&hex, "CKA_ID of a key", error));
	if (k->public_der.len > 0)
		certificate_sha256(buf_span(&k->public_der), public_sha256);
	EXS_TRY(key_print_uri(k, t, origin, &uri, error));
	EXS_TRY(own(of, uri, &of->facts.uri, error));
	EXS_TRY(keep(of, buf_text(&k->label), &of->facts.label, error));
	EXS_TRY(keep(of, buf_text(&hex), &of->facts.id, error));
	EXS_TRY(keep(of, public_sha256, &of->facts.public_key_sha256, error));
	return keep(of, key_print_type(k).at, &of->facts.type, error);
}

static exs_status
keep_token(exs_key *of, const token *t, const key_uri *origin, exs_error *error)
{
	token_names    names = token_print(&t->info);
	exs_key_facts *f = &of->facts;
	char          *uri = NULL;

	of->token = t->info;
	EXS_TRY(token_uri(t, origin, &uri, error));
	EXS_TRY(own(of, uri, &f->token_uri, error));
	EXS_TRY(keep(of, names.label, &f->token_label, error));
	EXS_TRY(keep(of, names.serial, &f->token_serial, error));
	EXS_TRY(keep(of, names.model, &f->token_model, error));
	EXS_TRY(keep(of, names.manufacturer, &f->token_manufacturer, error));
	return keep(of, names.firmware, &f->token_firmware, error);
}

static exs_status
keep_module(exs_key *of, const module *m, exs_error *error)
{
	const CK_INFO *info = module_info(m);
	char           version[16];
	span           description = span_from((const char *)info->libraryDescription,
	                                       sizeof info->libraryDescription);
	char          *text;

	snprintf(version, sizeof version, "%u.%u", info->libraryVersion.major,
	         info->libraryVersion.minor);
	description = span_trim(description);
	text = mem_text(description.at, description.len);
	if (text == NULL)
		return mem_fail(error);
	EXS_TRY(own(of, text, &of->facts.module_description, error));
	EXS_TRY(keep(of, module_path(m), &of->facts.module_path, error));
	return keep(of, version, &of->facts.module_version, error);
}

static exs_status
keep_claims(exs_key *of, const key *k, exs_error *error)
{
	const exs_key_attribute claims[ATTRIBUTES] = {
		{"sensitive", k->sensitive},     {"always_sensitive", k->always_sensitive},
		{"extractable", k->extractable}, {"never_extractable", k->never_extractable},
		{"local", k->local},             {"always_authenticate", k->always_authenticate},
		{"private", k->login_wanted},    {"sign", k->sign},
	};
	bool told = k->made_by != CK_UNAVAILABLE_INFORMATION;

	memcpy(of->attributes, claims, sizeof claims);
	for (size_t i = 0; i < k->n_allowed; i++)
		EXS_TRY(keep(of, ckm_print(k->allowed[i]).at, &of->allowed[i], error));
	of->facts.attributes = of->attributes;
	of->facts.n_attributes = ATTRIBUTES;
	of->facts.allowed_mechanisms = of->allowed;
	of->facts.n_allowed_mechanisms = k->n_allowed;
	return keep(of, told ? ckm_print(k->made_by).at : "", &of->facts.key_gen_mechanism, error);
}

static exs_status
keep_certificate(exs_key *of, const certobject *c, const token *t, const key_uri *origin,
                 exs_error *error)
{
	EXS_AUTO(certificate) *parsed = NULL;
	exs_key_certificate *to = &of->certificates[of->facts.n_certificates];
	char *uri = NULL;
	const uri_parts parts = {
		.token = &t->info,
		.module_path = module_was_named_by_path(t->module) ? module_path(t->module) : NULL,
		.module_name = origin == NULL ? NULL : key_uri_module_name(origin),
		.id = buf_span(&c->id),
		.label = buf_span(&c->label),
		.type = "cert",
	};

	EXS_TRY(certificate_parse(buf_span(&c->der), "the token", &parsed, error));
	EXS_TRY(key_uri_make(&parts, &uri, error));
	EXS_TRY(own(of, uri, &to->uri, error));
	EXS_TRY(keep(of, buf_text(&c->label), &to->label, error));
	EXS_TRY(keep(of, parsed->subject, &to->subject, error));
	EXS_TRY(keep(of, parsed->issuer, &to->issuer, error));
	EXS_TRY(keep(of, parsed->serial, &to->serial, error));
	EXS_TRY(keep(of, parsed->sha1, &to->sha1, error));
	EXS_TRY(keep(of, parsed->sha256, &to->sha256, error));
	to->not_before = parsed->not_before;
	to->not_after = parsed->not_after;
	to->attestation = attestation_is_one(buf_span(&c->der));
	of->facts.n_certificates++;
	return EXS_OK;
}

static exs_status
keep_certificates(exs_key *of, const key *k, const token *t, const key_uri *origin,
                  const certobject_list *all, exs_error *error)
{
	of->certificates = mem_new(all->n, sizeof *of->certificates);
	if (of->certificates == NULL)
		return mem_fail(error);
	for (size_t i = 0; i < all->n; i++)
		if (publickey_same(buf_span(&all->at[i].public_der), buf_span(&k->public_der)))
			EXS_TRY(keep_certificate(of, &all->at[i], t, origin, error));
	of->facts.certificates = of->certificates;
	return EXS_OK;
}

exs_status
keyfacts_new(const key *k, const token *t, const key_uri *origin,
             const certobject_list *certificates, exs_key **ret, exs_error *error)
{
	EXS_AUTO(exs_key) *of = mem_new(1, sizeof *of);

	if (of == NULL)
		return mem_fail(error);
	EXS_TRY(keep_key(of, k, t, origin, error));
	EXS_TRY(keep_token(of, t, origin, error));
	EXS_TRY(keep_module(of, t->module, error));
	EXS_TRY(keep_claims(of, k, error));
	EXS_TRY(keep_certificates(of, k, t, origin, certificates, error));
	EXS_GIVE(ret, of);
	return EXS_OK;
}

static bool
has_certificate_named(const exs_key *of, span label)
{
	for (size_t i = 0; i < of->facts.n_certificates; i++)
		if (span_is(label, of->certificates[i].label))
			return true;
	return false;
}

static bool
has_thumbprint(const exs_key *of, span thumbprint)
{
	for (size_t i = 0; i < of->facts.n_certificates; i++)
		if (span_is_nocase(thumbprint, of->certificates[i].sha1) ||
		    span_is_nocase(thumbprint, of->certificates[i].sha256))
			return true;
	return false;
}

bool
exs_key_is_named_by(const exs_key *of, const char *name)
{
	static const char by_thumbprint[] = "thumbprint:";
	EXS_AUTO(key_uri) *uri = NULL;
	span id, label, text = span_of(name);

	if (span_starts_nocase(text, by_thumbprint))
		return has_thumbprint(of, span_from(name + sizeof by_thumbprint - 1,
		                                     text.len - (sizeof by_thumbprint - 1)));
	if (key_uri_parse(name, &uri, NULL) != EXS_OK || !key_uri_matches_token(uri, &of->token))
		return false;
	id = key_uri_id(uri);
	label = key_uri_label(uri);
	if (id.at != NULL && !span_same(id, buf_span(&of->id)))
		return false;
	return label.at == NULL || span_same(label, buf_span(&of->label)) ||
	       (id.at == NULL && has_certificate_named(of, label));
}
