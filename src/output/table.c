/* Tables for people, laid out by libsmartcols. */
#include "output/table.h"

#include "base/error.h"
#include "output/cell.h"
#include "output/format.h"
#include "output/layout.h"
#include "output/width.h"

#include <libsmartcols/libsmartcols.h>
#include <stdlib.h>

enum { UNLIMITED = 1 << 20 };

struct table {
	layout layout; /* made by the first batch */
	size_t n_rows;
	buf    cells;  /* of the rows that wait: each NUL-terminated, column by column */
	bool   headed;
};

typedef struct libscols_table scols_table;
static void
scols_table_free(scols_table *t)
{
	scols_unref_table(t);
}
EXS_DEFINE_AUTO(scols_table)

static exs_status
choose_few(writer *w, span row, exs_error *error)
{
	return columns_few(&w->columns, row, w->options.preferred, error);
}

static exs_status
begin(writer *w, exs_error *error)
{
	w->table = mem_new(1, sizeof *w->table);
	if (w->table == NULL)
		return mem_fail(error);
	w->table->cells = BUF(2 * TABLE_BATCH_BYTES + (size_t)COLUMNS_MAX * TABLE_CELL_MAX);
	return EXS_OK;
}

static void
done(writer *w)
{
	if (w->table == NULL)
		return;
	layout_done(&w->table->layout);
	buf_done(&w->table->cells);
	mem_free(w->table);
}

static exs_status
scols_failed(exs_error *error)
{
	return exs_fail(error, E_NO_MEMORY, "the table could not be laid out");
}

static exs_status
add_columns(writer *w, scols_table *t, exs_error *error)
{
	for (size_t i = 0; i < w->columns.n; i++) {
		bool   last = i + 1 == w->columns.n;
		double hint = last ? 0 : (double)w->table->layout.widths[i];
		/* a hint counts only above the heading's width, or without heading when it is strict */
		int    flags = w->table->headed ? SCOLS_FL_STRICTWIDTH : 0;

		buf_clear(&w->shown);
		if (!w->table->headed)
			cell_visible(&w->shown, span_of(w->columns.at[i].name));
		if (scols_table_new_column(t, buf_text(&w->shown), hint, flags) == NULL)
			return scols_failed(error);
	}
	return EXS_OK;
}

static exs_status
add_lines(writer *w, scols_table *t, exs_error *error)
{
	const char *cell = buf_text(&w->table->cells);

	for (size_t r = 0; r < w->table->n_rows; r++) {
		struct libscols_line *line = scols_table_new_line(t, NULL);

		if (line == NULL)
			return scols_failed(error);
		for (size_t i = 0; i < w->columns.n; i++) {
			size_t limit = w->table->layout.limits[i];

			buf_clear(&w->shown);
			width_cut(&w->shown, span_of(cell), limit == 0 ? SIZE_MAX : limit);
			if (scols_line_set_data(line, i, buf_text(&w->shown)) != 0)
				return scols_failed(error);
			cell += strlen(cell) + 1;
		}
	}
	return EXS_OK;
}

static exs_status
make_table(writer *w, scols_table **ret, exs_error *error)
{
	EXS_AUTO(scols_table) *t = scols_new_table();

	if (t == NULL)
		return scols_failed(error);
	scols_table_enable_noheadings(t, w->table->headed);
	/* cells were made visible by us, in the same way in every locale */
	scols_table_enable_noencoding(t, 1);
	/* and cut by us, by what they mean; the library only aligns them */
	scols_table_set_termforce(t, SCOLS_TERMFORCE_NEVER);
	scols_table_set_termwidth(t, UNLIMITED);
	EXS_TRY(add_columns(w, t, error));
	EXS_TRY(add_lines(w, t, error));
	EXS_GIVE(ret, t);
	return EXS_OK;
}

static exs_status
print_batch(writer *w, exs_error *error)
{
	EXS_AUTO(scols_table) *t = NULL;
	EXS_AUTO(chars) *text = NULL;

	if (w->table->n_rows == 0)
		return EXS_OK;
	EXS_TRY(buf_check(&w->table->cells, "a row of a table", error));
	if (w->table->layout.widths == NULL)
		EXS_TRY(layout_make(&w->table->layout, &w->columns, buf_text(&w->table->cells),
		                    w->table->n_rows, w->options.width, error));
	EXS_TRY(make_table(w, &t, error));
	if (scols_print_table_to_string(t, &text) != 0)
		return scols_failed(error);
	buf_puts(&w->sink.waiting, text);
	/* the library ends every line but the last */
	if (text[0] != '\0' && text[strlen(text) - 1] != '\n')
		buf_byte(&w->sink.waiting, '\n');
	w->table->headed = true;
	buf_clear(&w->table->cells);
	w->table->n_rows = 0;
	return EXS_OK;
}

static void
add_cell(writer *w, span value)
{
	span shown = format_cell(w, value, true);

	if (shown.len <= TABLE_CELL_MAX) {
		buf_add(&w->table->cells, shown);
	} else {
		size_t cut = TABLE_CELL_MAX;

		while (cut > 0 && ((unsigned char)shown.at[cut] & 0xC0) == 0x80)
			cut--;
		buf_add(&w->table->cells, span_from(shown.at, cut));
		buf_puts(&w->table->cells, "...");
	}
	buf_byte(&w->table->cells, '\0');
}

static exs_status
add_row(writer *w, span row, exs_error *error)
{
	struct table *t = w->table;

	(void)row;
	for (size_t i = 0; i < w->columns.n; i++)
		add_cell(w, w->columns.at[i].value);
	t->n_rows++;
	if (t->n_rows >= (!t->headed ? TABLE_SAMPLE : TABLE_BATCH) ||
	    t->cells.len >= TABLE_BATCH_BYTES)
		return print_batch(w, error);
	return EXS_OK;
}

static exs_status
end(writer *w, exs_error *error)
{
	return print_batch(w, error);
}

const format format_table = {"table", choose_few, begin, add_row, end, done};
