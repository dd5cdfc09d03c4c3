/* One JSON value as the text of a cell. */
#include "output/cell.h"

#include "base/jsontext.h"

static bool
is_nested(span value)
{
	jsontext_kind kind = jsontext_kind_of(value);

	return kind == JSONTEXT_OBJECT || kind == JSONTEXT_ARRAY;
}

static void
add_plain(buf *to, span value)
{
	jsontext_kind kind = jsontext_kind_of(value);

	if (kind == JSONTEXT_STRING)
		jsontext_decode(to, value);
	else if (kind != JSONTEXT_NULL)
		buf_add(to, value);
}

static bool
is_plain_list(span value)
{
	jsontext_walk walk;
	span          name, element;

	if (jsontext_kind_of(value) != JSONTEXT_ARRAY)
		return false;
	walk = jsontext_open(value);
	while (jsontext_next(&walk, &name, &element))
		if (is_nested(element))
			return false;
	return true;
}

void
cell_text(buf *to, span value)
{
	jsontext_walk walk;
	span          name, element;
	bool          first = true;

	if (!is_nested(value)) {
		add_plain(to, value);
		return;
	}
	if (!is_plain_list(value)) {
		jsontext_copy(to, value, true);
		return;
	}
	walk = jsontext_open(value);
	while (jsontext_next(&walk, &name, &element)) {
		if (!first)
			buf_puts(to, "; ");
		first = false;
		add_plain(to, element);
	}
}

/* Characters that change what is shown elsewhere, or that cannot be seen (Unicode categories Cc, Cf, Zl, Zp). */
static const struct {
	uint32_t first, last;
} unsafe[] = {
	{0x0000, 0x001F},   {0x007F, 0x009F},   {0x00AD, 0x00AD},   {0x0600, 0x0605},
	{0x061C, 0x061C},   {0x06DD, 0x06DD},   {0x070F, 0x070F},   {0x180E, 0x180E},
	{0x200B, 0x200F},   {0x2028, 0x202E},   {0x2060, 0x206F},   {0xFEFF, 0xFEFF},
	{0xFFF9, 0xFFFB},   {0x1D173, 0x1D17A}, {0xE0000, 0xE007F},
};

static bool
is_unsafe(uint32_t c)
{
	for (size_t i = 0; i < sizeof unsafe / sizeof unsafe[0]; i++)
		if (c >= unsafe[i].first && c <= unsafe[i].last)
			return true;
	return false;
}

/* The character at the start of s and its length; 0 when it is none. */
static size_t
read_character(span s, uint32_t *ret)
{
	unsigned char lead = (unsigned char)s.at[0];
	size_t        n = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;

	if (n > s.len || !span_is_utf8(span_from(s.at, n)))
		return 0;
	*ret = n == 1 ? lead : lead & (0x7Fu >> n);
	for (size_t i = 1; i < n; i++)
		*ret = *ret << 6 | ((unsigned char)s.at[i] & 0x3Fu);
	return n;
}

static void
add_escape(buf *to, uint32_t c)
{
	static const char known[] = "\n\t\r", letters[] = "ntr";
	const char       *at = c == 0 || c > 0x7F ? NULL : strchr(known, (char)c);

	if (at != NULL)
		buf_addf(to, "\\%c", letters[at - known]);
	else
		buf_addf(to, "\\u{%04X}", (unsigned)c);
}

void
cell_visible(buf *to, span text)
{
	while (text.len > 0) {
		uint32_t c = 0xFFFD;
		size_t   plain = 0, n;

		while (plain < text.len && text.at[plain] >= 0x20 && text.at[plain] < 0x7F)
			plain++;
		buf_add(to, span_from(text.at, plain));
		text = span_from(text.at + plain, text.len - plain);
		if (text.len == 0)
			return;
		n = read_character(text, &c);
		if (n == 0)
			buf_addf(to, "\\x%02X", (unsigned)(unsigned char)text.at[0]);
		else if (is_unsafe(c))
			add_escape(to, c);
		else
			buf_add(to, span_from(text.at, n));
		n = n == 0 ? 1 : n;
		text = span_from(text.at + n, text.len - n);
	}
}

bool
cell_is_number(span text)
{
	size_t at;

	return text.len > 0 && (text.at[0] == '-' || (text.at[0] >= '0' && text.at[0] <= '9')) &&
	       jsontext_check(text, &at) && text.at[text.len - 1] >= '0' &&
	       text.at[text.len - 1] <= '9';
}
