/* exosign batch: many cmdlets from one file, each with its outcome. */
#include "base/error.h"
#include "cli/batchshow.h"
#include "cli/discovery.h"
#include "cli/owned.h"
#include "cli/parameters.h"
#include "cli/show.h"

#include <exosign/batch.h>

#include <stdio.h>
#include <unistd.h>

static inline void
batch_free(exs_batch *batch)
{
	exs_batch_free(batch);
}
typedef exs_batch batch;
EXS_DEFINE_AUTO(batch)

static bool
is_standard_input(const given *g)
{
	return strcmp(g->words[0], "-") == 0;
}

/* Beside the input, unless another place is given. */
static exs_status
choose_journal(const given *g, char **ret, exs_error *error)
{
	EXS_SCOPED(buf) path = BUF(4096);

	if (has(g, OPT_JOURNAL))
		return mem_copy(g->values[OPT_JOURNAL], ret, error);
	if (is_standard_input(g))
		return EXS_OK;
	buf_addf(&path, "%s.journal", g->words[0]);
	return buf_take(&path, "the journal's name", ret, error);
}

static exs_batch_only
choose_only(const given *g)
{
	static const struct {
		const char    *word;
		exs_batch_only only;
	} words[] = {
		{"failed", EXS_BATCH_FAILED},
		{"unknown", EXS_BATCH_UNKNOWN},
		{"retryable", EXS_BATCH_RETRYABLE},
	};

	for (size_t i = 0; has(g, OPT_ONLY) && i < sizeof words / sizeof words[0]; i++)
		if (strcmp(g->values[OPT_ONLY], words[i].word) == 0)
			return words[i].only;
	return EXS_BATCH_REST;
}

/* --cmdlet and the words behind the file: a pattern that each line fills in. */
static exs_status
read_pattern(const given *g, const exs_cmdlets *cmdlets, exs_command **ret, exs_error *error)
{
	const parameter_rules rules = {cmdlets, true};
	char     **words;
	exs_status status;

	if (g->n_words == 1)
		return EXS_OK;
	if (!has(g, OPT_CMDLET)) {
		status = exs_fail(error, E_USAGE, "exosign batch has no use for \"%.100s\"", g->words[1]);
		error_fix(error, "parameters belong to a cmdlet: add --cmdlet Verb-Noun");
		return status;
	}
	words = mem_new(g->n_words, sizeof *words);
	if (words == NULL)
		return mem_fail(error);
	status = mem_copy(g->values[OPT_CMDLET], &words[0], error);
	for (size_t i = 1; i < g->n_words && status == EXS_OK; i++)
		status = exs_batch_columns(g->words[i], strlen(g->words[i]), &words[i], error);
	if (status == EXS_OK)
		status = parameters_read(words, g->n_words, &rules, ret, error);
	for (size_t i = 0; i < g->n_words; i++)
		exs_text_free(words[i]);
	mem_free(words);
	return status;
}

static exs_status
open_batch(invocation *inv, const exs_cmdlets *cmdlets, exs_batch **ret, exs_error *error)
{
	const given *g = inv->given;
	EXS_AUTO(exs_command) *pattern = NULL;
	EXS_AUTO(chars) *journal = NULL;
	EXS_SCOPED(buf) target = BUF(4096);
	exs_batch_options options = {.size = sizeof options,
	                             .input = is_standard_input(g) ? NULL : g->words[0],
	                             .input_fd = STDIN_FILENO,
	                             .resume = has(g, OPT_RESUME),
	                             .only = choose_only(g),
	                             .repeat = has(g, OPT_YES),
	                             .cmdlet = g->values[OPT_CMDLET],
	                             .cmdlets = cmdlets};

	/* a cmdlet that was granted since the list was made just runs */
	options.checks = cmdlets != NULL && !has(g, OPT_NO_CHECK) &&
	                 discovery_age(inv, cmdlets) <= DISCOVERY_FRESH_S;
	EXS_TRY(read_pattern(g, cmdlets, &pattern, error));
	EXS_TRY(choose_journal(g, &journal, error));
	if (!has(g, OPT_DRY_RUN) || options.resume || options.only != EXS_BATCH_REST)
		options.journal = journal;
	if (journal == NULL && (options.resume || options.only != EXS_BATCH_REST || has(g, OPT_REPORT)))
		return exs_fail(error, E_USAGE, "which journal? Standard input has none unless --journal says so");
	buf_addf(&target, "tenant %s of %s", inv->profile.identity.tenant, inv->profile.identity.cloud);
	EXS_TRY(buf_check(&target, "the tenant", error));
	options.pattern = pattern;
	options.target = buf_text(&target);
	options.report = has(g, OPT_REPORT);
	return exs_batch_open(inv->context, &options, ret, error);
}

