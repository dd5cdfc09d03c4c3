/* exosign vault: secrets and the public half of certificates in Azure Key Vault. */
#include "base/encode.h"
#include "base/error.h"
#include "base/jsonobject.h"
#include "base/jsontext.h"
#include "cli/environment.h"
#include "cli/owned.h"
#include "cli/show.h"

#include <unistd.h>

EXS_DEFINE_AUTO(exs_vault_secret)

enum { TEXT_MAX = 256 * 1024, PEM_LINE = 64 };

/* NAME or NAME/VERSION. */
static exs_status
take_item(const given *g, char **ret_name, exs_vault_item *ret, exs_error *error)
{
	const char *word = g->n_words > 0 ? g->words[0] : NULL;
	char       *slash;

	*ret = (exs_vault_item){.size = sizeof *ret, .vault = g->values[OPT_VAULT]};
	EXS_TRY(mem_copy(word, ret_name, error));
	slash = word == NULL ? NULL : strchr(*ret_name, '/');
	if (slash != NULL) {
		*slash = '\0';
		ret->version = slash + 1;
	}
	ret->name = *ret_name;
	return EXS_OK;
}

/* As for tokens: the value goes where no person looks over a shoulder, or where it was asked for by name. */
static bool
wants_value(const given *g)
{
	return has(g, OPT_RAW) || (!has(g, OPT_OUTPUT) && !environment_is_terminal(STDOUT_FILENO));
}

exs_status
run_vault_secret_get(invocation *inv, exs_error *error)
{
	EXS_AUTO(exs_vault_secret) *s = NULL;
	EXS_AUTO(chars) *name = NULL;
	exs_vault_item item;
	const char *value;
	size_t      length;

	EXS_TRY(take_item(inv->given, &name, &item, error));
	EXS_TRY(open_online(inv, error));
	EXS_TRY(exs_vault_secret_get(inv->context, inv->credential, &item, &s, error));
	if (!wants_value(inv->given))
		return show_object(inv, span_of(exs_vault_secret_describe(s)), error);
	value = exs_vault_secret_reveal(s, &length);
	return show_secret(span_from(value, length), "this is a secret", error);
}

/* The last part of an id: "https://v.vault.azure.net/secrets/NAME" -> NAME. */
static void
add_name(jsonobject *row, span id)
{
	EXS_SCOPED(buf) text = BUF(4096);
	const char *slash;

	if (id.at == NULL || jsontext_kind_of(id) != JSONTEXT_STRING)
		return;
	jsontext_decode(&text, id);
	slash = strrchr(buf_text(&text), '/');
	jsonobject_text(row, "name", slash == NULL ? buf_text(&text) : slash + 1);
}

static void
add_member(jsonobject *row, span object, const char *member, const char *name)
{
	span value = object.at != NULL && jsontext_kind_of(object) == JSONTEXT_OBJECT ? jsontext_member(object, member)
	                                                                              : span_from(NULL, 0);

	if (value.at != NULL)
		jsonobject_json(row, name, value);
}

static exs_status
show_item(void *self, const char *text, size_t length, exs_error *error)
{
	EXS_SCOPED(jsonobject) row = {0};
	span object = span_from(text, length), attributes;
	span json;

	if (jsontext_kind_of(object) != JSONTEXT_OBJECT)
		return exs_fail(error, E_ANSWER, "the vault's list holds something else than objects");
	attributes = jsontext_member(object, "attributes");
	jsonobject_init(&row);
	add_name(&row, jsontext_member(object, "id"));
	add_member(&row, attributes, "enabled", "enabled");
	add_member(&row, attributes, "exp", "expires");
	add_member(&row, object, "contentType", "content_type");
	add_member(&row, object, "managed", "managed");
	add_member(&row, object, "id", "id");
	json = jsonobject_end(&row);
	return writer_row(self, json.at, json.len, error);
}

exs_status
run_vault_secret_list(invocation *inv, exs_error *error)
{
	EXS_AUTO(writer) *w = NULL;
	EXS_AUTO(chars) *name = NULL;
	exs_vault_item item;

	EXS_TRY(take_item(inv->given, &name, &item, error));
	EXS_TRY(open_online(inv, error));
	EXS_TRY(show_list(inv, "name,enabled,expires,content_type", &w, error));
	return show_end(w, exs_vault_secret_list(inv->context, inv->credential, &item, show_item, w, error), error);
}

/* cer: base64 of the certificate's DER, which begins a SEQUENCE. */
static exs_status
read_der(span object, buf *to, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(TEXT_MAX);
	span cer = jsontext_member(object, "cer");

	if (cer.at != NULL && jsontext_kind_of(cer) == JSONTEXT_STRING)
		jsontext_decode(&text, cer);
	if (text.len == 0 || !decode_base64(to, buf_span(&text)) || to->len == 0 || to->at[0] != 0x30)
		return exs_fail(error, E_ANSWER, "the vault's answer holds no certificate");
	return buf_check(to, "the certificate", error);
}

static exs_status
show_pem(span der, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(TEXT_MAX), pem = BUF(TEXT_MAX);

	encode_base64(&text, der);
	buf_puts(&pem, "-----BEGIN CERTIFICATE-----\n");
	for (size_t at = 0; at < text.len; at += PEM_LINE) {
		size_t n = text.len - at < PEM_LINE ? text.len - at : PEM_LINE;

		buf_add(&pem, span_from(text.at + at, n));
		buf_byte(&pem, '\n');
	}
	buf_puts(&pem, "-----END CERTIFICATE-----\n");
	EXS_TRY(buf_check(&pem, "the certificate", error));
	return show_text(buf_span(&pem), error);
}

exs_status
run_vault_certificate_get(invocation *inv, exs_error *error)
{
	EXS_AUTO(library_text) *answer = NULL;
	EXS_SCOPED(buf) der = BUF(TEXT_MAX);
	EXS_AUTO(chars) *name = NULL;
	exs_vault_item item;
	span object;

	EXS_TRY(take_item(inv->given, &name, &item, error));
	EXS_TRY(open_online(inv, error));
	EXS_TRY(exs_vault_certificate_get(inv->context, inv->credential, &item, &answer, error));
	object = span_trim(span_of(answer));
	if (object.len == 0 || jsontext_kind_of(object) != JSONTEXT_OBJECT)
		return exs_fail(error, E_ANSWER, "the vault's answer holds no certificate");
	EXS_TRY(read_der(object, &der, error));
	if (has(inv->given, OPT_PEM))
		return show_pem(buf_span(&der), error);
	return show_object(inv, object, error);
}
