/* exosign run: a cmdlet and its rows. */
#include "base/context.h"
#include "base/error.h"
#include "cli/discovery.h"
#include "cli/interrupt.h"
#include "cli/logger.h"
#include "cli/owned.h"
#include "cli/parameters.h"
#include "cli/progress.h"
#include "cli/prompt.h"
#include "cli/secret_source.h"
#include "cli/show.h"

/* Secrets that a line of PowerShell names and, rightly, does not hold. */
static exs_status
ask_for_secrets(exs_command *cmdlet, const parameter_rules *rules, exs_error *error)
{
	const char *wanted;

	while ((wanted = exs_command_secret_wanted(cmdlet, rules->cmdlets)) != NULL) {
		EXS_AUTO(chars) *name = NULL;
		EXS_AUTO(secret) *value = NULL;

		EXS_TRY(mem_copy(wanted, &name, error));
		EXS_TRY(secret_source_ask(exs_command_name(cmdlet), name, rules->no_input, &value, error));
		exs_command_remove(cmdlet, name);
		EXS_TRY(exs_command_secret(cmdlet, name, secret_reveal(value).at, secret_length(value), error));
	}
	return EXS_OK;
}

static exs_status
read_command(const given *g, const exs_cmdlets *cmdlets, exs_command **ret, exs_error *error)
{
	const parameter_rules rules = {cmdlets, has(g, OPT_NO_INPUT)};
	const char *line = g->values[OPT_PS];

	if (line == NULL && g->n_words == 0)
		return exs_fail(error, E_USAGE, "exosign run needs a cmdlet");
	if (line == NULL)
		return parameters_read(g->words, g->n_words, &rules, ret, error);
	if (g->n_words > 0)
		return exs_fail(error, E_USAGE, "--ps takes the whole line; \"%.100s\" is too much",
		                g->words[0]);
	EXS_TRY(exs_command_parse(line, strlen(line), ret, error));
	return ask_for_secrets(*ret, &rules, error);
}

static exs_status
show_request(invocation *inv, const exs_command *cmdlet, exs_error *error)
{
	EXS_AUTO(library_text) *request = NULL;

	EXS_TRY(open_preview(inv, error));
	EXS_TRY(exs_exchange_preview(inv->exchange, cmdlet, &request, error));
	/* a selection is part of it */
	return show_whole(inv, span_of(request), error);
}

static void
tell_warnings(exs_rows *rows, progress *p)
{
	const char *warning;

	while ((warning = exs_rows_warning(rows)) != NULL) {
		progress_hide(p);
		logger_warn(warning);
	}
}

/* Row by row, as they arrive. */
static exs_status
copy_rows(exs_rows *rows, writer *w, progress *p, exs_error *error)
{
	for (;;) {
		const char *row = NULL;
		size_t      length = 0;
		uint64_t    pages = 0, retries = 0;
		exs_status  status = exs_rows_next(rows, &row, &length, error);

		tell_warnings(rows, p);
		EXS_TRY(status);
		if (row == NULL)
			return EXS_OK;
		EXS_TRY(writer_row(w, row, length, error));
		if (interrupt_met())
			return exs_fail(error, E_INTERRUPTED, "interrupted");
		exs_rows_progress(rows, &pages, &retries);
		progress_tell(p, writer_count(w), pages);
	}
}

static void
log_summary(const invocation *inv, const exs_command *cmdlet, exs_rows *rows, const writer *w)
{
	uint64_t pages = 0, retries = 0;

	exs_rows_progress(rows, &pages, &retries);
	LOG(inv->context, EXS_LOG_INFO, "run", "finished",
	    LOG_TEXT("cmdlet", exs_command_name(cmdlet)), LOG_NUMBER("rows", writer_count(w)),
	    LOG_NUMBER("pages", pages), LOG_NUMBER("retries", retries));
}

/* *ret_question is what the service wants confirmed before it acts, or NULL. */
static exs_status
run_once(invocation *inv, const exs_command *cmdlet, char **ret_question, exs_error *error)
{
	EXS_AUTO(writer) *w = NULL;
	EXS_AUTO(exs_rows) *rows = NULL;
	progress   p;
	exs_status status;

	EXS_TRY(show_list(inv, NULL, &w, error));
	progress_begin(&p, exs_command_name(cmdlet),
	               logger_shows(EXS_LOG_WARNING) && !logger_is_json());
	EXS_TRY(exs_exchange_run(inv->exchange, cmdlet, &rows, error));
	status = copy_rows(rows, w, &p, error);
	progress_hide(&p);
	if (status == EXS_OK)
		EXS_TRY(mem_copy(exs_rows_confirmation(rows), ret_question, error));
	if (*ret_question != NULL)
		return EXS_OK;
	EXS_TRY(show_end(w, status, error));
	log_summary(inv, cmdlet, rows, w);
	return EXS_OK;
}

static exs_status
confirm(const given *g, const char *question, exs_error *error)
{
	bool       yes = has(g, OPT_YES);
	exs_status status;

	if (!yes && !has(g, OPT_NO_INPUT) && prompt_possible())
		EXS_TRY(prompt_yes(question, &yes, error));
	if (yes && !has(g, OPT_PS))
		return EXS_OK;
	status = exs_fail(error, E_CONFIRM, "nothing was done: %s", question);
	error_fix(error, has(g, OPT_PS) ? "leave -Confirm out of the line"
	                                : "add --yes, or leave -Confirm out");
	return status;
}

/* What is wrong with the words is told before what is wrong with the settings. */
static exs_status
prepare_command(invocation *inv, exs_cmdlets **cmdlets, exs_command **ret, exs_error *error)
{
	EXS_SCOPED(error_scratch) later = exs_error_new();
	exs_status kept;

	if (later == NULL)
		return mem_fail(error);
	kept = discovery_kept(inv, cmdlets, later);
	EXS_TRY(read_command(inv->given, *cmdlets, ret, error));
	if (kept != EXS_OK) {
		error_copy(error, later);
		return kept;
	}
	return discovery_apply(inv, *ret, cmdlets, error);
}

exs_status
run_run(invocation *inv, exs_error *error)
{
	EXS_AUTO(exs_command) *cmdlet = NULL;
	EXS_AUTO(exs_cmdlets) *cmdlets = NULL;
	EXS_AUTO(chars) *question = NULL;
	EXS_AUTO(chars) *again = NULL;
	exs_status status;

	EXS_TRY(prepare_command(inv, &cmdlets, &cmdlet, error));
	EXS_TRY(exs_command_select(cmdlet, inv->given->values[OPT_SELECT], error));
	if (has(inv->given, OPT_DRY_RUN))
		return show_request(inv, cmdlet, error);
	EXS_TRY(open_exchange(inv, error));
	status = run_once(inv, cmdlet, &question, error);
	if (status != EXS_OK && error_is(error, E_EXO_PARAMETER) && exs_command_has_secrets(cmdlet))
		error_fix(error, "if it is about the secret: exosign cmdlets --refresh gets the service's key of today, "
		                 "then again");
	EXS_TRY(status);
	if (question == NULL)
		return EXS_OK;
	EXS_TRY(confirm(inv->given, question, error));
	exs_command_remove(cmdlet, "Confirm");
	EXS_TRY(run_once(inv, cmdlet, &again, error));
	if (again != NULL)
		return exs_fail(error, E_CONFIRM, "nothing was done: %s", again);
	return EXS_OK;
}
