/* How many columns of a terminal text takes. */
#include "output/width.h"

#include <wchar.h>

static const char ELLIPSIS[] = "\xE2\x80\xA6";

/* Bytes of the first character and the columns it takes. */
static size_t
first_character(span text, size_t *ret_columns)
{
	mbstate_t state = {0};
	wchar_t   c = 0;
	size_t    n = mbrtowc(&c, text.at, text.len, &state);
	int       columns;

	*ret_columns = 1;
	if (n == 0 || n > text.len)
		return 1;
	columns = wcwidth(c);
	if (columns >= 0)
		*ret_columns = (size_t)columns;
	return n;
}

size_t
width_of(span text)
{
	size_t width = 0, columns;

	while (text.len > 0) {
		size_t n = first_character(text, &columns);

		width += columns;
		text = span_from(text.at + n, text.len - n);
	}
	return width;
}

void
width_cut(buf *to, span text, size_t most)
{
	span   rest = text;
	size_t width = 0, columns;

	if (width_of(text) <= most) {
		buf_add(to, text);
		return;
	}
	while (rest.len > 0) {
		size_t n = first_character(rest, &columns);

		if (width + columns + 1 > most)
			break;
		width += columns;
		rest = span_from(rest.at + n, rest.len - n);
	}
	buf_add(to, span_from(text.at, text.len - rest.len));
	buf_puts(to, ELLIPSIS);
}
