/* How commands are used, from the tables. */
#include "cli/help.h"

#include <stdio.h>

enum { COLUMN = 30, WIDTH = 100 };

static void
add_column(buf *to, const char *left, size_t written, const char *right)
{
	span   text = span_of(right);
	size_t at = written + strlen(left);

	buf_puts(to, left);
	if (at + 2 > COLUMN) {
		buf_byte(to, '\n');
		at = 0;
	}
	for (; at < COLUMN; at++)
		buf_byte(to, ' ');
	while (text.len > 0) {
		span word = span_cut(&text, ' ');

		if (at > COLUMN && at + 1 + word.len > WIDTH) {
			buf_byte(to, '\n');
			for (at = 0; at < COLUMN; at++)
				buf_byte(to, ' ');
		}
		if (at > COLUMN) {
			buf_byte(to, ' ');
			at++;
		}
		buf_add(to, word);
		at += word.len;
	}
	buf_byte(to, '\n');
}

static void
add_paragraph(buf *to, const char *lines)
{
	span rest = span_of(lines);

	while (rest.len > 0) {
		span   line = span_cut(&rest, '\n');
		size_t at = 0;

		while (line.len > 0) {
			span word = span_cut(&line, ' ');

			if (at > 0 && at + 1 + word.len > WIDTH) {
				buf_byte(to, '\n');
				at = 0;
			} else if (at > 0) {
				buf_byte(to, ' ');
				at++;
			}
			buf_add(to, word);
			at += word.len;
		}
		buf_byte(to, '\n');
	}
}

static void
add_option(buf *to, option_id id)
{
	const option_row *row = option_row_of(id);
	char              left[64];

	if (row->letter != 0)
		(void)snprintf(left, sizeof left, "  -%c, %s%s%s", row->letter, row->name,
		               row->argument[0] == '\0' ? "" : " ", row->argument);
	else
		(void)snprintf(left, sizeof left, "      %s%s%s", row->name,
		               row->argument[0] == '\0' ? "" : " ", row->argument);
	add_column(to, left, 0, row->help);
}

static void
add_global_options(buf *to)
{
	buf_puts(to, "\nOptions:\n");
	for (size_t i = 0; i < OPT_SETTINGS; i++) {
		const option_row *row = option_row_of((option_id)i);

		if ((row->bits & OPTION_GLOBAL) != 0 && (row->bits & OPTION_HIDDEN) == 0)
			add_option(to, (option_id)i);
	}
}

static void
add_command(buf *to, const command *c)
{
	char title[64], left[80];

	(void)snprintf(left, sizeof left, "  %s",
	               command_title(c, title, sizeof title) + strlen("exosign "));
	add_column(to, left, 0, c->summary);
}

static bool
is_shown(const command *c, const char *group)
{
	return (c->bits & COMMAND_HIDDEN) == 0 && command_is_in(c, group);
}

static void
add_commands(buf *to, const char *group)
{
	buf_puts(to, "Commands:\n");
	for (size_t i = 0; command_at(i) != NULL; i++)
		if (is_shown(command_at(i), group))
			add_command(to, command_at(i));
}

void
help_all(buf *to)
{
	buf_puts(to, "exosign runs Exchange Online cmdlets with a key that never leaves its device.\n\n"
	             "Usage: exosign [OPTION]... COMMAND [...]\n\n");
	add_commands(to, "");
	add_global_options(to);
	buf_puts(to, "\nEvery setting of a profile is an option too, e.g. --tenant: see man exosign.conf.\n"
	             "\nTry it without a tenant:\n"
	             "  exosign sandbox up\n"
	             "  exosign --profile sandbox run Get-Mailbox\n");
}

void
help_group(const char *group, buf *to)
{
	buf_addf(to, "Usage: exosign %s COMMAND [...]\n\n", group);
	add_commands(to, group);
	buf_addf(to, "\nexosign %s COMMAND --help tells more.\n", group);
}

void
help_command(const command *c, buf *to)
{
	char title[64];
	span rest = span_of(c->examples);

	buf_addf(to, "%s\n\nUsage: %s%s%s%s\n", c->summary, command_title(c, title, sizeof title),
	         c->options == NULL ? "" : " [OPTION]...", c->arguments[0] == '\0' ? "" : " ",
	         c->arguments);
	if (c->text[0] != '\0') {
		buf_byte(to, '\n');
		add_paragraph(to, c->text);
	}
	if (c->options != NULL) {
		buf_puts(to, "\nIts options:\n");
		for (const option_id *own = c->options; *own != OPTIONS; own++)
			add_option(to, *own);
	}
	if (rest.len > 0)
		buf_puts(to, "\nExamples:\n");
	while (rest.len > 0) {
		span line = span_cut(&rest, '\n');

		buf_puts(to, "  ");
		buf_add(to, line);
		buf_byte(to, '\n');
	}
	add_global_options(to);
}
