/* Rows to text. */
#include "output/format.h"

#include "base/error.h"
#include "base/jsontext.h"
#include "output/cell.h"

static const format *const formats[OUTPUT_FORMATS] = {
	[OUTPUT_TABLE] = &format_table, [OUTPUT_JSON] = &format_json,
	[OUTPUT_NDJSON] = &format_ndjson, [OUTPUT_CSV] = &format_csv,
	[OUTPUT_TSV] = &format_tsv, [OUTPUT_LIST] = &format_list,
	[OUTPUT_NONE] = &format_none,
};

const char *
output_format_name(output_format which)
{
	return which < OUTPUT_FORMATS ? formats[which]->name : NULL;
}

bool
output_format_parse(const char *name, output_format *ret)
{
	for (size_t i = 0; i < OUTPUT_FORMATS; i++) {
		if (strcmp(name, formats[i]->name) == 0) {
			*ret = (output_format)i;
			return true;
		}
	}
	return false;
}

exs_status
writer_new(const writer_options *options, writer **ret, exs_error *error)
{
	EXS_AUTO(writer) *w = mem_new(1, sizeof *w);

	if (w == NULL)
		return mem_fail(error);
	w->options = *options;
	w->format = formats[options->format];
	w->cell = BUF(SINK_ROW_MAX);
	w->shown = BUF(SINK_ROW_MAX);
	sink_init(&w->sink, options->fd, options->cancelled);
	if (options->select != NULL)
		EXS_TRY(columns_select(&w->columns, options->select, error));
	EXS_GIVE(ret, w);
	return EXS_OK;
}

void
writer_free(writer *w)
{
	if (w == NULL)
		return;
	if (w->format->done != NULL)
		w->format->done(w);
	columns_done(&w->columns);
	sink_done(&w->sink);
	buf_done(&w->cell);
	buf_done(&w->shown);
	mem_free(w);
}

exs_status
writer_row(writer *w, const char *json, size_t length, exs_error *error)
{
	span row = span_trim(span_from(json, length));

	if (w->rows == 0) {
		if (!w->columns.chosen && w->format->choose != NULL)
			EXS_TRY(w->format->choose(w, row, error));
		EXS_TRY(w->format->begin(w, error));
	}
	if (w->columns.chosen)
		columns_read(&w->columns, row);
	EXS_TRY(w->format->row(w, row, error));
	w->rows++;
	return sink_row(&w->sink, error);
}

exs_status
writer_end(writer *w, exs_error *error)
{
	if (w->rows == 0)
		EXS_TRY(w->format->begin(w, error));
	EXS_TRY(w->format->end(w, error));
	return sink_flush(&w->sink, error);
}

uint64_t
writer_count(const writer *w)
{
	return w->rows;
}

const char *
writer_unseen(const writer *w, size_t index)
{
	if (w->rows == 0 || w->options.select == NULL)
		return NULL;
	for (size_t i = 0; i < w->columns.n; i++)
		if (!w->columns.at[i].seen && index-- == 0)
			return w->columns.at[i].name;
	return NULL;
}

span
format_cell(writer *w, span value, bool visible)
{
	buf_clear(&w->cell);
	if (value.at != NULL)
		cell_text(&w->cell, value);
	if (!visible)
		return buf_span(&w->cell);
	buf_clear(&w->shown);
	cell_visible(&w->shown, buf_span(&w->cell));
	return buf_span(&w->shown);
}

void
format_json_row(writer *w, span row)
{
	buf *to = &w->sink.waiting;

	if (!w->columns.chosen) {
		buf_add(to, row);
		return;
	}
	buf_byte(to, '{');
	for (size_t i = 0; i < w->columns.n; i++) {
		const column *c = &w->columns.at[i];

		if (i > 0)
			buf_byte(to, ',');
		if (c->key.at != NULL)
			buf_add(to, c->key);
		else
			jsontext_quote(to, span_of(c->name));
		buf_byte(to, ':');
		buf_add(to, c->value.at != NULL ? c->value : span_of("null"));
	}
	buf_byte(to, '}');
}
