/* A command with {column}s in its texts, filled in. */
#include "exchange/batch_pattern.h"

#include "base/error.h"
#include "base/jsontext.h"
#include "exchange/batch_source.h"

#include <exosign/batch.h>

/* What {column} becomes while the command is read, and {{ }}: characters for private use, which no literal minds. */
#define OPENS       "\xEE\x80\x80"
#define CLOSES      "\xEE\x80\x81"
#define OPENS_TEXT  "\xEE\x80\x82"
#define CLOSES_TEXT "\xEE\x80\x83"
enum { MARK_LENGTH = 3 };

typedef struct filling {
	const batch_cells *cells;
	const char        *parameter; /* in messages */
	bool               checks;    /* only whether the columns are there */
	unsigned           used;
	exs_error         *error;
} filling;

/* How much of the text is {name}, or {{name}} when twice; 0: it is no such thing. */
static size_t
braced(span text, bool twice)
{
	size_t n = twice ? 2 : 1, i;

	if (text.len < 2 * n + 1 || text.at[0] != '{' || (twice && text.at[1] != '{'))
		return 0;
	for (i = n; i < text.len && strchr("{}\"'\n", text.at[i]) == NULL; i++)
		;
	if (i == n || text.len - i < n || memcmp(text.at + i, "}}", n) != 0)
		return 0;
	return i + n;
}

static void
mark(span text, buf *to)
{
	while (text.len > 0) {
		size_t twice = braced(text, true), once = braced(text, false);
		bool   table = text.len > 1 && text.at[0] == '@' && text.at[1] == '{';

		if (twice > 0) {
			buf_puts(to, OPENS_TEXT);
			buf_add(to, span_from(text.at + 2, twice - 4));
			buf_puts(to, CLOSES_TEXT);
		} else if (once > 0) {
			buf_puts(to, OPENS);
			buf_add(to, span_from(text.at + 1, once - 2));
			buf_puts(to, CLOSES);
		} else {
			buf_add(to, span_from(text.at, table ? 2 : 1));
		}
		text = span_from(text.at + (twice > 0 ? twice : once > 0 ? once : table ? 2 : 1),
		                 text.len - (twice > 0 ? twice : once > 0 ? once : table ? 2 : 1));
	}
}

exs_status
exs_batch_columns(const char *text, size_t length, char **ret_marked, exs_error *error)
{
	EXS_SCOPED(buf) marked = BUF(COMMAND_BODY_MAX);

	mark(span_from(text, length), &marked);
	return buf_take(&marked, "a parameter", ret_marked, error);
}

/* One {column} or {column:kind}. */
typedef struct hole {
	int       column;
	cell_kind kind;
	bool      has_kind;
} hole;

static exs_status
read_hole(filling *f, span inside, hole *ret)
{
	ptrdiff_t  colon = span_find(inside, ":");
	exs_status status;

	*ret = (hole){cells_find(f->cells, inside), CELL_TEXT, false};
	if (ret->column < 0 && colon > 0) {
		ret->column = cells_find(f->cells, span_from(inside.at, (size_t)colon));
		ret->has_kind = cell_kind_parse(span_from(inside.at + colon + 1, inside.len - (size_t)colon - 1),
		                                &ret->kind);
		if (!ret->has_kind)
			ret->column = -1;
	}
	f->used++;
	if (ret->column >= 0) {
		if (!ret->has_kind)
			ret->kind = f->cells->kinds[ret->column];
		return EXS_OK;
	}
	status = exs_fail(f->error, E_USAGE, "-%s: there is no column {" SPAN_FORMAT "}", f->parameter,
	                  SPAN_PRINT(inside));
	error_fix(f->error, "the header names the columns; {{x}} stands for {x}");
	return status;
}

/* Where the mark stands in the text; its length when nowhere. */
static size_t
find_mark(span text, const char *mark)
{
	ptrdiff_t at = span_find(text, mark);

	return at < 0 ? text.len : (size_t)at;
}

static span
behind(span text, size_t n)
{
	return span_from(text.at + n, text.len - n);
}

/* Braces that stand for themselves. */
static void
add_plain(buf *to, span text)
{
	while (text.len > 0) {
		bool opens = span_starts(text, OPENS_TEXT), closes = span_starts(text, CLOSES_TEXT);

		buf_byte(to, opens ? '{' : closes ? '}' : text.at[0]);
		text = behind(text, opens || closes ? MARK_LENGTH : 1);
	}
}

/* The text with its holes filled; characters, not JSON. */
static exs_status
fill_text(filling *f, span text, buf *to)
{
	while (text.len > 0) {
		size_t at = find_mark(text, OPENS), end;
		hole   h;

		add_plain(to, span_from(text.at, at));
		text = behind(text, at);
		if (text.len == 0)
			return EXS_OK;
		end = find_mark(text, CLOSES);
		if (end == text.len)
			return exs_fail(f->error, E_USAGE, "-%s: a column is not closed", f->parameter);
		EXS_TRY(read_hole(f, span_from(text.at + MARK_LENGTH, end - MARK_LENGTH), &h));
		buf_add(to, cells_at(f->cells, (size_t)h.column));
		text = behind(text, end + MARK_LENGTH);
	}
	return EXS_OK;
}

