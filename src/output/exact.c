/* Numbers that a double cannot hold, made text. */
#include "output/exact.h"

#include <math.h>
#include <stdlib.h>

enum { SURE_DIGITS = 15, NUMBER_MAX = 400 }; /* DBL_DIG: so many always survive */

static size_t
string_length(span rest)
{
	size_t i = 1;

	while (i < rest.len && rest.at[i] != '"')
		i += rest.at[i] == '\\' ? 2 : 1;
	return i < rest.len ? i + 1 : rest.len;
}

static bool
is_of_number(char c)
{
	return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

static size_t
number_length(span rest)
{
	size_t i = 0;

	while (i < rest.len && is_of_number(rest.at[i]))
		i++;
	return i;
}

static unsigned
significant_digits(span number)
{
	unsigned n = 0;

	for (size_t i = 0; i < number.len && number.at[i] != 'e' && number.at[i] != 'E'; i++)
		n += number.at[i] >= '0' && number.at[i] <= '9' && (n > 0 || number.at[i] != '0');
	return n;
}

static bool
survives(span number)
{
	char   text[NUMBER_MAX];
	bool   whole = memchr(number.at, '.', number.len) == NULL &&
	             memchr(number.at, 'e', number.len) == NULL && memchr(number.at, 'E', number.len) == NULL;
	double value;

	if (number.len >= sizeof text)
		return false;
	memcpy(text, number.at, number.len);
	text[number.len] = '\0';
	value = strtod(text, NULL);
	if (isinf(value) || (value == 0.0 && significant_digits(number) > 0))
		return false;
	if (significant_digits(number) <= SURE_DIGITS)
		return true;
	return whole && fabs(value) < 9007199254740992.0;
}

static bool
is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

/* A string, a number, a word or one other byte. */
static size_t
piece_length(span rest)
{
	size_t i = 1;

	if (rest.at[0] == '"')
		return string_length(rest);
	if (is_letter(rest.at[0])) {
		while (i < rest.len && is_letter(rest.at[i]))
			i++;
		return i;
	}
	return is_of_number(rest.at[0]) ? number_length(rest) : 1;
}

void
exact_add(buf *to, span json, span *ret_name)
{
	span name = span_of(""), rest = json;

	*ret_name = span_from(NULL, 0);
	while (rest.len > 0) {
		span piece = span_from(rest.at, piece_length(rest));

		rest = span_from(rest.at + piece.len, rest.len - piece.len);
		if (piece.at[0] == '"' && piece.len > 1)
			name = span_from(piece.at + 1, piece.len - 2);
		if (is_letter(piece.at[0]) || !is_of_number(piece.at[0]) || survives(piece)) {
			buf_add(to, piece);
			continue;
		}
		if (ret_name->at == NULL)
			*ret_name = name;
		buf_byte(to, '"');
		buf_add(to, piece);
		buf_byte(to, '"');
	}
}
