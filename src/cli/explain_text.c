/* Which of Exchange's words a person means. */
#include "cli/explain_text.h"

#include <stdio.h>

enum { TEXT_MAX = 4096, PART_MIN = 12 };

static bool
is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* Small letters, one kind of apostrophe, single blanks. */
static span
flatten(span text, char to[TEXT_MAX])
{
	size_t n = 0;

	for (size_t i = 0; i < text.len && n + 1 < TEXT_MAX; i++) {
		char c = text.at[i];

		if (span_starts(span_from(text.at + i, text.len - i), "\xE2\x80\x99")) {
			c = '\'';
			i += 2;
		}
		if (c == '\n' || c == '\t' || c == '\r')
			c = ' ';
		if (c == ' ' && n > 0 && to[n - 1] == ' ')
			continue;
		to[n++] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
	}
	to[n] = '\0';
	return span_from(to, n);
}

/* Is it at this place with nothing of a name behind it, and, when whole, before it? */
static bool
stands(span text, size_t at, size_t length, bool whole)
{
	if (at + length < text.len && is_alnum(text.at[at + length]))
		return false;
	return !whole || at == 0 || !is_alnum(text.at[at - 1]);
}

static bool
fits(const char *code, span pasted, bool whole)
{
	char      flat_code[TEXT_MAX], flat_text[TEXT_MAX];
	span      wanted = flatten(span_of(code), flat_code), rest = flatten(span_trim(pasted), flat_text);
	bool      is_type = memchr(wanted.at, ' ', wanted.len) == NULL;
	span      text = rest;
	ptrdiff_t found;

	if (!is_type)
		return span_find(text, flat_code) >= 0 ||
		       (whole && text.len >= PART_MIN && span_find(wanted, flat_text) >= 0);
	while ((found = span_find(rest, flat_code)) >= 0) {
		size_t at = (size_t)(rest.at - text.at) + (size_t)found;

		if (stands(text, at, wanted.len, whole))
			return true;
		rest = span_from(rest.at + found + 1, rest.len - (size_t)found - 1);
	}
	return false;
}

bool
explain_text_fits(const char *code, span pasted)
{
	return fits(code, pasted, true);
}

bool
explain_text_ends(const char *code, span pasted)
{
	return fits(code, pasted, false);
}
