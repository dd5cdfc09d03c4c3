/* exosign key evidence: made by the device, or checked without one. */
#include "base/encode.h"
#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "cli/environment.h"
#include "cli/logger.h"
#include "cli/owned.h"
#include "cli/show.h"

#include <unistd.h>

enum { DOCUMENT_MAX = 1024 * 1024, READ_BYTES = 16384 };

static exs_status
read_input(buf *to, exs_error *error)
{
	for (;;) {
		char   *at = buf_grow(to, READ_BYTES);
		ssize_t n = at == NULL ? 0 : read(STDIN_FILENO, at, READ_BYTES);

		if (n < 0)
			return exs_fail(error, E_FILE, "standard input cannot be read");
		if (n == 0)
			return buf_check(to, "standard input", error);
		buf_grew(to, (size_t)n);
	}
}

static exs_status
check(invocation *inv, const char *path, exs_error *error)
{
	EXS_SCOPED(buf) document = BUF(DOCUMENT_MAX + READ_BYTES);
	EXS_AUTO(library_text) *report = NULL;

	if (inv->given->n_words > 0)
		return exs_fail(error, E_USAGE, "--check takes no key: the document says which one it is about");
	if (strcmp(path, "-") == 0)
		EXS_TRY(read_input(&document, error));
	else
		EXS_TRY(file_read(path, FILE_ANY, &document, error));
	EXS_TRY(exs_evidence_check(buf_text(&document), document.len,
	                           inv->given->values[OPT_ATTESTATION_ROOT], &report, error));
	return show_object(inv, span_of(report), error);
}

/* For a person: what was signed instead of what it was wrapped in. */
static exs_status
show_contents(const invocation *inv, const char *document, exs_error *error)
{
	EXS_AUTO(json) *outer = NULL;
	EXS_SCOPED(buf) payload = BUF(DOCUMENT_MAX);

	EXS_TRY(json_parse(span_of(document), "the evidence", &outer, error));
	if (!decode_base64url(&payload, span_of(json_string(json_member(outer, "payload")))))
		return exs_fail(error, E_BUG, "the evidence has no payload");
	EXS_TRY(buf_check(&payload, "the evidence", error));
	logger_warn("these are the contents alone; to hand it on: exosign key evidence -o json >FILE");
	return show_object(inv, buf_span(&payload), error);
}

exs_status
run_key_evidence(invocation *inv, exs_error *error)
{
	const given *g = inv->given;
	exs_token_access access = {0};
	exs_evidence_options options = {.size = sizeof options,
	                                .attestation_root = g->values[OPT_ATTESTATION_ROOT]};
	EXS_AUTO(library_text) *document = NULL;

	if (has(g, OPT_CHECK))
		return check(inv, g->values[OPT_CHECK], error);
	EXS_TRY(open_access(inv, g->n_words > 0 ? g->words[0] : NULL, &access, error));
	if (g->n_words == 0)
		options.certificate = inv->profile.signer.certificate;
	options.alg = inv->profile.signer.alg;
	options.allow_extractable = inv->profile.signer.allow_extractable;
	EXS_TRY(exs_evidence_make(inv->context, &access, &options, &document, error));
	if (environment_is_terminal(STDOUT_FILENO) && !has(g, OPT_OUTPUT))
		return show_contents(inv, document, error);
	return show_object(inv, span_of(document), error);
}
