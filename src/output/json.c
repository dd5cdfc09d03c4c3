/* JSON: one array that stays valid whenever it ends, one object, or one object a line. */
#include "base/error.h"
#include "base/jsontext.h"
#include "output/format.h"

static exs_status
begin_nothing(writer *w, exs_error *error)
{
	(void)w;
	(void)error;
	return EXS_OK;
}

static exs_status
begin_array(writer *w, exs_error *error)
{
	(void)error;
	if (!w->options.single)
		buf_byte(&w->sink.waiting, '[');
	return EXS_OK;
}

static exs_status
add_element(writer *w, span row, exs_error *error)
{
	(void)error;
	if (!w->options.single)
		buf_puts(&w->sink.waiting, w->rows > 0 ? ",\n" : "\n");
	format_json_row(w, row);
	return EXS_OK;
}

static exs_status
end_array(writer *w, exs_error *error)
{
	(void)error;
	if (!w->options.single)
		buf_puts(&w->sink.waiting, w->rows > 0 ? "\n]\n" : "]\n");
	else if (w->rows > 0)
		buf_byte(&w->sink.waiting, '\n');
	return EXS_OK;
}

static exs_status
add_line(writer *w, span row, exs_error *error)
{
	(void)error;
	format_json_row(w, row);
	buf_byte(&w->sink.waiting, '\n');
	return EXS_OK;
}

/* Texts as they are, as jq -r and others do; on a terminal harmless. */
static exs_status
add_value(writer *w, span row, exs_error *error)
{
	(void)error;
	buf_add(&w->sink.waiting, jsontext_kind_of(row) == JSONTEXT_STRING
	                                  ? format_cell(w, row, w->options.terminal)
	                                  : row);
	buf_byte(&w->sink.waiting, '\n');
	return EXS_OK;
}

static exs_status
drop_row(writer *w, span row, exs_error *error)
{
	(void)w;
	(void)row;
	(void)error;
	return EXS_OK;
}

const format format_json = {"json", NULL, begin_array, add_element, end_array, NULL};
const format format_ndjson = {"ndjson", NULL, begin_nothing, add_line, begin_nothing, NULL};
const format format_none = {"none", NULL, begin_nothing, drop_row, begin_nothing, NULL};
const format format_values = {"", NULL, begin_nothing, add_value, begin_nothing, NULL};
