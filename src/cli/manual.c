/* The parts of the manual pages that the tables know. */
#include "cli/manual.h"

#include "base/error.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"

#include <exosign/explain.h>

/* A line of prose: nothing in it may be read as a macro or an escape. */
static void
add_line(buf *to, span text)
{
	if (text.len > 0 && (text.at[0] == '.' || text.at[0] == '\''))
		buf_puts(to, "\\&");
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '\\')
			buf_puts(to, "\\e");
		else if (text.at[i] == '-')
			buf_puts(to, "\\-");
		else
			buf_byte(to, text.at[i]);
	}
	buf_byte(to, '\n');
}

/* The tables' sentences have no full stop; mdoc(7) wants one, and each sentence on a line. */
static void
add_sentence(buf *to, const char *text)
{
	EXS_SCOPED(buf) sentence = BUF(4096);
	span rest = span_of(text);

	while (rest.len > 0) {
		ptrdiff_t end = span_find(rest, ". ");
		size_t    len = end < 0 ? rest.len : (size_t)end;

		buf_clear(&sentence);
		buf_add(&sentence, span_from(rest.at, len));
		buf_byte(&sentence, '.');
		add_line(to, buf_span(&sentence));
		rest = end < 0 ? span_from("", 0) : span_from(rest.at + len + 2, rest.len - len - 2);
	}
}

static void
add_lines(buf *to, const char *text)
{
	span rest = span_of(text);

	while (rest.len > 0)
		add_line(to, span_cut(&rest, '\n'));
}

/* Each line a paragraph of its own. */
static void
add_paragraphs(buf *to, const char *text)
{
	span rest = span_of(text);

	while (rest.len > 0) {
		buf_puts(to, ".Pp\n");
		add_line(to, span_cut(&rest, '\n'));
	}
}

static void
add_item(buf *to, const char *head, const char *argument)
{
	buf_puts(to, ".It Sy ");
	for (const char *at = head; *at != '\0'; at++)
		buf_puts(to, *at == '-' ? "\\-" : (char[]){*at, '\0'});
	if (argument[0] != '\0')
		buf_addf(to, " Ar %s", argument);
	buf_byte(to, '\n');
}

static void
add_examples(buf *to, const char *examples)
{
	if (examples[0] == '\0')
		return;
	buf_puts(to, ".Bd -literal -offset indent\n");
	add_lines(to, examples);
	buf_puts(to, ".Ed\n");
}

static void
add_option(buf *to, option_id id)
{
	const option_row *row = option_row_of(id);
	EXS_SCOPED(buf) head = BUF(128);

	if (row->letter != 0)
		buf_addf(&head, "-%c , ", row->letter);
	buf_puts(&head, row->name);
	add_item(to, buf_text(&head), row->argument);
	add_sentence(to, row->help);
	if (row->words[0] != '\0')
		buf_addf(to, "One of: %s.\n", row->words);
	if (row->variable[0] != '\0')
		buf_addf(to, "Environment:\n.Ev %s .\n", row->variable);
}

static void
add_commands(buf *to)
{
	char title[64];

	buf_puts(to, ".Bl -tag -width Ds\n");
	for (size_t i = 0; command_at(i) != NULL; i++) {
		const command *c = command_at(i);

		if ((c->bits & COMMAND_HIDDEN) != 0)
			continue;
		command_title(c, title, sizeof title);
		buf_addf(to, ".It Nm %s", title);
		buf_addf(to, "%s%s\n%s.\n", c->arguments[0] == '\0' ? "" : " Ar ", c->arguments,
		         c->summary);
		add_paragraphs(to, c->text);
		if (c->options != NULL) {
			buf_puts(to, ".Bl -tag -width Ds\n");
			for (const option_id *own = c->options; *own != OPTIONS; own++)
				add_option(to, *own);
			buf_puts(to, ".El\n");
		}
		add_examples(to, c->examples);
	}
	buf_puts(to, ".El\n");
}

static void
add_options(buf *to)
{
	buf_puts(to, ".Bl -tag -width Ds\n");
	for (size_t i = 0; i < OPT_SETTINGS; i++) {
		unsigned bits = option_row_of((option_id)i)->bits;

		if ((bits & OPTION_GLOBAL) != 0 && (bits & OPTION_HIDDEN) == 0)
			add_option(to, (option_id)i);
	}
	buf_puts(to, ".El\n");
}

