/* The service's text made plain. */
#include "api/plain.h"

/* Bytes of the well-formed character at the beginning, 0 when it is none. */
static size_t
character_length(span s)
{
	for (size_t n = 1; n <= 4 && n <= s.len; n++)
		if (span_is_utf8(span_from(s.at, n)))
			return n;
	return 0;
}

/* C0, DEL, C1 (U+0080 to U+009F), U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069, U+FEFF. */
static bool
is_harmful(const unsigned char *c, size_t len)
{
	if (len == 1)
		return c[0] <= 0x20 || c[0] == 0x7F;
	if (len == 2)
		return c[0] == 0xC2 && c[1] < 0xA0;
	if (len != 3)
		return false;
	if (c[0] == 0xE2 && c[1] == 0x80)
		return c[2] == 0x8E || c[2] == 0x8F || (c[2] >= 0xA8 && c[2] <= 0xAE);
	if (c[0] == 0xE2 && c[1] == 0x81)
		return c[2] >= 0xA6 && c[2] <= 0xA9;
	return c[0] == 0xEF && c[1] == 0xBB && c[2] == 0xBF;
}

void
plain_add(buf *to, span text, size_t most)
{
	bool   blank = false;
	size_t start = to->len;

	while (text.len > 0) {
		size_t n = character_length(text);
		bool   bad = n == 0 || is_harmful((const unsigned char *)text.at, n);

		if (bad) {
			blank = true;
			n = n == 0 ? 1 : n;
		} else {
			bool gap = blank && to->len > start;

			if (to->len - start + n + gap > most)
				return;
			if (gap)
				buf_byte(to, ' ');
			buf_add(to, span_from(text.at, n));
			blank = false;
		}
		text.at += n;
		text.len -= n;
	}
}

void
plain_copy(char *room, size_t size, span text)
{
	EXS_SCOPED(buf) plain = BUF(size);

	plain_add(&plain, text, size - 1);
	memcpy(room, buf_text(&plain), plain.len);
	room[plain.len] = '\0';
}
