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
	const char    *name = g->n_words > 0 ? g->words[0] : NULL;
	const char    *sub = g->n_words > 1 ? g->words[1] : NULL;
	const command *c = name == NULL ? NULL : command_find(name, sub);
	EXS_SCOPED(buf) text = BUF(PAGE_MAX);

	if (name == NULL)
		help_all(&text);
	else if (c != NULL)
		help_command(c, &text);
	else if (sub == NULL && command_is_group(name))
		help_group(name, &text);
	else
		return exs_fail(error, E_USAGE, "there is no command \"%.60s%s%.60s\"", name,
		                sub == NULL ? "" : " ", sub == NULL ? "" : sub);
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
