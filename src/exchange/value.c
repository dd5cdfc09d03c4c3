/* A PowerShell value, read as JSON. */
#include "exchange/value.h"

#include "base/error.h"
#include "base/jsontext.h"
#include "exchange/cast.h"
#include "exchange/container.h"
#include "exchange/word.h"

static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static exs_status
variable_refused(const literal *l, exs_error *error)
{
	exs_status status;

	if (literal_peek(l, 1) == '(')
		status = literal_computed(l, l->at, error, "$(...) is a sub-expression");
	else
		status = literal_computed(l, l->at, error, "$ begins a variable, and there are none here");
	error_fix(error, "write the value itself; text with a $ goes into single quotes");
	return status;
}

/* 1+1, 1..5, 2026-01-02: inside brackets PowerShell computes these. */
static bool
is_arithmetic(span word)
{
	unsigned dots = 0;

	for (size_t i = 0; i < word.len; i++) {
		if (word.at[i] == '.')
			dots++;
		else if ((i > 0 && is_one_of(word.at[i], "+-*/%")))
			dots += 2;
		else if (!(i == 0 && word.at[i] == '-') && (word.at[i] < '0' || word.at[i] > '9'))
			return false;
	}
	return dots > 1;
}

static exs_status
check_word(const literal *l, literal_place place, size_t start, span word, exs_error *error)
{
	if (place != LITERAL_EXPRESSION)
		return EXS_OK;
	if (is_arithmetic(word))
		return literal_computed(l, start, error,
		                        "PowerShell would compute " SPAN_FORMAT "; text goes into quotes",
		                        SPAN_PRINT(word));
	if (span_starts_nocase(word, "Get-"))
		return literal_computed(l, start, error,
		                        SPAN_FORMAT " would be a command here; text goes into quotes",
		                        SPAN_PRINT(word));
	return EXS_OK;
}

static bool
word_ends(const literal *l, literal_place place)
{
	static const char *const ends[] = {
		[LITERAL_ARGUMENT] = ",",
		[LITERAL_LINE] = " \t\r\n,;|&<>",
		[LITERAL_EXPRESSION] = " \t\r\n,;|&<>)}",
	};

	return literal_at_end(l) || is_one_of(literal_peek(l, 0), ends[place]);
}

static exs_status
read_word(literal *l, literal_place place, buf *to, exs_error *error)
{
	EXS_SCOPED(buf) word = BUF(LITERAL_TEXT_MAX);
	size_t start = l->at;
	bool   quoted = false;

	while (!word_ends(l, place)) {
		if (literal_peek(l, 0) == '`') {
			quoted = true;
			EXS_TRY(literal_escape(l, &word, error));
		} else if (literal_is_variable(l, 0)) {
			return variable_refused(l, error);
		} else if (place == LITERAL_LINE && l->at > start && literal_string_begins(l)) {
			quoted = true;
			EXS_TRY(literal_string(l, &word, error));
		} else if (place != LITERAL_ARGUMENT && is_one_of(literal_peek(l, 0), "(){}")) {
			return literal_computed(l, l->at, error,
			                        "%c begins or ends an expression; text goes into quotes",
			                        literal_peek(l, 0));
		} else {
			buf_byte(&word, literal_peek(l, 0));
			l->at++;
		}
	}
	EXS_TRY(buf_check(&word, "the value", error));
	if (l->at == start)
		return literal_wrong(l, start, error, "a value is missing");
	EXS_TRY(check_word(l, place, start, buf_span(&word), error));
	if (quoted)
		jsontext_quote(to, buf_span(&word));
	else
		EXS_TRY(word_print(l, start, buf_span(&word), to, error));
	return EXS_OK;
}

/* { ... }: a filter's text. Its braces and quotes must pair. */
static exs_status
read_block(literal *l, buf *to, exs_error *error)
{
	size_t start = l->at, levels = 0;

	if (!l->filter) {
		exs_status status =
			literal_computed(l, start, error, "a script block, and nothing here runs one");

		error_fix(error, "text with braces goes into quotes; only filters take { ... }");
		return status;
	}
	do {
		char c = literal_peek(l, 0);

		if (literal_at_end(l))
			return literal_wrong(l, start, error, "the { is not closed");
		if (literal_string_begins(l)) {
			EXS_SCOPED(buf) skipped = BUF(LITERAL_TEXT_MAX);

			EXS_TRY(literal_string(l, &skipped, error));
			continue;
		}
		if (literal_is_variable(l, 0)) {
			size_t length;

			if (literal_constant(l, &length) == NULL)
				return variable_refused(l, error);
		}
		levels += c == '{';
		levels -= c == '}';
		l->at++;
	} while (levels > 0);
	jsontext_quote(to, span_trim(span_from(l->text.at + start + 1, l->at - start - 2)));
	return EXS_OK;
}

