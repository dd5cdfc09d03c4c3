/* exosign key delete: says what would be lost, and asks. */
#include "base/error.h"
#include "base/jsonobject.h"
#include "base/keyname.h"
#include "base/moment.h"
#include "cli/confirm.h"
#include "cli/owned.h"
#include "cli/prompt.h"
#include "cli/show.h"

enum { TEXT_MAX = 16 * 1024 };

/* Does the setting, which may list several keys, name this one? *ret_others: other keys too. */
static bool
names_it(const char *value, const exs_key *key, bool *ret_others)
{
	span    rest = span_of(value);
	bool    found = false;
	keyname name;

	*ret_others = false;
	while (keyname_next(&rest, &name)) {
		EXS_SCOPED(buf) text = BUF(TEXT_MAX);

		if (name.kind == KEYNAME_THUMBPRINT) {
			buf_puts(&text, "thumbprint:");
			keyname_print_digest(&name, &text);
		} else {
			buf_add(&text, name.text);
		}
		if (text.no_memory || exs_key_is_named_by(key, buf_text(&text)))
			found = true;
		else
			*ret_others = true;
	}
	return found;
}

/* "contoso" (/etc/exosign/config:12, its only one) for each profile of the files that signs with the key. */
static void
list_profiles(const invocation *inv, const exs_key *key, buf *to)
{
	for (size_t i = 0; i < inv->files.n_entries; i++) {
		const config_entry *e = &inv->files.entries[i];
		bool others;

		if (e->id == SETTING_KEY && names_it(e->value, key, &others))
			buf_addf(to, "%s\"%s\" (%s%s)", to->len > 0 ? ", " : "", e->profile, e->place,
			         others ? "" : ", its only one");
	}
}

static void
list_certificates(const exs_key_facts *f, buf *to)
{
	for (size_t i = 0; i < f->n_certificates; i++)
		buf_addf(to, " Its certificate %s (SHA-1 %s, until %.10s) is of no use without it.",
		         f->certificates[i].subject, f->certificates[i].sha1,
		         moment_print(f->certificates[i].not_after).at);
}

static void
describe(const exs_key_facts *f, buf *to)
{
	buf_addf(to, "%s key \"%s\", id %s, on token \"%s\" (serial %s)", f->type, f->label,
	         f->id[0] == '\0' ? "none" : f->id, f->token_label, f->token_serial);
}

static exs_status
refuse(const exs_key_facts *f, const char *what, const char *why, exs_error *error)
{
	EXS_SCOPED(buf) named = BUF(TEXT_MAX);
	exs_status status;

	describe(f, &named);
	status = exs_fail(error, E_UNCONFIRMED, "%s: %s", what, buf_text(&named));
	error_why(error, "%s", why);
	error_fix(error, "add --yes");
	return status;
}

static exs_status
ask(const exs_key_facts *f, exs_error *error)
{
	EXS_SCOPED(buf) question = BUF(TEXT_MAX);
	bool yes = false;

	buf_puts(&question, "destroy the ");
	describe(f, &question);
	buf_puts(&question, "? Nobody can bring it back.");
	list_certificates(f, &question);
	EXS_TRY(buf_check(&question, "the question", error));
	EXS_TRY(prompt_yes(buf_text(&question), &yes, error));
	return yes ? EXS_OK : refuse(f, "nothing was deleted", "the answer was no", error);
}

static exs_status
confirm(void *self, const exs_key *key, exs_error *error)
{
	const invocation    *inv = self;
	const exs_key_facts *f = exs_key_describe(key);
	EXS_SCOPED(buf) profiles = BUF(TEXT_MAX), why = BUF(TEXT_MAX);

	list_profiles(inv, key, &profiles);
	if (profiles.len > 0)
		buf_addf(&why, "it is a key of profile %s", buf_text(&profiles));
	if (confirm_is_given(inv->given, &why))
		return EXS_OK;
	if (why.len > 0)
		return refuse(f, "a key that is in use is not destroyed just so", buf_text(&why), error);
	return ask(f, error);
}

exs_status
run_key_delete(invocation *inv, exs_error *error)
{
	exs_token_access access = {0};
	EXS_AUTO(exs_key) *gone = NULL;
	EXS_SCOPED(jsonobject) answer = {0};
	const exs_key_facts *f;

	EXS_TRY(confirm_check(inv->given, "a key is not destroyed without being asked about",
	                      "look at it with exosign key show, then add --yes", error));
	EXS_TRY(open_access(inv, inv->given->words[0], &access, error));
	EXS_TRY(exs_key_delete(inv->context, &access, confirm, inv, &gone, error));
	f = exs_key_describe(gone);
	jsonobject_init(&answer);
	jsonobject_text(&answer, "deleted", f->uri);
	jsonobject_text(&answer, "label", f->label);
	jsonobject_text(&answer, "type", f->type);
	jsonobject_text(&answer, "id", f->id);
	jsonobject_text(&answer, "token", f->token_label);
	jsonobject_text(&answer, "token_serial", f->token_serial);
	jsonobject_text(&answer, "public_key_sha256", f->public_key_sha256);
	return show_object(inv, jsonobject_end(&answer), error);
}
