/* exosign cert delete: says what would be lost, and asks. */
#include "base/error.h"
#include "base/keyname.h"
#include "base/moment.h"
#include "cli/confirm.h"
#include "cli/issueshow.h"
#include "cli/owned.h"
#include "cli/prompt.h"
#include "cli/show.h"

enum { TEXT_MAX = 16 * 1024 };

/* Does the setting, which may list several keys, name the certificate's key or, by its thumbprint, the certificate? */
static bool
names_it(const char *value, const exs_issued *issued)
{
	const exs_issued_facts *f = exs_issued_describe(issued);
	span    rest = span_of(value);
	keyname name;

	while (keyname_next(&rest, &name)) {
		EXS_SCOPED(buf) text = BUF(TEXT_MAX);
		bool is_named;

		if (name.kind == KEYNAME_THUMBPRINT) {
			keyname_print_digest(&name, &text);
			is_named = strcmp(buf_text(&text), f->sha1) == 0 ||
			           strcmp(buf_text(&text), f->sha256) == 0;
		} else {
			buf_add(&text, name.text);
			is_named = exs_issued_is_used_by(issued, buf_text(&text));
		}
		if (text.no_memory || is_named)
			return true;
	}
	return false;
}

/* "contoso" (/etc/exosign/config:12) for each profile of the files whose key the certificate belongs to. */
static void
list_profiles(const invocation *inv, const exs_issued *issued, buf *to)
{
	for (size_t i = 0; i < inv->files.n_entries; i++) {
		const config_entry *e = &inv->files.entries[i];

		if (e->id == SETTING_KEY && names_it(e->value, issued))
			buf_addf(to, "%s\"%s\" (%s)", to->len > 0 ? ", " : "", e->profile, e->place);
	}
}

static void
describe(const exs_issued_facts *f, buf *to)
{
	buf_addf(to, "certificate %s, SHA-1 %s, until %.10s, on token \"%s\" (serial %s)", f->subject,
	         f->sha1, moment_print(f->not_after).at, f->token_label, f->token_serial);
}

static exs_status
refuse(const exs_issued_facts *f, const char *what, const char *why, exs_error *error)
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
ask(const exs_issued_facts *f, exs_error *error)
{
	EXS_SCOPED(buf) question = BUF(TEXT_MAX);
	bool yes = false;

	buf_puts(&question, "delete the ");
	describe(f, &question);
	buf_puts(&question, f->last_of_key ? "? Its key has no other." : "?");
	EXS_TRY(buf_check(&question, "the question", error));
	EXS_TRY(prompt_yes(buf_text(&question), &yes, error));
	return yes ? EXS_OK : refuse(f, "nothing was deleted", "the answer was no", error);
}

static exs_status
confirm(void *self, const exs_issued *issued, exs_error *error)
{
	const invocation       *inv = self;
	const exs_issued_facts *f = exs_issued_describe(issued);
	EXS_SCOPED(buf) profiles = BUF(TEXT_MAX), why = BUF(TEXT_MAX);

	if (f->last_of_key)
		list_profiles(inv, issued, &profiles);
	if (profiles.len > 0)
		buf_addf(&why, "it is the last certificate of the key of profile %s", buf_text(&profiles));
	if (confirm_is_given(inv->given, &why))
		return EXS_OK;
	if (why.len > 0)
		return refuse(f, "a certificate that is in use is not deleted just so", buf_text(&why),
		              error);
	return ask(f, error);
}

exs_status
run_cert_delete(invocation *inv, exs_error *error)
{
	exs_token_access access = {0};
	EXS_AUTO(exs_issued) *gone = NULL;
	EXS_SCOPED(jsonobject) answer = {0};

	EXS_TRY(confirm_check(inv->given, "a certificate is not deleted without being asked about",
	                      "look at it with exosign hsm list, then add --yes", error));
	EXS_TRY(open_access(inv, inv->given->words[0], &access, error));
	EXS_TRY(exs_certificate_delete(inv->context, &access, confirm, inv, &gone, error));
	jsonobject_init(&answer);
	jsonobject_text(&answer, "deleted", exs_issued_describe(gone)->uri);
	issueshow_add(&answer, exs_issued_describe(gone));
	return show_object(inv, jsonobject_end(&answer), error);
}
