/* JSON as text: is it JSON at all? The grammar of RFC 8259, to the letter and to a depth. */
#include "base/jsontext.h"

#include <endian.h>
#include <stdint.h>

typedef struct reader {
	const char *start, *at, *end;
} reader;

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void
skip_blanks(reader *r)
{
	while (r->at < r->end && is_blank(*r->at))
		r->at++;
}

static bool
take(reader *r, char c)
{
	if (r->at == r->end || *r->at != c)
		return false;
	r->at++;
	return true;
}

static bool
take_word(reader *r, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(r->end - r->at) < len || memcmp(r->at, word, len) != 0)
		return false;
	r->at += len;
	return true;
}

static bool
is_digit(const reader *r)
{
	return r->at < r->end && *r->at >= '0' && *r->at <= '9';
}

static bool
take_digits(reader *r)
{
	if (!is_digit(r))
		return false;
	while (is_digit(r))
		r->at++;
	return true;
}

static bool
take_number(reader *r)
{
	(void)take(r, '-');
	if (take(r, '0')) {
		/* no digit may follow a leading zero */
		if (is_digit(r))
			return false;
	} else if (!take_digits(r)) {
		return false;
	}
	if (take(r, '.') && !take_digits(r))
		return false;
	if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
		r->at++;
		if (!take(r, '+'))
			(void)take(r, '-');
		return take_digits(r);
	}
	return true;
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))
/* The high bit of every byte of word that is below n (n <= 128), and of every byte that is c. */
#define BELOW(word, n) (((word) - EACH(n)) & ~(word) & EACH(0x80))
#define EQUALS(word, c) BELOW((word) ^ EACH(c), 1)

const char *
jsontext_stop(const char *at, const char *end)
{
	uint64_t word, stops;

	for (; end - at >= (ptrdiff_t)sizeof word; at += sizeof word) {
		memcpy(&word, at, sizeof word);
		word = htole64(word);
		stops = BELOW(word, 0x20) | EQUALS(word, '"') | EQUALS(word, '\\');
		if (stops != 0)
			return at + __builtin_ctzll(stops) / 8;
	}
	while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20)
		at++;
	return at;
}

static bool
four_hex(const char *at)
{
	for (int i = 0; i < 4; i++)
		if (at[i] == '\0' || strchr("0123456789abcdefABCDEF", at[i]) == NULL)
			return false;
	return true;
}

static bool
take_string(reader *r)
{
	if (!take(r, '"'))
		return false;
	for (;;) {
		r->at = jsontext_stop(r->at, r->end);
		if (take(r, '"'))
			return true;
		if (r->end - r->at < 2 || *r->at != '\\')
			return false;
		if (r->at[1] == 'u') {
			if (r->end - r->at < 6 || !four_hex(r->at + 2))
				return false;
			r->at += 6;
		} else if (strchr("\"\\/bfnrt", r->at[1]) == NULL || r->at[1] == '\0') {
			return false;
		} else {
			r->at += 2;
		}
	}
}

static bool take_value(reader *r, int depth);

/* The inside of an object or array whose opening bracket was taken. */
static bool
take_container(reader *r, bool object, int depth)
{
	char closing = object ? '}' : ']';

	if (depth > JSONTEXT_DEPTH_MAX)
		return false;
	skip_blanks(r);
	if (take(r, closing))
		return true;
	for (;;) {
		skip_blanks(r);
		if (object) {
			if (!take_string(r))
				return false;
			skip_blanks(r);
			if (!take(r, ':'))
				return false;
			skip_blanks(r);
		}
		if (!take_value(r, depth))
			return false;
		skip_blanks(r);
		if (take(r, closing))
			return true;
		if (!take(r, ','))
			return false;
	}
}

static bool
take_value(reader *r, int depth)
{
	if (r->at == r->end)
		return false;
	switch (*r->at) {
	case '{':
		r->at++;
		return take_container(r, true, depth + 1);
	case '[':
		r->at++;
		return take_container(r, false, depth + 1);
	case '"':
		return take_string(r);
	case 't':
		return take_word(r, "true");
	case 'f':
		return take_word(r, "false");
	case 'n':
		return take_word(r, "null");
	default:
		return take_number(r);
	}
}

bool
jsontext_check(span text, size_t *ret_at)
{
	reader r = {text.at, text.at, text.at + text.len};
	bool   good;

	skip_blanks(&r);
	good = take_value(&r, 0);
	if (good) {
		skip_blanks(&r);
		good = r.at == r.end;
	}
	if (good) {
		r.at = r.start + span_utf8_length(text);
		good = r.at == r.end;
	}
	*ret_at = (size_t)(r.at - r.start);
	return good;
}
