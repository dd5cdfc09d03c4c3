/* exosign cert show. */
#include "cli/cmd_cert_show.h"

#include "base/encode.h"
#include "base/error.h"
#include "base/jsonobject.h"
#include "base/jsontext.h"
#include "base/keyname.h"
#include "base/moment.h"
#include "cli/environment.h"
#include "cli/show.h"

#include <unistd.h>

enum { ROWS_MAX = 4096, PEM_LINE = 64, DATA_MAX = 64 * 1024 * 1024, DAY_S = 86400 };

static bool
is_name(const char *word)
{
	span    rest = span_of(word);
	keyname name;

	return keyname_next(&rest, &name) &&
	       (name.kind == KEYNAME_URI || name.kind == KEYNAME_THUMBPRINT || name.kind == KEYNAME_BROKEN);
}

static bool
is_file(const char *certificate)
{
	return certificate != NULL && strcmp(certificate, "token") != 0 && !is_name(certificate);
}

exs_status
cert_visit(invocation *inv, exs_certificate_visit visit, void *self, exs_error *error)
{
	const given *g = inv->given;
	const char  *word = g->n_words > 0 ? g->words[0] : NULL;
	const exs_signer_options *signer = &inv->profile.signer;

	EXS_TRY(open_profile(inv, word == NULL ? PROFILE_KEY : 0, error));
	if (word != NULL && !is_name(word))
		return exs_certificate_read(word, visit, self, error);
	if (word == NULL && is_file(signer->certificate))
		return exs_certificate_read(signer->certificate, visit, self, error);
	if (word == NULL && signer->certificate != NULL && is_name(signer->certificate))
		word = signer->certificate;
	return exs_certificate_walk(inv->context, word == NULL ? signer->key_uri : word,
	                            signer->deadline_ms, visit, self, error);
}

/* What is shown, kept until it is known how many there are. */
typedef struct shown {
	invocation *inv;
	char       *rows[ROWS_MAX]; /* JSON */
	size_t      n;
	bool        wants_pem, wants_der;
	buf         data;
} shown;

static void
shown_done(shown *s)
{
	for (size_t i = 0; i < s->n; i++)
		mem_free(s->rows[i]);
	buf_done(&s->data);
}

static void
add_pem(buf *to, span der)
{
	EXS_SCOPED(buf) text = BUF(DATA_MAX);

	encode_base64(&text, der);
	buf_puts(to, "-----BEGIN CERTIFICATE-----\n");
	for (size_t at = 0; at < text.len; at += PEM_LINE) {
		buf_add(to, span_from(text.at + at, text.len - at < PEM_LINE ? text.len - at : PEM_LINE));
		buf_byte(to, '\n');
	}
	buf_puts(to, "-----END CERTIFICATE-----\n");
}

static void
add_names(jsonobject *row, const exs_certificate_facts *facts)
{
	EXS_SCOPED(buf) names = BUF(JSONOBJECT_MAX);

	buf_byte(&names, '[');
	for (size_t i = 0; i < facts->n_names; i++) {
		if (i > 0)
			buf_byte(&names, ',');
		jsontext_quote(&names, span_of(facts->names[i]));
	}
	buf_byte(&names, ']');
	jsonobject_json(row, "names", buf_span(&names));
}

/* A key on a token with this public half; which one does not matter. */
typedef struct key_search {
	const char *public_sha256;
	buf         uri;
} key_search;

static exs_status
compare_key(void *self, const exs_inventory_item *item, exs_error *error)
{
	key_search *k = self;

	(void)error;
	if (item->kind == EXS_INVENTORY_KEY && k->uri.len == 0 &&
	    strcmp(item->public_key_sha256, k->public_sha256) == 0)
		buf_puts(&k->uri, item->uri);
	return EXS_OK;
}

/* Where the profile's key would be, if it says so by a URI; else every token. */
static const char *
key_place(const invocation *inv)
{
	const char *name = inv->profile.signer.key_uri;
	span        rest = span_of(name);
	keyname     first;

	return name != NULL && keyname_next(&rest, &first) && first.kind == KEYNAME_URI && rest.len == 0
	               ? name
	               : NULL;
}

/* A certificate in a file may belong to a key on some token; that none can be looked at is no fault of the file. */
static void
add_key(jsonobject *row, const invocation *inv, const exs_certificate_facts *facts)
{
	key_search k = {.public_sha256 = facts->public_key_sha256, .uri = BUF(JSONOBJECT_MAX)};

	if (facts->key_uri[0] == '\0' &&
	    exs_inventory_walk(inv->context, key_place(inv), inv->profile.signer.deadline_ms,
	                       compare_key, &k, NULL) != EXS_OK)
		buf_clear(&k.uri);
	else if (facts->key_seen)
		buf_puts(&k.uri, facts->key_uri);
	jsonobject_text(row, "key", k.uri.len > 0 ? buf_text(&k.uri) : NULL);
	buf_done(&k.uri);
}

