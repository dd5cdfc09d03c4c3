/*
 * A whole line of PowerShell, as pasted from a runbook: a cmdlet, -Name value, -Switch. One command, literals only;
 * whatever would run something else (pipes, ;, variables, redirections, splatting) is refused with its column.
 */
#include "base/error.h"
#include "exchange/command.h"
#include "exchange/literal.h"

#include <stdio.h>

/* Length of the dash here: PowerShell takes the en and em dashes that word processors make of it (U+2013 to U+2015). */
static size_t
dash(const literal *l)
{
	unsigned char third = (unsigned char)literal_peek(l, 2);

	if (literal_peek(l, 0) == '-')
		return 1;
	return literal_peek(l, 0) == '\xE2' && literal_peek(l, 1) == '\x80' && third >= 0x93 &&
	                       third <= 0x95
	               ? 3
	               : 0;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_name(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9');
}

static bool
is_parameter(const literal *l)
{
	return dash(l) > 0 && is_letter(literal_peek(l, dash(l)));
}

/* Does the command end here: end of text, newline or comment? */
static bool
ends(const literal *l)
{
	return literal_at_end(l) || literal_peek(l, 0) == '#' || literal_line_break(l, 0) > 0;
}

typedef struct refusal {
	const char *begins, *why, *fix;
} refusal;

static const refusal refusals[] = {
	{"|", "a pipe, and only one cmdlet is run",
	 "leave it out; choose columns with --select, or pipe exosign's output"},
	{";", "a second command, and only one cmdlet is run", "run them one by one"},
	{"&", "& starts something else", "leave it out"},
	{">", "a redirection", "redirect exosign's own output"},
	{"<", "a redirection", "redirect exosign's own input, or use -Name@FILE"},
	{"1>", "a redirection", "redirect exosign's own output"},
	{"2>", "a redirection", "redirect exosign's own output"},
	{"3>", "a redirection", "redirect exosign's own output"},
	{"*>", "a redirection", "redirect exosign's own output"},
	{"--%", "--% passes the rest on unread", "write the parameters out"},
	{"@{", "a value without a parameter's name", "put -Name before it"},
	{"@(", "a value without a parameter's name", "put -Name before it"},
	{"@", "splatting needs a variable", "write the parameters out"},
	{"$", "variables are not known here", "write the value out"},
	{"(", "a sub-expression, and nothing here runs one", "write the value out"},
	{"{", "a script block, and nothing here runs one", "write the value out"},
};

static exs_status
refuse_here(const literal *l, exs_error *error)
{
	span rest = span_from(l->text.at + l->at, l->text.len - l->at);

	for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
		if (span_starts(rest, refusals[i].begins)) {
			exs_status status = literal_computed(l, l->at, error, "%s", refusals[i].why);

			error_fix(error, "%s", refusals[i].fix);
			return status;
		}
	}
	return EXS_OK;
}

static exs_status
read_word(literal *l, char *word, size_t size, const char *also, exs_error *error)
{
	size_t n = 0;

	while (is_name(literal_peek(l, 0)) ||
	       (literal_peek(l, 0) != '\0' && strchr(also, literal_peek(l, 0)) != NULL)) {
		if (n + 1 == size)
			return literal_wrong(l, l->at, error, "a name of more than %zu letters", size - 1);
		word[n++] = literal_peek(l, 0);
		l->at++;
	}
	word[n] = '\0';
	return EXS_OK;
}

static exs_status
read_cmdlet(literal *l, exs_command **ret, exs_error *error)
{
	char       name[2 * COMMAND_NAME_MAX + 2];
	size_t     start;
	exs_status status;

	literal_skip_lines(l);
	start = l->at;
	EXS_TRY(refuse_here(l, error));
	EXS_TRY(read_word(l, name, sizeof name, "-", error));
	if (name[0] == '\0' || (!ends(l) && strchr(" \t`|;&<>", literal_peek(l, 0)) == NULL)) {
		status = literal_wrong(l, start, error, "a line begins with a cmdlet: Verb-Noun");
		error_fix(error, "paste one command, for example: Get-Mailbox -ResultSize 5");
		return status;
	}
	return exs_command_new(name, ret, error);
}

/* Behind -Name: its value, or nothing for a switch. */
static exs_status
read_value(literal *l, exs_command *command, const char *name, exs_error *error)
{
	bool colon = literal_take(l, ':');

	if (!colon && !ends(l) && strchr(" \t`|;&<>", literal_peek(l, 0)) == NULL)
		return literal_wrong(l, l->at, error, "-%s ends in a character no name has", name);
	literal_skip_blanks(l);
	if (colon && ends(l))
		return literal_wrong(l, l->at, error, "-%s: lacks its value", name);
	if (!colon && (ends(l) || is_parameter(l) || strchr("|;&<>", literal_peek(l, 0)) != NULL))
		return exs_command_switch(command, name, error);
	return command_read_in_line(command, name, l, error);
}

static exs_status
read_parameter(literal *l, exs_command *command, exs_error *error)
{
	char       name[COMMAND_NAME_MAX + 1];
	exs_status status;

	if (!is_parameter(l)) {
		EXS_TRY(refuse_here(l, error));
		status = literal_wrong(l, l->at, error, "a value without a parameter's name");
		error_fix(error, "put the name before it, often: -Identity");
		return status;
	}
	l->at += dash(l);
	EXS_TRY(read_word(l, name, sizeof name, "", error));
	return read_value(l, command, name, error);
}

exs_status
exs_command_parse(const char *line, size_t length, exs_command **ret_command, exs_error *error)
{
	EXS_AUTO(exs_command) *command = NULL;
	literal l = {.what = "the line", .text = span_from(line, length)};

	if (length > LITERAL_TEXT_MAX || !span_is_utf8(l.text))
		return exs_fail(error, E_PARAMETER, "the line is too long, or not UTF-8");
	EXS_TRY(read_cmdlet(&l, &command, error));
	for (;;) {
		literal_skip_blanks(&l);
		if (ends(&l))
			break;
		EXS_TRY(read_parameter(&l, command, error));
	}
	literal_skip_lines(&l);
	if (!literal_at_end(&l))
		return literal_computed(&l, l.at, error, "a second command, and only one cmdlet is run");
	EXS_GIVE(ret_command, command);
	return EXS_OK;
}
