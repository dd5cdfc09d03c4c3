/* exosign help, and the hidden exosign manual that fills the frames of the manual pages. */
#include "base/error.h"
#include "base/file.h"
#include "cli/help.h"
#include "cli/manual.h"
#include "cli/show.h"

enum { PAGE_MAX = 1024 * 1024 };

exs_status
run_help(invocation *inv, exs_error *error)
{
	const given   *g = inv->given;
	EXS_SCOPED(buf) words = BUF(PAGE_MAX);
	EXS_SCOPED(buf) text = BUF(PAGE_MAX);
	const command *c;

	for (size_t i = 0; i < g->n_words; i++)
		buf_addf(&words, "%s%s", i == 0 ? "" : " ", g->words[i]);
	c = command_named(buf_text(&words));
	if (g->n_words == 0)
		help_all(&text);
	else if (c != NULL)
		help_command(c, &text);
	else if (command_is_group(buf_text(&words)))
		help_group(buf_text(&words), &text);
	else
		return exs_fail(error, E_USAGE, "there is no command \"%.60s\"", buf_text(&words));
	return show_text(buf_span(&text), error);
}

exs_status
run_manual(invocation *inv, exs_error *error)
{
	EXS_SCOPED(buf) frame = BUF(PAGE_MAX);
	EXS_SCOPED(buf) page = BUF(PAGE_MAX);

	EXS_TRY(file_read(inv->given->words[0], FILE_ANY, &frame, error));
	EXS_TRY(manual_fill(buf_span(&frame), &page, error));
	return show_text(buf_span(&page), error);
}
