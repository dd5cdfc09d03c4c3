/* A property a line, rows apart by an empty line, as Format-List shows them. */
#include "base/error.h"
#include "output/cell.h"
#include "output/format.h"

enum { NAME_COLUMNS_MAX = 40 };

static exs_status
choose_all(writer *w, span row, exs_error *error)
{
	return columns_all(&w->columns, row, error);
}

static exs_status
nothing(writer *w, exs_error *error)
{
	(void)w;
	(void)error;
	return EXS_OK;
}

static size_t
widest_name(const columns *c)
{
	size_t widest = 0;

	for (size_t i = 0; i < c->n; i++) {
		size_t len = strlen(c->at[i].name);

		if (len > widest)
			widest = len;
	}
	return widest > NAME_COLUMNS_MAX ? NAME_COLUMNS_MAX : widest;
}

static void
add_property(writer *w, span name, span value, size_t width)
{
	buf *to = &w->sink.waiting;
	span shown;

	buf_clear(&w->shown);
	cell_visible(&w->shown, name);
	buf_add(to, buf_span(&w->shown));
	for (size_t len = w->shown.len; len < width; len++)
		buf_byte(to, ' ');
	buf_puts(to, " :");
	shown = format_cell(w, value, true);
	if (shown.len > 0)
		buf_byte(to, ' ');
	buf_add(to, shown);
	buf_byte(to, '\n');
}

static exs_status
add_row(writer *w, span row, exs_error *error)
{
	size_t width;

	/* nothing selected: every row shows its own properties */
	if (w->options.select == NULL) {
		EXS_TRY(columns_all(&w->columns, row, error));
		columns_read(&w->columns, row);
	}
	width = widest_name(&w->columns);
	if (w->rows > 0)
		buf_byte(&w->sink.waiting, '\n');
	for (size_t i = 0; i < w->columns.n; i++)
		add_property(w, span_of(w->columns.at[i].name), w->columns.at[i].value, width);
	return EXS_OK;
}

const format format_list = {"list", choose_all, nothing, add_row, nothing, NULL};
