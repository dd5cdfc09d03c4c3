/*
 * CSV and TSV: a header, then a line a row.
 *
 * CSV is RFC 4180: CRLF, quotes doubled. Fields that hold a semicolon or a tab are quoted too, because spreadsheets of
 * some countries split there. A field that a spreadsheet would take for a formula (it begins with = + - @, their
 * full-width forms, a tab, CR or LF) gets an apostrophe in front, unless it is a number. NUL, which no reader of CSV
 * takes and some leave out, becomes U+2400. TSV has no quoting: tab, newline, CR, backslash and NUL are written
 * \t \n \r \\ \0.
 */
#include "base/error.h"
#include "output/cell.h"
#include "output/format.h"

static exs_status
choose_all(writer *w, span row, exs_error *error)
{
	return columns_all(&w->columns, row, error);
}

static exs_status
end_nothing(writer *w, exs_error *error)
{
	(void)w;
	(void)error;
	return EXS_OK;
}

static bool
is_formula(span field)
{
	static const char *const wide[] = {"\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D",
	                                   "\xEF\xBC\xA0"};

	if (field.len == 0 || cell_is_number(field))
		return false;
	if (field.at[0] != '\0' && strchr("=+-@\t\r\n", field.at[0]) != NULL)
		return true;
	for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++)
		if (span_starts(field, wide[i]))
			return true;
	return false;
}

static bool
needs_quotes(span field)
{
	for (size_t i = 0; i < field.len; i++)
		if (field.at[i] != '\0' && strchr("\",;\t\r\n", field.at[i]) != NULL)
			return true;
	return field.len > 0 && (field.at[0] == ' ' || field.at[field.len - 1] == ' ');
}

static void
add_without_nul(buf *to, span piece)
{
	while (piece.len > 0) {
		span part = span_cut(&piece, '\0');

		buf_add(to, part);
		if (part.at + part.len < piece.at)
			buf_puts(to, "\xE2\x90\x80");
	}
}

static void
add_csv(buf *to, span field)
{
	bool formula = is_formula(field), quoted = formula || needs_quotes(field);

	if (quoted)
		buf_byte(to, '"');
	if (formula)
		buf_byte(to, '\'');
	while (field.len > 0) {
		span piece = span_cut(&field, '"');
		bool was_cut = piece.at + piece.len < field.at;

		add_without_nul(to, piece);
		if (was_cut)
			buf_puts(to, "\"\"");
	}
	if (quoted)
		buf_byte(to, '"');
}

static void
add_tsv(buf *to, span field)
{
	/* the NUL at its end is one of them */
	static const char special[] = "\t\n\r\\", letters[] = "tnr\\0";

	for (size_t i = 0; i < field.len; i++) {
		const char *at = memchr(special, field.at[i], sizeof special);

		if (at != NULL)
			buf_byte(to, '\\');
		buf_byte(to, at != NULL ? letters[at - special] : field.at[i]);
	}
}

typedef struct dialect {
	void (*add)(buf *to, span field);
	char        separator;
	const char *end;
} dialect;

static const dialect csv = {add_csv, ',', "\r\n"}, tsv = {add_tsv, '\t', "\n"};

static const dialect *
dialect_of(const writer *w)
{
	return w->format == &format_csv ? &csv : &tsv;
}

static exs_status
begin(writer *w, exs_error *error)
{
	const dialect *d = dialect_of(w);

	(void)error;
	for (size_t i = 0; i < w->columns.n; i++) {
		if (i > 0)
			buf_byte(&w->sink.waiting, d->separator);
		buf_clear(&w->shown);
		cell_visible(&w->shown, span_of(w->columns.at[i].name));
		d->add(&w->sink.waiting, buf_span(&w->shown));
	}
	if (w->columns.chosen)
		buf_puts(&w->sink.waiting, d->end);
	return EXS_OK;
}

static exs_status
add_row(writer *w, span row, exs_error *error)
{
	const dialect *d = dialect_of(w);

	(void)row;
	(void)error;
	for (size_t i = 0; i < w->columns.n; i++) {
		if (i > 0)
			buf_byte(&w->sink.waiting, d->separator);
		d->add(&w->sink.waiting, format_cell(w, w->columns.at[i].value, w->options.terminal));
	}
	buf_puts(&w->sink.waiting, d->end);
	return EXS_OK;
}

const format format_csv = {"csv", choose_all, begin, add_row, end_nothing, NULL};
const format format_tsv = {"tsv", choose_all, begin, add_row, end_nothing, NULL};
