/*
 * Quoted strings of PowerShell: 'single' with '' inside, "double" with backtick escapes, and both here-strings. A $ that would
 * be replaced inside double quotes is refused: its value is not ours to know.
 */
#include "exchange/literal.h"

#include "base/error.h"
#include "base/jsontext.h"

#include <stdio.h>

/* Length of the here-string's opening mark, the newline included; 0: none. */
static size_t
here_begins(const literal *l, bool *ret_double)
{
	size_t quote, ahead;

	if (literal_peek(l, 0) != '@')
		return 0;
	quote = literal_single_quote(l, 1);
	*ret_double = quote == 0;
	if (quote == 0)
		quote = literal_double_quote(l, 1);
	if (quote == 0)
		return 0;
	ahead = 1 + quote;
	while (literal_peek(l, ahead) == ' ' || literal_peek(l, ahead) == '\t')
		ahead++;
	return literal_line_break(l, ahead) > 0 ? ahead + literal_line_break(l, ahead) : 0;
}

bool
literal_string_begins(const literal *l)
{
	bool is_double;

	return literal_single_quote(l, 0) > 0 || literal_double_quote(l, 0) > 0 ||
	       here_begins(l, &is_double) > 0;
}

static void
add_character(buf *to, uint32_t c)
{
	char json[32];

	/* the base room knows how to write a character: through a JSON escape */
	if (c < 0x10000)
		snprintf(json, sizeof json, "\"\\u%04x\"", c);
	else
		snprintf(json, sizeof json, "\"\\u%04x\\u%04x\"", 0xD800 + ((c - 0x10000) >> 10),
		         0xDC00 + ((c - 0x10000) & 0x3FF));
	jsontext_decode(to, span_of(json));
}

static int
hex_digit(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	                              : -1;
}

/* u{1F600}; the reader stands on the u. */
static exs_status
code_point(literal *l, buf *to, size_t start, exs_error *error)
{
	uint32_t c = 0;
	size_t   digits = 0;

	for (l->at += 2; digits < 6 && hex_digit(literal_peek(l, 0)) >= 0; digits++, l->at++)
		c = c * 16 + (uint32_t)hex_digit(literal_peek(l, 0));
	if (digits == 0 || !literal_take(l, '}') || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
		return literal_wrong(l, start, error, "`u{...} is no Unicode character");
	add_character(to, c);
	return EXS_OK;
}

exs_status
literal_escape(literal *l, buf *to, exs_error *error)
{
	static const char letters[] = "abefnrtv", bytes[] = "\a\b\x1b\f\n\r\t\v";
	size_t            start = l->at++;
	const char       *known;
	char              c = literal_peek(l, 0);

	if (literal_at_end(l))
		return literal_wrong(l, start, error, "nothing follows the backtick");
	if (c == 'u' && literal_peek(l, 1) == '{')
		return code_point(l, to, start, error);
	if (c == '0') {
		buf_byte(to, '\0');
	} else {
		known = c == '\0' ? NULL : strchr(letters, c);
		buf_byte(to, known == NULL ? c : bytes[known - letters]);
	}
	l->at++;
	return EXS_OK;
}

static exs_status
variable_refused(const literal *l, exs_error *error)
{
	exs_status status = literal_computed(
		l, l->at, error, "PowerShell would put a variable's value in for this $");

	error_fix(error, "write `$ for a dollar sign, or use single quotes");
	return status;
}

static exs_status
single_quoted(literal *l, buf *to, exs_error *error)
{
	size_t start = l->at;

	l->at += literal_single_quote(l, 0);
	while (!literal_at_end(l)) {
		size_t quote = literal_single_quote(l, 0);

		if (quote == 0) {
			buf_byte(to, literal_peek(l, 0));
			l->at++;
			continue;
		}
		l->at += quote;
		quote = literal_single_quote(l, 0);
		if (quote == 0)
			return EXS_OK;
		buf_add(to, span_from(l->text.at + l->at, quote));
		l->at += quote;
	}
	return literal_wrong(l, start, error, "the quotation mark ' is not closed");
}

static exs_status
double_quoted(literal *l, buf *to, exs_error *error)
{
	size_t start = l->at;

	l->at += literal_double_quote(l, 0);
	while (!literal_at_end(l)) {
		size_t quote = literal_double_quote(l, 0);

		if (quote > 0) {
			l->at += quote;
			quote = literal_double_quote(l, 0);
			if (quote == 0)
				return EXS_OK;
			buf_add(to, span_from(l->text.at + l->at, quote));
			l->at += quote;
		} else if (literal_peek(l, 0) == '`') {
			EXS_TRY(literal_escape(l, to, error));
		} else if (literal_is_variable(l, 0)) {
			return variable_refused(l, error);
		} else {
			buf_byte(to, literal_peek(l, 0));
			l->at++;
		}
	}
	return literal_wrong(l, start, error, "the quotation mark \" is not closed");
}

/* At the beginning of a line: is this the closing mark? Its length. */
static size_t
here_ends(const literal *l, bool is_double)
{
	size_t quote = is_double ? literal_double_quote(l, 0) : literal_single_quote(l, 0);

	return quote > 0 && literal_peek(l, quote) == '@' ? quote + 1 : 0;
}

static exs_status
here_string(literal *l, buf *to, size_t opening, bool is_double, exs_error *error)
{
	size_t start = l->at, newline = 0;

	l->at += opening;
	if (here_ends(l, is_double) > 0) {
		l->at += here_ends(l, is_double);
		return EXS_OK;
	}
	while (!literal_at_end(l)) {
		newline = literal_line_break(l, 0);
		if (newline > 0) {
			size_t line_at = l->at;

			l->at += newline;
			if (here_ends(l, is_double) > 0) {
				l->at += here_ends(l, is_double);
				return EXS_OK;
			}
			buf_add(to, span_from(l->text.at + line_at, newline));
		} else if (is_double && literal_peek(l, 0) == '`') {
			EXS_TRY(literal_escape(l, to, error));
		} else if (is_double && literal_is_variable(l, 0)) {
			return variable_refused(l, error);
		} else {
			buf_byte(to, literal_peek(l, 0));
			l->at++;
		}
	}
	return literal_wrong(l, start, error,
	                     "the here-string is not closed by %s at the beginning of a line",
	                     is_double ? "\"@" : "'@");
}

exs_status
literal_string(literal *l, buf *to, exs_error *error)
{
	bool   is_double = false;
	size_t opening = here_begins(l, &is_double);

	if (opening > 0)
		return here_string(l, to, opening, is_double, error);
	return literal_single_quote(l, 0) > 0 ? single_quoted(l, to, error)
	                                      : double_quoted(l, to, error);
}
