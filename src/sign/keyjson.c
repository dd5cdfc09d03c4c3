/* What was learnt of a key as JSON. */
#include "sign/keyjson.h"

#include "base/jsontext.h"
#include "base/moment.h"

enum { LIST_MAX = 1024 * 1024 };

static const char *const told[] = {
	[EXS_NO] = "no", [EXS_YES] = "yes", [EXS_NOT_TOLD] = "not told",
};

static exs_status
add_allowed(jsonobject *o, const exs_key_facts *f, exs_error *error)
{
	EXS_SCOPED(buf) list = BUF(LIST_MAX);

	buf_byte(&list, '[');
	for (size_t i = 0; i < f->n_allowed_mechanisms; i++) {
		if (i > 0)
			buf_byte(&list, ',');
		jsontext_quote(&list, span_of(f->allowed_mechanisms[i]));
	}
	buf_byte(&list, ']');
	EXS_TRY(buf_check(&list, "the allowed mechanisms", error));
	if (f->n_allowed_mechanisms == 0)
		jsonobject_text(o, "allowed_mechanisms", "not told");
	else
		jsonobject_json(o, "allowed_mechanisms", buf_span(&list));
	return EXS_OK;
}

static exs_status
add_attributes(jsonobject *o, const exs_key_facts *f, exs_error *error)
{
	EXS_SCOPED(jsonobject) attributes = {0};
	bool made = f->key_gen_mechanism[0] != '\0';
	span json;

	jsonobject_init(&attributes);
	for (size_t i = 0; i < f->n_attributes; i++)
		jsonobject_text(&attributes, f->attributes[i].name, told[f->attributes[i].value]);
	jsonobject_text(&attributes, "key_gen_mechanism", made ? f->key_gen_mechanism : told[EXS_NOT_TOLD]);
	EXS_TRY(add_allowed(&attributes, f, error));
	json = jsonobject_end(&attributes);
	EXS_TRY(buf_check(&attributes.text, "the attributes of a key", error));
	jsonobject_json(o, "attributes", json);
	return EXS_OK;
}

static exs_status
add_certificate(buf *list, const exs_key_certificate *c, exs_error *error)
{
	EXS_SCOPED(jsonobject) o = {0};
	span json;

	jsonobject_init(&o);
	jsonobject_text(&o, "subject", c->subject);
	jsonobject_text(&o, "issuer", c->issuer);
	jsonobject_text(&o, "serial", c->serial);
	jsonobject_text(&o, "sha1", c->sha1);
	jsonobject_text(&o, "sha256", c->sha256);
	jsonobject_text(&o, "not_before", moment_print(c->not_before).at);
	jsonobject_text(&o, "not_after", moment_print(c->not_after).at);
	jsonobject_flag(&o, "attestation", c->attestation);
	jsonobject_text(&o, "label", c->label);
	jsonobject_text(&o, "uri", c->uri);
	json = jsonobject_end(&o);
	EXS_TRY(buf_check(&o.text, "a certificate", error));
	if (list->len > 1)
		buf_byte(list, ',');
	buf_add(list, json);
	return EXS_OK;
}

static exs_status
add_certificates(jsonobject *o, const exs_key_facts *f, exs_error *error)
{
	EXS_SCOPED(buf) list = BUF(LIST_MAX);

	buf_byte(&list, '[');
	for (size_t i = 0; i < f->n_certificates; i++)
		EXS_TRY(add_certificate(&list, &f->certificates[i], error));
	buf_byte(&list, ']');
	EXS_TRY(buf_check(&list, "the certificates of a key", error));
	jsonobject_json(o, "certificates", buf_span(&list));
	return EXS_OK;
}

/* Tokens that are files on this machine, by the model they give themselves. */
static const char *const in_software[] = {"SoftHSM", "SoftHSM v2", "NSS 3", "Soft"};

static bool
is_in_software(const char *model)
{
	for (size_t i = 0; i < sizeof in_software / sizeof in_software[0]; i++)
		if (strcmp(in_software[i], model) == 0)
			return true;
	return false;
}

exs_status
keyjson_add(jsonobject *o, const exs_key_facts *f, exs_error *error)
{
	jsonobject_text(o, "uri", f->uri);
	jsonobject_text(o, "label", f->label);
	jsonobject_text(o, "type", f->type);
	jsonobject_text(o, "id", f->id);
	jsonobject_text(o, "token", f->token_label);
	jsonobject_text(o, "token_serial", f->token_serial);
	jsonobject_text(o, "token_model", f->token_model);
	jsonobject_text(o, "software_token", told[is_in_software(f->token_model) ? EXS_YES : EXS_NOT_TOLD]);
	jsonobject_text(o, "public_key_sha256", f->public_key_sha256);
	return add_attributes(o, f, error);
}

exs_status
exs_key_print(const exs_key *key, bool with_certificates, char **ret_json, exs_error *error)
{
	const exs_key_facts *f = exs_key_describe(key);
	EXS_SCOPED(jsonobject) o = {0};

	jsonobject_init(&o);
	EXS_TRY(keyjson_add(&o, f, error));
	if (with_certificates)
		EXS_TRY(add_certificates(&o, f, error));
	(void)jsonobject_end(&o);
	return buf_take(&o.text, "a key", ret_json, error);
}
