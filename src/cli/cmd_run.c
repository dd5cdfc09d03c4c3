/* exosign run: a cmdlet and its rows. */
#include "base/context.h"
#include "base/error.h"
#include "cli/interrupt.h"
#include "cli/logger.h"
#include "cli/owned.h"
#include "cli/parameters.h"
#include "cli/progress.h"
#include "cli/prompt.h"
#include "cli/show.h"


static exs_status
read_command(const given *g, bool without_confirm, exs_command **ret, exs_error *error)
{
	const char *line = g->values[OPT_PS];

	if (line == NULL && g->n_words == 0)
		return exs_fail(error, E_USAGE, "exosign run needs a cmdlet");
	if (line == NULL)
		return parameters_read(g->words, g->n_words, without_confirm, ret, error);
	if (g->n_words > 0)
		return exs_fail(error, E_USAGE, "--ps takes the whole line; \"%.100s\" is too much",
		                g->words[0]);
	return exs_command_parse(line, strlen(line), ret, error);
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

exs_status
run_run(invocation *inv, exs_error *error)
{
	EXS_AUTO(exs_command) *cmdlet = NULL;
	EXS_AUTO(exs_command) *confirmed = NULL;
	EXS_AUTO(chars) *question = NULL;
	EXS_AUTO(chars) *again = NULL;

	EXS_TRY(read_command(inv->given, false, &cmdlet, error));
	EXS_TRY(exs_command_select(cmdlet, inv->given->values[OPT_SELECT], error));
	if (has(inv->given, OPT_DRY_RUN))
		return show_request(inv, cmdlet, error);
	EXS_TRY(open_exchange(inv, error));
	EXS_TRY(run_once(inv, cmdlet, &question, error));
	if (question == NULL)
		return EXS_OK;
	EXS_TRY(confirm(inv->given, question, error));
	EXS_TRY(read_command(inv->given, true, &confirmed, error));
	EXS_TRY(run_once(inv, confirmed, &again, error));
	if (again != NULL)
		return exs_fail(error, E_CONFIRM, "nothing was done: %s", again);
	return EXS_OK;
}
