/* A table's columns and cells. */
#include "exchange/batch_cells.h"

#include "base/jsontext.h"
#include "exchange/batch_source.h"

void
batch_cells_begin(batch_cells *c)
{
	*c = (batch_cells){.names = BUF(BATCH_RECORD_MAX), .cells = BUF(BATCH_RECORD_MAX)};
}

void
batch_cells_done(batch_cells *c)
{
	buf_done(&c->names);
	buf_done(&c->cells);
}

static const char *const kind_words[CELL_KINDS] = {
	[CELL_TEXT] = "text", [CELL_BOOL] = "bool", [CELL_INT] = "int", [CELL_LIST] = "list",
	[CELL_JSON] = "json",
};

bool
cell_kind_parse(span word, cell_kind *ret)
{
	for (int i = 0; i < CELL_KINDS; i++) {
		if (span_is_nocase(word, kind_words[i])) {
			*ret = (cell_kind)i;
			return true;
		}
	}
	return false;
}

static bool
print_bool(span cell, buf *to)
{
	static const struct {
		const char *word;
		bool        value;
	} words[] = {
		{"true", true}, {"$true", true},   {"yes", true}, {"1", true},
		{"false", false}, {"$false", false}, {"no", false}, {"0", false},
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (span_is_nocase(cell, words[i].word)) {
			buf_puts(to, words[i].value ? "true" : "false");
			return true;
		}
	}
	return false;
}

static bool
print_int(span cell, buf *to)
{
	int64_t number;

	if (!span_signed(cell, &number))
		return false;
	buf_addf(to, "%lld", (long long)number);
	return true;
}

static bool
print_list(span cell, buf *to)
{
	bool first = true;

	buf_byte(to, '[');
	while (cell.len > 0) {
		span element = span_trim(span_cut(&cell, ';'));

		if (element.len == 0)
			continue;
		if (!first)
			buf_byte(to, ',');
		first = false;
		jsontext_quote(to, element);
	}
	buf_byte(to, ']');
	return true;
}

bool
cell_print(cell_kind kind, span cell, buf *to)
{
	size_t at;

	switch (kind) {
	case CELL_BOOL:
		return print_bool(span_trim(cell), to);
	case CELL_INT:
		return print_int(span_trim(cell), to);
	case CELL_LIST:
		return print_list(cell, to);
	case CELL_JSON:
		if (!jsontext_check(cell, &at))
			return false;
		buf_add(to, span_trim(cell));
		return true;
	default:
		jsontext_quote(to, cell);
		return true;
	}
}

/* Reads one quoted cell, whose first quote was passed; *at is behind the last one. */
static bool
take_quoted(span record, size_t *at, buf *to)
{
	while (*at < record.len) {
		const char *from = record.at + *at;
		const char *quote = memchr(from, '"', record.len - *at);

		if (quote == NULL)
			return false;
		buf_add(to, span_from(from, (size_t)(quote - from)));
		*at = (size_t)(quote - record.at) + 1;
		if (*at >= record.len || record.at[*at] != '"')
			return true;
		buf_byte(to, '"');
		++*at;
	}
	return false;
}

static bool
take_plain(span record, char separator, size_t *at, buf *to)
{
	size_t from = *at;

	while (*at < record.len && record.at[*at] != separator) {
		if (record.at[*at] == '"')
			return false;
		++*at;
	}
	buf_add(to, span_from(record.at + from, *at - from));
	return true;
}

/* Cuts the record into cells behind each other in `to`. */
static bool
split(span record, char separator, buf *to, size_t ends[CELLS_MAX], size_t *ret_n,
      const char **ret_wrong)
{
	size_t at = 0;

	*ret_n = 0;
	buf_clear(to);
	for (;;) {
		bool good;

		if (*ret_n == CELLS_MAX) {
			*ret_wrong = "more than 500 columns";
			return false;
		}
		if (at < record.len && record.at[at] == '"') {
			at++;
			good = take_quoted(record, &at, to);
		} else {
			good = take_plain(record, separator, &at, to);
		}
		if (!good || (at < record.len && record.at[at] != separator)) {
			*ret_wrong = "a quote stands within a cell; a cell that holds one is quoted as a "
			             "whole, with \"\" for each";
			return false;
		}
		ends[(*ret_n)++] = to->len;
		if (at >= record.len)
			break;
		at++;
	}
	*ret_wrong = "a cell that is too long";
	return !to->over_ceiling && !to->no_memory;
}

static span
part(const buf *text, const size_t ends[CELLS_MAX], size_t i)
{
	size_t from = i == 0 ? 0 : ends[i - 1];

	return span_from(buf_text(text) + from, ends[i] - from);
}

span
cells_name(const batch_cells *c, size_t column)
{
	return part(&c->names, c->name_ends, column);
}

span
cells_at(const batch_cells *c, size_t column)
{
	return part(&c->cells, c->ends, column);
}

int
cells_find(const batch_cells *c, span name)
{
	for (size_t i = 0; i < c->n; i++)
		if (span_same_nocase(cells_name(c, i), name))
			return (int)i;
	return -1;
}

bool
cells_are_empty(const batch_cells *c)
{
	return c->cells.len == 0;
}

static char
find_separator(span header)
{
	static const char others[] = {';', '\t'};

	for (size_t i = 0; i < sizeof others; i++)
		if (memchr(header.at, ',', header.len) == NULL &&
		    memchr(header.at, others[i], header.len) != NULL)
			return others[i];
	return ',';
}

/* Name:bool; what stands behind the colon and is no kind belongs to the name. */
static span
take_kind(span title, cell_kind *ret)
{
	for (size_t i = title.len; i > 0; i--)
		if (title.at[i - 1] == ':' &&
		    cell_kind_parse(span_from(title.at + i, title.len - i), ret))
			return span_from(title.at, i - 1);
	*ret = CELL_TEXT;
	return title;
}

bool
cells_take_header(batch_cells *c, span record, const char **ret_wrong)
{
	size_t n;

	c->separator = find_separator(record);
	if (!split(record, c->separator, &c->cells, c->ends, &n, ret_wrong))
		return false;
	for (size_t i = 0; i < n; i++) {
		span name = take_kind(span_trim(part(&c->cells, c->ends, i)), &c->kinds[i]);

		*ret_wrong = name.len == 0 ? "a column without a name" : "two columns have the same name";
		if (name.len == 0 || cells_find(c, name) >= 0)
			return false;
		buf_add(&c->names, name);
		c->name_ends[i] = c->names.len;
		c->n = i + 1;
	}
	buf_clear(&c->cells);
	memset(c->ends, 0, sizeof c->ends);
	*ret_wrong = "a header that is too long";
	return !c->names.over_ceiling && !c->names.no_memory;
}

bool
cells_take(batch_cells *c, span record, const char **ret_wrong)
{
	size_t n;

	if (!split(record, c->separator, &c->cells, c->ends, &n, ret_wrong))
		return false;
	*ret_wrong = n < c->n ? "fewer cells than the header has columns"
	                      : "more cells than the header has columns";
	if (n != c->n)
		return false;
	*ret_wrong = memchr(buf_text(&c->cells), '\0', c->cells.len) != NULL ? "a NUL" : "bytes that are not UTF-8";
	return memchr(buf_text(&c->cells), '\0', c->cells.len) == NULL && span_is_utf8(buf_span(&c->cells));
}