static exs_status
read_text(literal *l, buf *to, exs_error *error)
{
	EXS_SCOPED(buf) decoded = BUF(LITERAL_TEXT_MAX);

	EXS_TRY(literal_string(l, &decoded, error));
	EXS_TRY(buf_check(&decoded, "the text", error));
	jsontext_quote(to, buf_span(&decoded));
	return EXS_OK;
}

static exs_status
read_dollar(literal *l, buf *to, exs_error *error)
{
	size_t      length;
	const char *constant = literal_constant(l, &length);

	if (constant == NULL)
		return variable_refused(l, error);
	l->at += length;
	buf_puts(to, constant);
	return EXS_OK;
}

exs_status
value_read_element(literal *l, literal_place place, buf *to, exs_error *error)
{
	char c = literal_peek(l, 0), next = literal_peek(l, 1);
	bool is_cast = false;

	if (literal_string_begins(l))
		return read_text(l, to, error);
	if (c == '$' && (place != LITERAL_ARGUMENT || literal_is_variable(l, 0)))
		return read_dollar(l, to, error);
	if (c == '@' && next == '(')
		return container_array(l, to, error);
	if (c == '@' && next == '{')
		return container_table(l, to, error);
	if (c == '@')
		return literal_computed(l, l->at, error,
		                        "@ begins @( ), @{ }, a here-string or a splatted variable; "
		                        "text goes into quotes");
	if (c == '(')
		return container_group(l, to, error);
	if (c == '{')
		return read_block(l, to, error);
	if (c == '[')
		EXS_TRY(cast_read(l, place, to, &is_cast, error));
	if (is_cast)
		return EXS_OK;
	return read_word(l, place, to, error);
}

/* Is this argument text that happens to have blanks, rather than PowerShell? */
static bool
is_plain_text(const literal *given)
{
	literal l = *given;
	bool    element = true;

	if (is_one_of(literal_peek(&l, 0), "@({$") || literal_string_begins(&l) || cast_begins(&l))
		return false;
	for (; !literal_at_end(&l); l.at++) {
		char c = literal_peek(&l, 0);

		if (element && c != ' ' && (is_one_of(c, "@({$") || literal_string_begins(&l)))
			return false;
		if (is_one_of(c, " \t\r\n"))
			return true;
		element = c == ',';
	}
	return false;
}

static exs_status
read_plain_text(literal *l, buf *to, exs_error *error)
{
	size_t length;

	for (l->at = 0; !literal_at_end(l); l->at++)
		if (literal_is_variable(l, 0) && literal_constant(l, &length) == NULL)
			return variable_refused(l, error);
	jsontext_quote(to, l->text);
	return EXS_OK;
}

/* {0f0e0d0c-1111-...}: a GUID in braces is no script block. */
static bool
is_braced_guid(span text)
{
	return text.len == 38 && text.at[0] == '{' && text.at[37] == '}' &&
	       cast_is_guid(span_from(text.at + 1, 36));
}

exs_status
value_read_argument(literal *l, buf *to, exs_error *error)
{
	if (l->text.len == 0 || is_braced_guid(l->text)) {
		jsontext_quote(to, l->text);
		return EXS_OK;
	}
	if (is_plain_text(l))
		return read_plain_text(l, to, error);
	EXS_TRY(container_list(l, LITERAL_ARGUMENT, to, error));
	literal_skip_lines(l);
	if (!literal_at_end(l)) {
		exs_status status = literal_wrong(l, l->at, error, "something follows the value");

		error_fix(error, "put the whole text into quotes of its own: \"'...'\"");
		return status;
	}
	return EXS_OK;
}

exs_status
value_read_in_line(literal *l, buf *to, exs_error *error)
{
	EXS_TRY(container_list(l, LITERAL_LINE, to, error));
	if (!literal_at_end(l) && !is_one_of(literal_peek(l, 0), " \t\r\n;|&<>`#"))
		return literal_computed(l, l->at, error,
		                        "PowerShell would go on computing with this value");
	return EXS_OK;
}
