/* exosign key generate|show. */
#include "base/error.h"
#include "cli/environment.h"
#include "cli/owned.h"
#include "cli/show.h"

#include <unistd.h>

enum { HINT_MAX = 8192 };

/* On a terminal, what one does with a new key. */
static exs_status
show_next(const exs_key_facts *facts, exs_error *error)
{
	EXS_SCOPED(buf) hint = BUF(HINT_MAX);

	if (!environment_is_terminal(STDOUT_FILENO))
		return EXS_OK;
	buf_addf(&hint, "\nnext: exosign cert create '%s' --subject CN=NAME\n", facts->uri);
	EXS_TRY(buf_check(&hint, "the next step", error));
	return show_text(buf_span(&hint), error);
}

exs_status
run_key_generate(invocation *inv, exs_error *error)
{
	const given *g = inv->given;
	exs_key_wish wish = {.size = sizeof wish, .always_authenticate = has(g, OPT_ALWAYS_AUTHENTICATE)};
	exs_token_access access = {0};
	EXS_AUTO(exs_key) *made = NULL;
	EXS_AUTO(library_text) *answer = NULL;

	if (has(g, OPT_TYPE) && !exs_key_kind_parse(g->values[OPT_TYPE], &wish.kind))
		return exs_fail(error, E_USAGE, "--type cannot be %s", g->values[OPT_TYPE]);
	EXS_TRY(open_access(inv, g->words[0], &access, error));
	EXS_TRY(exs_key_generate(inv->context, &access, &wish, &made, error));
	EXS_TRY(exs_key_print(made, false, &answer, error));
	EXS_TRY(show_object(inv, span_of(answer), error));
	return show_next(exs_key_describe(made), error);
}

exs_status
run_key_show(invocation *inv, exs_error *error)
{
	const given *g = inv->given;
	exs_token_access access = {0};
	EXS_AUTO(exs_key) *key = NULL;
	EXS_AUTO(library_text) *answer = NULL;

	EXS_TRY(open_access(inv, g->n_words > 0 ? g->words[0] : NULL, &access, error));
	EXS_TRY(exs_key_show(inv->context, &access, &key, error));
	EXS_TRY(exs_key_print(key, true, &answer, error));
	return show_object(inv, span_of(answer), error);
}