static void
add_setting_options(buf *to)
{
	for (size_t i = 0; i < SETTINGS; i++) {
		const setting_row *row = setting_row_of((setting_id)i);

		buf_addf(to, "%s.Sy \\-\\-", i == 0 ? "" : " ,\n");
		for (const char *at = row->flag + 2; *at != '\0'; at++)
			buf_puts(to, *at == '-' ? "\\-" : (char[]){*at, '\0'});
	}
	buf_puts(to, " .\n");
}

static void
add_settings(buf *to)
{
	buf_puts(to, ".Bl -tag -width Ds\n");
	for (size_t i = 0; i < SETTINGS; i++) {
		const setting_row *row = setting_row_of((setting_id)i);

		add_item(to, row->key, row->argument);
		add_sentence(to, row->help);
		if (row->kind == VALUE_WORD)
			buf_addf(to, "One of: %s.\n", row->limits);
		if (row->kind == VALUE_COUNT || row->kind == VALUE_SECONDS)
			buf_addf(to, "From %s.\n", row->limits);
		if (row->initial[0] != '\0')
			buf_addf(to, "Default: %s.\n", row->initial);
		buf_addf(to, "Environment:\n.Ev %s", row->variable);
		if (row->ambient[0] != '\0')
			buf_addf(to, " ;\nless specific than any file: %s", row->ambient);
		buf_puts(to, row->ambient[0] != '\0' ? ".\n" : " .\n");
	}
	buf_puts(to, ".El\n");
}

static void
add_exit_codes(buf *to)
{
	buf_puts(to, ".Bl -tag -width Ds -compact\n");
	for (size_t i = 0; i < n_exit_codes; i++)
		buf_addf(to, ".It %d\n%s.\n", exit_codes[i].code, exit_codes[i].meaning);
	buf_puts(to, ".El\n");
}

static void
add_errors(buf *to)
{
	buf_puts(to, ".Bl -tag -width Ds -compact\n");
	for (int i = E_NONE + 1; i < E_IDS; i++) {
		const error_row *row = error_row_of((error_id)i);

		add_item(to, row->code, "");
		buf_addf(to, "%s (exit %d).\n", row->meaning, (int)row->status);
	}
	buf_puts(to, ".El\n");
}

static void
add_device_codes(buf *to)
{
	exs_explanation row;

	buf_puts(to, ".Bl -tag -width Ds -compact\n");
	for (size_t i = 0; exs_explain_device(i, &row); i++) {
		EXS_SCOPED(buf) text = BUF(2048);

		buf_addf(to, ".It Sy %s Pq 0x%llX , %s\n", row.code, (unsigned long long)row.number,
		         row.error);
		buf_addf(&text, "%s: %s. Fix: %s", row.meaning, row.why, row.fix);
		add_sentence(to, buf_text(&text));
	}
	buf_puts(to, ".El\n");
}

static const struct {
	const char *name;
	void (*add)(buf *to);
} parts[] = {
	{"%COMMANDS%", add_commands}, {"%OPTIONS%", add_options},
	{"%SETTING_OPTIONS%", add_setting_options}, {"%SETTINGS%", add_settings},
	{"%EXIT%", add_exit_codes}, {"%ERRORS%", add_errors},
	{"%DEVICE_CODES%", add_device_codes},
};

exs_status
manual_fill(span frame, buf *page, exs_error *error)
{
	while (frame.len > 0) {
		span   line = span_cut(&frame, '\n');
		size_t i = 0, n = sizeof parts / sizeof parts[0];

		while (i < n && !span_is(line, parts[i].name))
			i++;
		if (i < n) {
			parts[i].add(page);
		} else if (line.len > 0 && line.at[0] == '%') {
			return exs_fail(error, E_USAGE, "the manual has no part " SPAN_FORMAT,
			                SPAN_PRINT(line));
		} else {
			buf_add(page, line);
			buf_byte(page, '\n');
		}
	}
	return buf_check(page, "a manual page", error);
}
