/* exosign cert create|csr|import. */
#include "base/error.h"
#include "base/file.h"
#include "cli/issueshow.h"
#include "cli/owned.h"
#include "cli/show.h"

enum { FILE_MAX = 1024 * 1024 };

typedef struct names {
	exs_alternative_name at[REPEATED_MAX];
	size_t               n;
} names;

static void
take_names(const given *g, names *to)
{
	static const struct {
		option_id     id;
		exs_name_kind kind;
	} kinds[] = {{OPT_DNS, EXS_NAME_DNS}, {OPT_URI, EXS_NAME_URI}, {OPT_EMAIL, EXS_NAME_EMAIL},
	             {OPT_IP, EXS_NAME_IP}};

	for (size_t i = 0; i < g->n_repeated; i++)
		for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
			if (kinds[k].id == g->repeated[i].id)
				to->at[to->n++] = (exs_alternative_name){kinds[k].kind,
				                                         g->repeated[i].value};
}

static exs_status
take_wish(const invocation *inv, names *named, exs_issue_wish *ret, exs_error *error)
{
	const given   *g = inv->given;
	exs_issue_wish wish = {
		.size = sizeof wish,
		.subject = g->values[OPT_SUBJECT],
		.pss = has(g, OPT_SIGNATURE) && strcmp(g->values[OPT_SIGNATURE], "pss") == 0,
		.replace = has(g, OPT_REPLACE),
		.allow_extractable = inv->profile.signer.allow_extractable,
	};
	uint64_t days = 0;

	if (has(g, OPT_DAYS) &&
	    (!span_unsigned(span_of(g->values[OPT_DAYS]), &days) || days == 0 || days > 36500))
		return exs_fail(error, E_USAGE, "--days is a number from 1 to 36500, not \"%.100s\"",
		                g->values[OPT_DAYS]);
	wish.days = (unsigned)days;
	take_names(g, named);
	wish.names = named->at;
	wish.n_names = named->n;
	*ret = wish;
	return EXS_OK;
}

static const char *
uri_word(const given *g)
{
	return g->n_words > 0 ? g->words[0] : NULL;
}

exs_status
run_cert_create(invocation *inv, exs_error *error)
{
	const given *g = inv->given;
	exs_token_access access = {0};
	exs_issue_wish   wish;
	names            named = {.n = 0};
	EXS_AUTO(exs_issued) *made = NULL;
	EXS_SCOPED(jsonobject) answer = {0};
	const exs_issued_facts *facts;

	EXS_TRY(open_access(inv, uri_word(g), &access, error));
	EXS_TRY(take_wish(inv, &named, &wish, error));
	EXS_TRY(exs_certificate_create(inv->context, &access, &wish, &made, error));
	facts = exs_issued_describe(made);
	if (has(g, OPT_SAVE))
		EXS_TRY(file_replace(g->values[OPT_SAVE], span_of(facts->pem), 0644, error));
	jsonobject_init(&answer);
	issueshow_add(&answer, facts);
	if (wish.replace)
		jsonobject_number(&answer, "replaced", facts->replaced);
	if (has(g, OPT_SAVE))
		jsonobject_text(&answer, "saved", g->values[OPT_SAVE]);
	return show_object(inv, jsonobject_end(&answer), error);
}

exs_status
run_cert_csr(invocation *inv, exs_error *error)
{
	exs_token_access access = {0};
	exs_issue_wish   wish;
	names            named = {.n = 0};
	EXS_AUTO(exs_issued) *made = NULL;

	EXS_TRY(open_access(inv, uri_word(inv->given), &access, error));
	EXS_TRY(take_wish(inv, &named, &wish, error));
	EXS_TRY(exs_request_create(inv->context, &access, &wish, &made, error));
	return show_text(span_of(exs_issued_describe(made)->pem), error);
}

exs_status
run_cert_import(invocation *inv, exs_error *error)
{
	const given *g = inv->given;
	const char  *path = g->words[g->n_words - 1];
	bool         piped = strcmp(path, "-") == 0;
	exs_token_access access = {0};
	exs_import       import = {.size = sizeof import,
	                           .name = piped ? "standard input" : path,
	                           .without_chain = has(g, OPT_NO_CHAIN),
	                           .replace = has(g, OPT_REPLACE)};
	EXS_SCOPED(buf) file = BUF(FILE_MAX);
	EXS_AUTO(exs_issued) *issued = NULL;
	EXS_SCOPED(jsonobject) answer = {0};
	const exs_issued_facts *facts;

	EXS_TRY(file_read(piped ? "/dev/stdin" : path, FILE_ANY, &file, error));
	import.bytes = buf_text(&file);
	import.length = file.len;
	EXS_TRY(open_access(inv, g->n_words > 1 ? g->words[0] : NULL, &access, error));
	EXS_TRY(exs_certificate_import(inv->context, &access, &import, &issued, error));
	facts = exs_issued_describe(issued);
	jsonobject_init(&answer);
	issueshow_add(&answer, facts);
	jsonobject_flag(&answer, "was_there", facts->was_there);
	jsonobject_number(&answer, "issuers_written", facts->chain);
	if (import.replace)
		jsonobject_number(&answer, "replaced", facts->replaced);
	return show_object(inv, jsonobject_end(&answer), error);
}
