/* Borrowed text: compare, trim, cut, strict numbers. */
#include "base/span.h"

#include <limits.h>
#include <strings.h>

bool
span_same(span a, span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool
span_same_nocase(span a, span b)
{
	return a.len == b.len && (a.len == 0 || strncasecmp(a.at, b.at, a.len) == 0);
}

bool
span_is_nocase(span s, const char *string)
{
	return span_same_nocase(s, span_of(string));
}

bool
span_starts(span s, const char *prefix)
{
	size_t len = strlen(prefix);

	return s.len >= len && memcmp(s.at, prefix, len) == 0;
}

bool
span_starts_nocase(span s, const char *prefix)
{
	size_t len = strlen(prefix);

	return s.len >= len && strncasecmp(s.at, prefix, len) == 0;
}

bool
span_ends_nocase(span s, const char *suffix)
{
	size_t len = strlen(suffix);

	return s.len >= len && strncasecmp(s.at + s.len - len, suffix, len) == 0;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

span
span_trim(span s)
{
	while (s.len > 0 && is_blank(s.at[0])) {
		s.at++;
		s.len--;
	}
	while (s.len > 0 && is_blank(s.at[s.len - 1]))
		s.len--;
	return s;
}

span
span_cut(span *rest, char separator)
{
	const char *at = rest->len == 0 ? NULL : memchr(rest->at, separator, rest->len);
	span        head = *rest;

	if (at == NULL) {
		rest->at += rest->len;
		rest->len = 0;
		return head;
	}
	head.len = (size_t)(at - head.at);
	rest->at = at + 1;
	rest->len -= head.len + 1;
	return head;
}

ptrdiff_t
span_find(span s, const char *string)
{
	const char *at = s.len == 0 ? NULL : memmem(s.at, s.len, string, strlen(string));

	return at == NULL ? -1 : at - s.at;
}

bool
span_unsigned(span s, uint64_t *ret)
{
	uint64_t value = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned digit = (unsigned)(unsigned char)s.at[i] - '0';

		if (digit > 9 || value > (UINT64_MAX - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	*ret = value;
	return true;
}

bool
span_signed(span s, int64_t *ret)
{
	bool     negative = s.len > 0 && s.at[0] == '-';
	uint64_t value;

	if (negative) {
		s.at++;
		s.len--;
	}
	if (!span_unsigned(s, &value) || value > (uint64_t)INT64_MAX)
		return false;
	*ret = negative ? -(int64_t)value : (int64_t)value;
	return true;
}

/* Length of the well-formed character at the start, or 0 (RFC 3629 section 4). */
static size_t
utf8_length(const unsigned char *c, size_t room)
{
	size_t        want;
	unsigned char low = 0x80, high = 0xBF;

	if (c[0] < 0x80)
		return 1;
	if (c[0] >= 0xC2 && c[0] <= 0xDF)
		want = 2;
	else if (c[0] >= 0xE0 && c[0] <= 0xEF)
		want = 3;
	else if (c[0] >= 0xF0 && c[0] <= 0xF4)
		want = 4;
	else
		return 0;
	if (c[0] == 0xE0)
		low = 0xA0;
	else if (c[0] == 0xED)
		high = 0x9F;
	else if (c[0] == 0xF0)
		low = 0x90;
	else if (c[0] == 0xF4)
		high = 0x8F;
	if (room < want || c[1] < low || c[1] > high)
		return 0;
	for (size_t i = 2; i < want; i++)
		if (c[i] < 0x80 || c[i] > 0xBF)
			return 0;
	return want;
}

size_t
span_utf8_length(span s)
{
	size_t i = 0;

	while (i < s.len) {
		uint64_t word;
		size_t   n;

		/* most of what we read is ASCII: eight bytes at a time */
		while (s.len - i >= sizeof word) {
			memcpy(&word, s.at + i, sizeof word);
			if ((word & UINT64_C(0x8080808080808080)) != 0)
				break;
			i += sizeof word;
		}
		if (i == s.len)
			break;
		n = utf8_length((const unsigned char *)s.at + i, s.len - i);

		if (n == 0)
			break;
		i += n;
	}
	return i;
}

bool
span_is_utf8(span s)
{
	return span_utf8_length(s) == s.len;
}

enum { WORD_MAX = 63 };

/* Edit distance with neighbours swapped counting one, letters' case ignored. */
static unsigned
distance(span a, span b)
{
	unsigned row[3][WORD_MAX + 1];

	if (a.len > WORD_MAX || b.len > WORD_MAX)
		return UINT_MAX; /* nobody mistypes that */
	for (size_t j = 0; j <= b.len; j++)
		row[1][j] = (unsigned)j;
	for (size_t i = 1; i <= a.len; i++) {
		unsigned *two = row[(i + 2) % 3], *one = row[i % 3], *now = row[(i + 1) % 3];

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= b.len; j++) {
			char     x = (char)(a.at[i - 1] | 0x20), y = (char)(b.at[j - 1] | 0x20);
			unsigned best = one[j - 1] + (x != y);

			if (one[j] + 1 < best)
				best = one[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && x == (char)(b.at[j - 2] | 0x20) &&
			    y == (char)(a.at[i - 2] | 0x20) && two[j - 2] + 1 < best)
				best = two[j - 2] + 1;
			now[j] = best;
		}
	}
	return row[(a.len + 1) % 3][b.len];
}

const char *
span_nearest(span word, const char *const *candidates, size_t n)
{
	const char *nearest = NULL;
	unsigned    best = (unsigned)(word.len / 3) + 1;

	for (size_t i = 0; i < n; i++) {
		unsigned d = distance(word, span_of(candidates[i]));

		if (d <= best && (nearest == NULL || d < best)) {
			best = d;
			nearest = candidates[i];
		}
	}
	return nearest;
}
