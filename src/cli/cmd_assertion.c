/* exosign assertion create|decode. */
#include "base/error.h"
#include "base/file.h"
#include "base/jsonobject.h"
#include "cli/environment.h"
#include "cli/owned.h"
#include "cli/secret_fd.h"
#include "cli/show.h"

#include <unistd.h>

enum { JWS_MAX = 1024 * 1024 };

static exs_status
show_decoded(invocation *inv, const char *jws, size_t length, exs_error *error)
{
	EXS_AUTO(library_text) *header = NULL;
	EXS_AUTO(library_text) *payload = NULL;
	EXS_SCOPED(jsonobject) answer = {0};

	EXS_TRY(exs_assertion_decode(jws, length, &header, &payload, error));
	jsonobject_init(&answer);
	jsonobject_json(&answer, "header", span_of(header));
	jsonobject_json(&answer, "payload", span_of(payload));
	return show_object(inv, jsonobject_end(&answer), error);
}

exs_status
run_assertion_create(invocation *inv, exs_error *error)
{
	EXS_AUTO(exs_assertion) *assertion = NULL;
	const char *text;
	size_t      length;

	EXS_TRY(open_credential(inv, error));
	EXS_TRY(exs_assertion_create(inv->credential, inv->given->values[OPT_AUD], &assertion, error));
	text = exs_assertion_reveal(assertion, &length);
	if (environment_is_terminal(STDOUT_FILENO) && !has(inv->given, OPT_RAW))
		return show_decoded(inv, text, length, error);
	return show_secret(span_from(text, length),
	                   "this is a credential until it expires: whoever has it can get a token",
	                   error);
}

/* A JWS is one line. */
static exs_status
read_jws(const given *g, secret **ret, exs_error *error)
{
	if (g->n_words == 0 || strcmp(g->words[0], "-") == 0)
		return secret_fd_read(STDIN_FILENO, "standard input", JWS_MAX, SECRET_FD_PATIENT, ret, error);
	return file_read_secret(g->words[0], FILE_ANY, JWS_MAX, ret, error);
}

exs_status
run_assertion_decode(invocation *inv, exs_error *error)
{
	EXS_AUTO(secret) *jws = NULL;
	span text;

	EXS_TRY(read_jws(inv->given, &jws, error));
	text = span_trim(secret_reveal(jws));
	return show_decoded(inv, text.at, text.len, error);
}
