/* base64, hexadecimal, percent and form encoding. */
#include "base/encode.h"

static const char url_alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char standard_alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void
encode64(buf *to, span bytes, const char *alphabet, bool pad)
{
	const unsigned char *in = (const unsigned char *)bytes.at;
	char                *out = buf_grow(to, (bytes.len + 2) / 3 * 4);
	size_t               n = 0;

	if (out == NULL)
		return;
	for (size_t i = 0; i < bytes.len; i += 3) {
		size_t   left = bytes.len - i;
		uint32_t word = (uint32_t)in[i] << 16;

		if (left > 1)
			word |= (uint32_t)in[i + 1] << 8;
		if (left > 2)
			word |= in[i + 2];
		out[n++] = alphabet[word >> 18];
		out[n++] = alphabet[word >> 12 & 63];
		if (left > 1)
			out[n++] = alphabet[word >> 6 & 63];
		else if (pad)
			out[n++] = '=';
		if (left > 2)
			out[n++] = alphabet[word & 63];
		else if (pad)
			out[n++] = '=';
	}
	buf_grew(to, n);
}

void
encode_base64url(buf *to, span bytes)
{
	encode64(to, bytes, url_alphabet, false);
}

void
encode_base64(buf *to, span bytes)
{
	encode64(to, bytes, standard_alphabet, true);
}

static bool
decode64(buf *to, span text, const char *alphabet)
{
	char *out;
	size_t n = 0;

	if (text.len % 4 == 1)
		return false;
	out = buf_grow(to, text.len / 4 * 3 + 3);
	if (out == NULL)
		return false;
	for (size_t i = 0; i < text.len; i += 4) {
		size_t   chunk = text.len - i < 4 ? text.len - i : 4;
		uint32_t word = 0;

		for (size_t j = 0; j < chunk; j++) {
			const char *at = text.at[i + j] == '\0' ? NULL : strchr(alphabet, text.at[i + j]);

			if (at == NULL)
				return false;
			word |= (uint32_t)(at - alphabet) << (18 - 6 * j);
		}
		if ((chunk == 2 && (word & 0xFFFF) != 0) || (chunk == 3 && (word & 0xFF) != 0))
			return false;
		out[n++] = (char)(word >> 16);
		if (chunk > 2)
			out[n++] = (char)(word >> 8);
		if (chunk > 3)
			out[n++] = (char)word;
	}
	buf_grew(to, n);
	return true;
}

bool
decode_base64url(buf *to, span text)
{
	return decode64(to, text, url_alphabet);
}

bool
decode_base64(buf *to, span text)
{
	if (text.len % 4 != 0)
		return false;
	for (int i = 0; i < 2 && text.len > 0 && text.at[text.len - 1] == '='; i++)
		text.len--;
	return decode64(to, text, standard_alphabet);
}

void
encode_hex(buf *to, span bytes, bool upper)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char       *out = buf_grow(to, bytes.len * 2);

	if (out == NULL)
		return;
	for (size_t i = 0; i < bytes.len; i++) {
		out[2 * i] = digits[(unsigned char)bytes.at[i] >> 4];
		out[2 * i + 1] = digits[(unsigned char)bytes.at[i] & 15];
	}
	buf_grew(to, bytes.len * 2);
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
decode_hex(buf *to, span text)
{
	if (text.len % 2 != 0)
		return false;
	for (size_t i = 0; i < text.len; i += 2) {
		int high = hex_digit(text.at[i]), low = hex_digit(text.at[i + 1]);

		if (high < 0 || low < 0)
			return false;
		buf_byte(to, (char)(high << 4 | low));
	}
	return true;
}

static bool
is_unreserved(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_' || c == '~';
}

void
encode_percent(buf *to, span bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		if (is_unreserved(bytes.at[i])) {
			buf_byte(to, bytes.at[i]);
		} else {
			buf_byte(to, '%');
			encode_hex(to, span_from(bytes.at + i, 1), true);
		}
	}
}

bool
decode_percent(buf *to, span text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] != '%') {
			buf_byte(to, text.at[i]);
		} else {
			if (text.len - i < 3 || !decode_hex(to, span_from(text.at + i + 1, 2)))
				return false;
			i += 2;
		}
	}
	return true;
}

void
encode_form(buf *to, const char *name, span value)
{
	if (to->len > 0)
		buf_byte(to, '&');
	buf_puts(to, name);
	buf_byte(to, '=');
	encode_percent(to, value);
}
