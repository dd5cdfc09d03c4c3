/* JSON as text: walk it, decode it, copy it, without changing a byte of a value. */
#include "base/jsontext.h"

#include <stdint.h>

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Four hexadecimal digits of checked text. */
static uint32_t
hex4(const char *at)
{
	uint32_t value = 0;

	for (int i = 0; i < 4; i++) {
		char c = at[i];

		value = value * 16 + (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	return value;
}

jsontext_kind
jsontext_kind_of(span value)
{
	switch (value.at[0]) {
	case '{':
		return JSONTEXT_OBJECT;
	case '[':
		return JSONTEXT_ARRAY;
	case '"':
		return JSONTEXT_STRING;
	case 't':
		return JSONTEXT_TRUE;
	case 'f':
		return JSONTEXT_FALSE;
	case 'n':
		return JSONTEXT_NULL;
	default:
		return JSONTEXT_NUMBER;
	}
}

/* Past a string in checked text; at stands on its opening quote. */
static const char *
past_string(const char *at, const char *end)
{
	for (at = jsontext_stop(at + 1, end); *at != '"'; at = jsontext_stop(at + 2, end))
		;
	return at + 1;
}

/* Past any value in checked text. */
static const char *
past_value(const char *at, const char *end)
{
	int depth = 0;

	if (*at == '"')
		return past_string(at, end);
	if (*at != '{' && *at != '[') {
		while (at < end && !is_blank(*at) && *at != ',' && *at != '}' && *at != ']')
			at++;
		return at;
	}
	for (;;) {
		if (*at == '"') {
			at = past_string(at, end);
			continue;
		}
		if (*at == '{' || *at == '[')
			depth++;
		else if ((*at == '}' || *at == ']') && --depth == 0)
			return at + 1;
		at++;
	}
}

jsontext_walk
jsontext_open(span value)
{
	jsontext_walk walk;

	value = span_trim(value);
	walk.object = value.at[0] == '{';
	walk.rest = span_from(value.at + 1, value.len - 2);
	return walk;
}

static span
past_blanks(span s)
{
	while (s.len > 0 && (is_blank(s.at[0]) || s.at[0] == ',' || s.at[0] == ':')) {
		s.at++;
		s.len--;
	}
	return s;
}

static span
split(span *rest, const char *end)
{
	span head = span_from(rest->at, (size_t)(end - rest->at));

	rest->at += head.len;
	rest->len -= head.len;
	return head;
}

bool
jsontext_next(jsontext_walk *walk, span *ret_name, span *ret_value)
{
	span rest = past_blanks(walk->rest);

	*ret_name = span_from("", 0);
	if (rest.len == 0)
		return false;
	if (walk->object) {
		*ret_name = split(&rest, past_string(rest.at, rest.at + rest.len));
		rest = past_blanks(rest);
	}
	*ret_value = split(&rest, past_value(rest.at, rest.at + rest.len));
	walk->rest = rest;
	return true;
}

static bool
name_is(span quoted, const char *name)
{
	EXS_SCOPED(buf) decoded = BUF(quoted.len);

	if (memchr(quoted.at, '\\', quoted.len) == NULL)
		return span_is(span_from(quoted.at + 1, quoted.len - 2), name);
	jsontext_decode(&decoded, quoted);
	return span_is(buf_span(&decoded), name);
}

span
jsontext_member(span object, const char *name)
{
	jsontext_walk walk = jsontext_open(object);
	span          key, value;

	while (jsontext_next(&walk, &key, &value))
		if (name_is(key, name))
			return value;
	return span_from(NULL, 0);
}

static void
add_utf8(buf *to, uint32_t c)
{
	char   bytes[4];
	size_t n;

	if (c < 0x80) {
		bytes[0] = (char)c;
		n = 1;
	} else if (c < 0x800) {
		bytes[0] = (char)(0xC0 | c >> 6);
		bytes[1] = (char)(0x80 | (c & 63));
		n = 2;
	} else if (c < 0x10000) {
		bytes[0] = (char)(0xE0 | c >> 12);
		bytes[1] = (char)(0x80 | (c >> 6 & 63));
		bytes[2] = (char)(0x80 | (c & 63));
		n = 3;
	} else {
		bytes[0] = (char)(0xF0 | c >> 18);
		bytes[1] = (char)(0x80 | (c >> 12 & 63));
		bytes[2] = (char)(0x80 | (c >> 6 & 63));
		bytes[3] = (char)(0x80 | (c & 63));
		n = 4;
	}
	buf_add(to, span_from(bytes, n));
}

/* at stands behind the backslash of \uXXXX; returns what is behind it and, for a pair, behind both. */
static const char *
decode_unicode(buf *to, const char *at, const char *end)
{
	uint32_t c = hex4(at + 1);

	at += 5;
	if (c >= 0xD800 && c < 0xDC00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
		uint32_t low = hex4(at + 2);

		if (low >= 0xDC00 && low < 0xE000) {
			add_utf8(to, 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00));
			return at + 6;
		}
	}
	add_utf8(to, c >= 0xD800 && c < 0xE000 ? 0xFFFD : c);
	return at;
}

void
jsontext_decode(buf *to, span string)
{
	static const char from[] = "bfnrt", into[] = "\b\f\n\r\t";
	const char       *at = string.at + 1, *end = string.at + string.len - 1;

	while (at < end) {
		const char *escape = memchr(at, '\\', (size_t)(end - at));
		const char *known;

		if (escape == NULL)
			escape = end;
		buf_add(to, span_from(at, (size_t)(escape - at)));
		if (escape == end)
			return;
		at = escape + 1;
		if (*at == 'u') {
			at = decode_unicode(to, at, end);
			continue;
		}
		known = strchr(from, *at);
		buf_byte(to, known == NULL ? *at : into[known - from]);
		at++;
	}
}

/* Bytes of the well-formed character at the start of s; 0 when it is none. */
static size_t
character_length(span s)
{
	size_t most = s.len < 4 ? s.len : 4;

	for (size_t n = 1; n <= most; n++)
		if (span_is_utf8(span_from(s.at, n)))
			return n;
	return 0;
}

void
jsontext_quote(buf *to, span characters)
{
	static const char short_form[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";

	buf_byte(to, '"');
	for (size_t i = 0; i < characters.len;) {
		unsigned char c = (unsigned char)characters.at[i];
		const char   *known = c == 0 ? NULL : strchr(short_form, c);
		size_t        n = 1;

		if (known != NULL) {
			buf_byte(to, '\\');
			buf_byte(to, letters[known - short_form]);
		} else if (c < 0x20 || c == 0x7F) {
			buf_addf(to, "\\u%04x", c);
		} else if (c < 0x80) {
			buf_byte(to, (char)c);
		} else {
			n = character_length(span_from(characters.at + i, characters.len - i));
			if (n == 0) {
				buf_puts(to, "\xEF\xBF\xBD");
				n = 1;
			} else {
				buf_add(to, span_from(characters.at + i, n));
			}
		}
		i += n;
	}
	buf_byte(to, '"');
}

bool
jsontext_is_annotation(span name)
{
	return memchr(name.at, '@', name.len) != NULL;
}

void
jsontext_copy(buf *to, span value, bool keep_annotations)
{
	jsontext_walk walk;
	jsontext_kind kind;
	span          name, inner;
	bool          first = true;

	value = span_trim(value);
	kind = jsontext_kind_of(value);
	if (kind != JSONTEXT_OBJECT && kind != JSONTEXT_ARRAY) {
		buf_add(to, value);
		return;
	}
	buf_byte(to, kind == JSONTEXT_OBJECT ? '{' : '[');
	walk = jsontext_open(value);
	while (jsontext_next(&walk, &name, &inner)) {
		if (!keep_annotations && jsontext_is_annotation(name))
			continue;
		if (!first)
			buf_byte(to, ',');
		first = false;
		if (kind == JSONTEXT_OBJECT) {
			buf_add(to, name);
			buf_byte(to, ':');
		}
		jsontext_copy(to, inner, keep_annotations);
	}
	buf_byte(to, kind == JSONTEXT_OBJECT ? '}' : ']');
}
