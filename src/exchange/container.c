/* The brackets of PowerShell values. */
#include "exchange/container.h"

#include "base/error.h"
#include "base/jsontext.h"
#include "exchange/value.h"

/* ,'a' is the array that holds one value, also where that is an array itself. */
static exs_status
read_single(literal *l, literal_place place, buf *to, exs_error *error)
{
	size_t start = l->at - 1, behind;

	literal_skip_blanks(l);
	buf_byte(to, '[');
	EXS_TRY(value_read_element(l, place, to, error));
	buf_byte(to, ']');
	behind = l->at;
	literal_skip_blanks(l);
	if (literal_peek(l, 0) == ',')
		return literal_wrong(l, start, error, "a comma before the first of several values; write @( ... )");
	l->at = behind;
	return EXS_OK;
}

exs_status
container_list(literal *l, literal_place place, buf *to, exs_error *error)
{
	EXS_SCOPED(buf) list = BUF(LITERAL_TEXT_MAX);
	size_t n = 0, behind;

	if (literal_take(l, ','))
		return read_single(l, place, to, error);
	for (;;) {
		EXS_TRY(value_read_element(l, place, &list, error));
		n++;
		behind = l->at;
		literal_skip_blanks(l);
		if (!literal_take(l, ','))
			break;
		literal_skip_lines(l);
		buf_byte(&list, ',');
	}
	l->at = behind;
	EXS_TRY(buf_check(&list, "the value", error));
	if (n > 1)
		buf_byte(to, '[');
	buf_add(to, buf_span(&list));
	if (n > 1)
		buf_byte(to, ']');
	return EXS_OK;
}

static exs_status
go_deeper(literal *l, exs_error *error)
{
	if (++l->depth > LITERAL_DEPTH_MAX)
		return literal_wrong(l, l->at, error, "more than %d levels of brackets",
		                     LITERAL_DEPTH_MAX);
	return EXS_OK;
}

static exs_status
not_closed(const literal *l, size_t start, exs_error *error)
{
	return literal_wrong(l, start, error, "the bracket that opens here is not closed");
}

/* Behind a value inside brackets: nothing but a separator, a newline or the closing bracket may come. */
static exs_status
expect_separator(literal *l, char closing, size_t start, exs_error *error)
{
	literal_skip_blanks(l);
	if (literal_at_end(l))
		return not_closed(l, start, error);
	if (literal_peek(l, 0) == closing || literal_peek(l, 0) == ';' ||
	    literal_peek(l, 0) == '#' || literal_line_break(l, 0) > 0)
		return EXS_OK;
	return literal_computed(l, l->at, error,
	                        "PowerShell would go on computing here; text with blanks goes "
	                        "into quotes");
}

/* Past newlines and semicolons; true when the closing bracket was met and taken. */
static bool
take_closing(literal *l, char closing)
{
	literal_skip_lines(l);
	while (literal_take(l, ';'))
		literal_skip_lines(l);
	return literal_take(l, closing);
}

/* @( a; b ) collects what its statements give; an array given by one of them is taken apart, as PowerShell does. */
static exs_status
add_statement(literal *l, buf *to, bool *first, exs_error *error)
{
	EXS_SCOPED(buf) given = BUF(LITERAL_TEXT_MAX);
	span elements;

	EXS_TRY(container_list(l, LITERAL_EXPRESSION, &given, error));
	elements = buf_span(&given);
	if (elements.len > 0 && elements.at[0] == '[')
		elements = span_from(elements.at + 1, elements.len - 2);
	if (elements.len == 0)
		return EXS_OK;
	if (!*first)
		buf_byte(to, ',');
	*first = false;
	buf_add(to, elements);
	return EXS_OK;
}

exs_status
container_array(literal *l, buf *to, exs_error *error)
{
	size_t start = l->at;
	bool   first = true;

	EXS_TRY(go_deeper(l, error));
	l->at += 2;
	buf_byte(to, '[');
	while (!take_closing(l, ')')) {
		if (literal_at_end(l))
			return not_closed(l, start, error);
		EXS_TRY(add_statement(l, to, &first, error));
		EXS_TRY(expect_separator(l, ')', start, error));
	}
	buf_byte(to, ']');
	l->depth--;
	return EXS_OK;
}

