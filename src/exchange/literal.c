/* PowerShell text that is being read: the place, its words, its complaints. */
#include "exchange/literal.h"

#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

bool
literal_at_end(const literal *l)
{
	return l->at >= l->text.len;
}

char
literal_peek(const literal *l, size_t ahead)
{
	return l->text.len - l->at <= ahead ? '\0' : l->text.at[l->at + ahead];
}

bool
literal_take(literal *l, char c)
{
	if (literal_at_end(l) || literal_peek(l, 0) != c)
		return false;
	l->at++;
	return true;
}

size_t
literal_line_break(const literal *l, size_t ahead)
{
	if (literal_peek(l, ahead) == '\n')
		return 1;
	return literal_peek(l, ahead) == '\r' && literal_peek(l, ahead + 1) == '\n' ? 2 : 0;
}

void
literal_skip_blanks(literal *l)
{
	for (;;) {
		if (literal_peek(l, 0) == ' ' || literal_peek(l, 0) == '\t')
			l->at++;
		else if (literal_peek(l, 0) == '`' && literal_line_break(l, 1) > 0)
			l->at += 1 + literal_line_break(l, 1);
		else
			return;
	}
}

void
literal_skip_lines(literal *l)
{
	for (;;) {
		size_t before = l->at;

		literal_skip_blanks(l);
		if (literal_peek(l, 0) == '#')
			while (!literal_at_end(l) && literal_peek(l, 0) != '\n')
				l->at++;
		l->at += literal_line_break(l, 0);
		if (l->at == before)
			return;
	}
}

/* U+2018 to U+201B are E2 80 98 to E2 80 9B; the double ones, U+201C to U+201E, follow. */
static size_t
curly(const literal *l, size_t ahead, unsigned char first, unsigned char last)
{
	unsigned char third = (unsigned char)literal_peek(l, ahead + 2);

	return literal_peek(l, ahead) == '\xE2' && literal_peek(l, ahead + 1) == '\x80' &&
	                       third >= first && third <= last
	               ? 3
	               : 0;
}

size_t
literal_single_quote(const literal *l, size_t ahead)
{
	return literal_peek(l, ahead) == '\'' ? 1 : curly(l, ahead, 0x98, 0x9B);
}

size_t
literal_double_quote(const literal *l, size_t ahead)
{
	return literal_peek(l, ahead) == '"' ? 1 : curly(l, ahead, 0x9C, 0x9E);
}

static bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || (unsigned char)c >= 0x80;
}

bool
literal_is_variable(const literal *l, size_t ahead)
{
	char next = literal_peek(l, ahead + 1);

	if (literal_peek(l, ahead) != '$' || literal_single_quote(l, ahead + 1) > 0 ||
	    literal_double_quote(l, ahead + 1) > 0)
		return false;
	return is_name(next) || (next != '\0' && strchr("{(?^$:", next) != NULL);
}

const char *
literal_constant(const literal *l, size_t *ret_length)
{
	static const char *const words[][2] = {
		{"$true", "true"}, {"$false", "false"}, {"$null", "null"}};
	span rest = span_from(l->text.at + l->at, l->text.len - l->at);

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		size_t len = strlen(words[i][0]);

		if (!span_starts_nocase(rest, words[i][0]))
			continue;
		if (rest.len > len && (is_name(rest.at[len]) || rest.at[len] == ':' ||
		                       rest.at[len] == '.' || rest.at[len] == '['))
			continue;
		*ret_length = len;
		return words[i][1];
	}
	return NULL;
}

typedef struct place_text {
	char at[64];
} place_text;

/* "column 7", or "line 2, column 7": counted in characters, from one. */
static place_text
place_print(const literal *l, size_t place)
{
	place_text ret;
	size_t     line = 1, column = 1;

	for (size_t i = 0; i < place && i < l->text.len; i++) {
		unsigned char c = (unsigned char)l->text.at[i];

		if (c == '\n') {
			line++;
			column = 1;
		} else if ((c & 0xC0) != 0x80) {
			column++;
		}
	}
	if (line == 1)
		snprintf(ret.at, sizeof ret.at, "column %zu", column);
	else
		snprintf(ret.at, sizeof ret.at, "line %zu, column %zu", line, column);
	return ret;
}

#define COMPLAIN(id)                                                                               \
	do {                                                                                       \
		char    reason[400];                                                               \
		va_list arguments;                                                                 \
		va_start(arguments, format);                                                       \
		vsnprintf(reason, sizeof reason, format, arguments);                               \
		va_end(arguments);                                                                 \
		return exs_fail(error, (id), "%s, %s: %s", l->what, place_print(l, place).at,      \
		                reason);                                                           \
	} while (0)

exs_status
literal_wrong(const literal *l, size_t place, exs_error *error, const char *format, ...)
{
	COMPLAIN(E_PARAMETER);
}

exs_status
literal_computed(const literal *l, size_t place, exs_error *error, const char *format, ...)
{
	COMPLAIN(E_EXPRESSION);
}