static const char *
print_state(const exs_certificate_facts *facts, int64_t now)
{
	if (now > facts->not_after)
		return "expired";
	return now < facts->not_before ? "not valid yet" : "valid";
}

static int64_t
whole_days(int64_t seconds)
{
	return seconds >= 0 ? seconds / DAY_S : -((-seconds + DAY_S - 1) / DAY_S);
}

static void
write_row(jsonobject *row, const invocation *inv, const exs_certificate_facts *facts)
{
	int64_t now = moment_now_ms() / 1000;

	jsonobject_text(row, "subject", facts->subject);
	jsonobject_text(row, "issuer", facts->issuer);
	jsonobject_text(row, "serial", facts->serial);
	jsonobject_text(row, "state", print_state(facts, now));
	jsonobject_text(row, "not_before", moment_print(facts->not_before).at);
	jsonobject_text(row, "not_after", moment_print(facts->not_after).at);
	jsonobject_number(row, "days_left", whole_days(facts->not_after - now));
	jsonobject_text(row, "key_type", facts->key_type);
	jsonobject_text(row, "signature_alg", facts->signature_alg);
	jsonobject_text(row, "sha1", facts->sha1);
	jsonobject_text(row, "sha256", facts->sha256);
	jsonobject_text(row, "x5t", facts->x5t);
	jsonobject_text(row, "x5t#S256", facts->x5t_s256);
	jsonobject_text(row, "public_key_sha256", facts->public_key_sha256);
	add_names(row, facts);
	add_key(row, inv, facts);
	if (facts->attestation)
		jsonobject_flag(row, "attestation", true);
	jsonobject_text(row, facts->key_uri[0] == '\0' ? "file" : "uri", facts->where);
}

static exs_status
take(void *self, const exs_certificate_facts *facts, exs_error *error)
{
	shown *s = self;
	span   der = span_from((const char *)facts->der, facts->der_len);
	EXS_SCOPED(jsonobject) row = {0};
	span   json;

	if (s->n == ROWS_MAX)
		return exs_fail(error, E_USAGE, "there are more than %d certificates", (int)ROWS_MAX);
	if (s->wants_pem)
		add_pem(&s->data, der);
	else if (s->wants_der && s->n == 0)
		buf_add(&s->data, der);
	jsonobject_init(&row);
	write_row(&row, s->inv, facts);
	json = jsonobject_end(&row);
	s->rows[s->n] = mem_text(json.at, json.len);
	if (s->rows[s->n] == NULL)
		return mem_fail(error);
	s->n++;
	return EXS_OK;
}

static exs_status
show_data(const shown *s, exs_error *error)
{
	exs_status status;

	if (s->wants_der && s->n > 1) {
		status = exs_fail(error, E_USAGE, "--der prints one certificate, and there are %zu", s->n);
		error_fix(error, "name one by its thumbprint, which exosign cert show prints: "
		                 "exosign cert show thumbprint:HEX --der");
		return status;
	}
	EXS_TRY(buf_check(&s->data, "the certificates", error));
	return show_text(buf_span(&s->data), error);
}

static exs_status
show_rows(const shown *s, exs_error *error)
{
	EXS_AUTO(writer) *w = NULL;

	if (s->n == 1)
		return show_object(s->inv, span_of(s->rows[0]), error);
	EXS_TRY(show_list(s->inv, "subject,not_after,state,sha1,key", &w, error));
	for (size_t i = 0; i < s->n; i++)
		EXS_TRY(writer_row(w, s->rows[i], strlen(s->rows[i]), error));
	return show_end(w, EXS_OK, error);
}

static exs_status
check_wishes(const invocation *inv, exs_error *error)
{
	exs_status status;

	if (has(inv->given, OPT_PEM) && has(inv->given, OPT_DER))
		return exs_fail(error, E_USAGE, "--pem and --der exclude each other");
	if (has(inv->given, OPT_DER) && environment_is_terminal(STDOUT_FILENO)) {
		status = exs_fail(error, E_USAGE, "--der writes bytes, and standard output is a terminal");
		error_fix(error, "exosign cert show --der >app.der; or --pem");
		return status;
	}
	return EXS_OK;
}

exs_status
run_cert_show(invocation *inv, exs_error *error)
{
	EXS_SCOPED(shown) s = {.inv = inv,
	                       .wants_pem = has(inv->given, OPT_PEM),
	                       .wants_der = has(inv->given, OPT_DER),
	                       .data = BUF(DATA_MAX)};

	EXS_TRY(check_wishes(inv, error));
	EXS_TRY(cert_visit(inv, take, &s, error));
	return s.wants_pem || s.wants_der ? show_data(&s, error) : show_rows(&s, error);
}