/* What every runbook has for a password; that the secret stands in the line is what is wrong with it. */
static exs_status
refuse_secret(const literal *l, size_t start, exs_error *error)
{
	span       rest = span_from(l->text.at + l->at, l->text.len - l->at);
	exs_status status;

	if (span_starts_nocase(rest, "ConvertTo-SecureString"))
		status = exs_fail(error, E_SECRET_ARGUMENT, "%s: a secret is written out in ConvertTo-SecureString",
		                  l->what);
	else if (span_starts_nocase(rest, "Read-Host") || span_starts_nocase(rest, "Get-Credential"))
		status = literal_computed(l, start, error, "nothing is asked from within a line");
	else
		return EXS_OK;
	error_why(error, "command lines are seen by every process and kept by the shell, and nothing in a line is run");
	error_fix(error, "the parameter's name alone asks at the terminal; or without --ps: -Password@FILE (readable "
	                 "by its owner alone), -Password@fd:N");
	return status;
}

exs_status
container_group(literal *l, buf *to, exs_error *error)
{
	size_t start = l->at;

	EXS_TRY(go_deeper(l, error));
	l->at++;
	literal_skip_lines(l);
	EXS_TRY(refuse_secret(l, start, error));
	EXS_TRY(container_list(l, LITERAL_EXPRESSION, to, error));
	literal_skip_lines(l);
	if (literal_at_end(l))
		return not_closed(l, start, error);
	if (!literal_take(l, ')'))
		return literal_computed(l, l->at, error, "( ) holds more than a value");
	l->depth--;
	return EXS_OK;
}

static exs_status
read_key(literal *l, buf *to, exs_error *error)
{
	EXS_SCOPED(buf) key = BUF(LITERAL_TEXT_MAX);
	size_t start = l->at;

	if (literal_string_begins(l)) {
		EXS_TRY(literal_string(l, &key, error));
	} else {
		while (!literal_at_end(l) && strchr(" \t\r\n=;,(){}[]'\"$@|&<>`", literal_peek(l, 0)) == NULL) {
			buf_byte(&key, literal_peek(l, 0));
			l->at++;
		}
	}
	EXS_TRY(buf_check(&key, "the key", error));
	if (l->at == start)
		return literal_wrong(l, start, error, "a key is wanted here: @{Key='value'}");
	jsontext_quote(to, buf_span(&key));
	literal_skip_blanks(l);
	if (!literal_take(l, '='))
		return literal_wrong(l, l->at, error, "= is wanted behind the key");
	literal_skip_lines(l);
	return EXS_OK;
}

static exs_status
check_keys(const literal *l, size_t start, span table, exs_error *error)
{
	EXS_SCOPED(buf) seen = BUF(LITERAL_TABLE_MAX * sizeof(span));
	jsontext_walk walk = jsontext_open(table);
	span          name, value;

	while (jsontext_next(&walk, &name, &value)) {
		for (size_t i = 0; i < seen.len; i += sizeof(span)) {
			span other;

			memcpy(&other, seen.at + i, sizeof other);
			if (span_same_nocase(name, other))
				return literal_wrong(l, start, error, "the key " SPAN_FORMAT " stands twice",
				                     SPAN_PRINT(name));
		}
		buf_add(&seen, span_from((const char *)&name, sizeof name));
		if (seen.over_ceiling)
			return literal_wrong(l, start, error, "more than %d keys", LITERAL_TABLE_MAX);
		EXS_TRY(buf_check(&seen, "the keys", error));
	}
	return EXS_OK;
}

exs_status
container_table(literal *l, buf *to, exs_error *error)
{
	EXS_SCOPED(buf) table = BUF(LITERAL_TEXT_MAX);
	size_t start = l->at;

	EXS_TRY(go_deeper(l, error));
	l->at += 2;
	buf_byte(&table, '{');
	while (!take_closing(l, '}')) {
		if (literal_at_end(l))
			return not_closed(l, start, error);
		if (table.len > 1)
			buf_byte(&table, ',');
		EXS_TRY(read_key(l, &table, error));
		buf_byte(&table, ':');
		EXS_TRY(container_list(l, LITERAL_EXPRESSION, &table, error));
		EXS_TRY(expect_separator(l, '}', start, error));
	}
	buf_byte(&table, '}');
	EXS_TRY(buf_check(&table, "the hashtable", error));
	EXS_TRY(check_keys(l, start, buf_span(&table), error));
	buf_add(to, buf_span(&table));
	l->depth--;
	return EXS_OK;
}