static exs_status
whole_number(const given *g, option_id id, uint64_t most, uint64_t *ret, exs_error *error)
{
	if (!has(g, id))
		return EXS_OK;
	if (!span_unsigned(span_of(g->values[id]), ret) || *ret == 0 || *ret > most)
		return exs_fail(error, E_USAGE, "%s takes a number from 1 to %llu, not \"%.100s\"",
		                g->places[id], (unsigned long long)most, g->values[id]);
	return EXS_OK;
}

/* "5", "5/s", "0.5/s", "300/min" */
static exs_status
read_rate(const given *g, double *ret, exs_error *error)
{
	span     rest, number, whole;
	uint64_t units, tenths = 0;
	double   per = 1;

	if (!has(g, OPT_RATE))
		return EXS_OK;
	rest = span_of(g->values[OPT_RATE]);
	number = span_cut(&rest, '/');
	if (span_is(rest, "min"))
		per = 60;
	else if (span_is(rest, "h"))
		per = 3600;
	whole = span_cut(&number, '.');
	if (span_unsigned(whole, &units) && (number.len == 0 || (number.len == 1 && span_unsigned(number, &tenths))) &&
	    units < 1000000 && units * 10 + tenths > 0 &&
	    (rest.len == 0 || span_is(rest, "s") || per > 1)) {
		*ret = ((double)units + (double)tenths / 10) / per;
		return EXS_OK;
	}
	return exs_fail(error, E_USAGE, "--rate takes items a time, as 5/s or 300/min, not \"%.100s\"",
	                g->values[OPT_RATE]);
}

static exs_status
read_run_options(const invocation *inv, exs_batch_run_options *ret, exs_error *error)
{
	const given *g = inv->given;
	uint64_t     concurrency = 0;

	*ret = (exs_batch_run_options){.size = sizeof *ret,
	                               .rows = has(g, OPT_ROWS),
	                               .exchange = inv->profile.exchange};
	EXS_TRY(whole_number(g, OPT_CONCURRENCY, 64, &concurrency, error));
	EXS_TRY(whole_number(g, OPT_MAX_FAILURES, UINT64_MAX, &ret->max_failures, error));
	ret->concurrency = (unsigned)concurrency;
	return read_rate(g, &ret->rate, error);
}

/* What a person should do next is known here: the very words of the command line. */
static void
add_fix(const given *g, const exs_batch *opened, exs_error *error)
{
	exs_batch_tally tally;

	char            before[512];

	exs_batch_count(opened, &tally);
	if (error_is(error, E_BATCH_PARTIAL) && tally.left == 0 && tally.unknown == 0) {
		if (tally.failed == 0)
			return;
		error_fix(error, "read the outcomes; then exosign batch %s --only %s, with the same options",
		          g->words[0], tally.retryable > 0 ? "retryable" : "failed");
		return;
	}
	(void)snprintf(before, sizeof before, "%s", exs_error_fix(error));
	if (error_is(error, E_BATCH_PARTIAL) || before[0] == '\0')
		error_fix(error, "exosign batch %s --resume, with the same options", g->words[0]);
	else
		error_fix(error, "%s; then exosign batch %s --resume, with the same options", before,
		          g->words[0]);
}

static exs_status
run_items(invocation *inv, exs_batch *opened, const exs_batch_run_options *options, exs_error *error)
{
	EXS_SCOPED(batchshow) show = {0};
	exs_batch_listener listener;
	exs_status status;

	EXS_TRY(open_online(inv, error));
	EXS_TRY(batchshow_begin(&show, inv, opened, &listener, error));
	status = exs_batch_run(opened, inv->credential, options, &listener, error);
	status = batchshow_end(&show, status, error);
	if (status != EXS_OK)
		add_fix(inv->given, opened, error);
	return status;
}

static exs_status
show_only(invocation *inv, exs_batch *opened, const exs_batch_run_options *options, exs_error *error)
{
	EXS_SCOPED(batchshow) show = {0};
	exs_batch_listener listener;
	exs_status status;

	EXS_TRY(batchshow_begin(&show, inv, opened, &listener, error));
	listener.progress = NULL;
	if (has(inv->given, OPT_REPORT)) {
		status = exs_batch_report(opened, &listener, error);
	} else {
		EXS_TRY(open_preview(inv, error));
		status = exs_batch_preview(opened, inv->credential, options, &listener, error);
	}
	return batchshow_end(&show, status, error);
}

exs_status
run_batch(invocation *inv, exs_error *error)
{
	EXS_AUTO(exs_cmdlets) *cmdlets = NULL;
	EXS_AUTO(batch) *opened = NULL;
	exs_batch_run_options options;

	/* the input is looked at before a device or a person is troubled */
	EXS_TRY(open_profile(inv, PROFILE_DIRECTORY, error));
	EXS_TRY(read_run_options(inv, &options, error));
	EXS_TRY(discovery_kept(inv, &cmdlets, error));
	EXS_TRY(open_batch(inv, cmdlets, &opened, error));
	if (has(inv->given, OPT_DRY_RUN) || has(inv->given, OPT_REPORT))
		return show_only(inv, opened, &options, error);
	return run_items(inv, opened, &options, error);
}