static bool
is_one_hole(span text)
{
	return span_starts(text, OPENS) && find_mark(text, CLOSES) == text.len - MARK_LENGTH;
}

static exs_status
fill_hole(filling *f, span text, buf *to, bool *ret_empty)
{
	span cell;
	hole h;

	EXS_TRY(read_hole(f, span_from(text.at + MARK_LENGTH, text.len - 2 * MARK_LENGTH), &h));
	cell = cells_at(f->cells, (size_t)h.column);
	*ret_empty = cell.len == 0;
	if (f->checks || cell.len == 0) {
		buf_puts(to, "\"\"");
		return EXS_OK;
	}
	if (!cell_print(h.kind, cell, to))
		return exs_fail(f->error, E_PARAMETER, "-%s: \"" SPAN_FORMAT "\" is not what column " SPAN_FORMAT
		                " should hold", f->parameter, SPAN_PRINT(cell),
		                SPAN_PRINT(cells_name(f->cells, (size_t)h.column)));
	return EXS_OK;
}

static exs_status
fill_string(filling *f, span value, buf *to, bool *ret_empty)
{
	EXS_SCOPED(buf) text = BUF(COMMAND_BODY_MAX);
	EXS_SCOPED(buf) filled = BUF(COMMAND_BODY_MAX);

	*ret_empty = false;
	jsontext_decode(&text, value);
	EXS_TRY(buf_check(&text, "a parameter", f->error));
	if (is_one_hole(buf_span(&text)))
		return fill_hole(f, buf_span(&text), to, ret_empty);
	EXS_TRY(fill_text(f, buf_span(&text), &filled));
	EXS_TRY(buf_check(&filled, "a parameter", f->error));
	jsontext_quote(to, buf_span(&filled));
	return EXS_OK;
}

static exs_status
fill_value(filling *f, span value, buf *to, bool *ret_empty)
{
	jsontext_kind kind = jsontext_kind_of(value);
	jsontext_walk walk;
	span          name, element;
	bool          first = true, ignored;

	*ret_empty = false;
	if (kind == JSONTEXT_STRING)
		return fill_string(f, value, to, ret_empty);
	if (kind != JSONTEXT_OBJECT && kind != JSONTEXT_ARRAY) {
		buf_add(to, value);
		return EXS_OK;
	}
	walk = jsontext_open(value);
	buf_byte(to, kind == JSONTEXT_OBJECT ? '{' : '[');
	for (; jsontext_next(&walk, &name, &element); first = false) {
		if (!first)
			buf_byte(to, ',');
		if (kind == JSONTEXT_OBJECT) {
			buf_add(to, name);
			buf_byte(to, ':');
		}
		EXS_TRY(fill_value(f, element, to, &ignored));
	}
	buf_byte(to, kind == JSONTEXT_OBJECT ? '}' : ']');
	return EXS_OK;
}

exs_status
pattern_check(const exs_command *pattern, const batch_cells *cells, exs_error *error)
{
	filling      f = {.cells = cells, .checks = true, .error = error};
	command_part part;
	exs_status   status;

	for (size_t i = 0; command_part_at(pattern, i, &part); i++) {
		EXS_SCOPED(buf) value = BUF(COMMAND_BODY_MAX);
		bool ignored;

		f.parameter = part.name;
		if (part.plain == NULL)
			EXS_TRY(fill_value(&f, part.value, &value, &ignored));
	}
	if (f.used > 0)
		return EXS_OK;
	status = exs_fail(error, E_USAGE, "no parameter of %s takes anything from the table",
	                  exs_command_name(pattern));
	error_fix(error, "write {column} where a cell belongs; without parameters the columns are the parameters");
	return status;
}

exs_status
pattern_fill(const exs_command *pattern, const batch_cells *cells, exs_command **ret, bool *ret_without,
             exs_error *error)
{
	EXS_AUTO(exs_command) *filled = NULL;
	filling      f = {.cells = cells, .error = error};
	command_part part;

	*ret_without = false;
	EXS_TRY(exs_command_new(exs_command_name(pattern), &filled, error));
	for (size_t i = 0; command_part_at(pattern, i, &part); i++) {
		EXS_SCOPED(buf) value = BUF(COMMAND_BODY_MAX);
		bool empty;

		f.parameter = part.name;
		if (part.plain != NULL) {
			EXS_TRY(exs_command_secret(filled, part.name, secret_reveal(part.plain).at,
			                           secret_length(part.plain), error));
			continue;
		}
		EXS_TRY(fill_value(&f, part.value, &value, &empty));
		EXS_TRY(buf_check(&value, "a parameter", error));
		if (empty && (i == 0 || span_is_nocase(span_of(part.name), "Identity")))
			*ret_without = true;
		if (!empty)
			EXS_TRY(exs_command_json(filled, part.name, buf_text(&value), value.len, error));
	}
	EXS_GIVE(ret, filled);
	return EXS_OK;
}
