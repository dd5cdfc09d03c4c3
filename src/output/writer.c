/* Rows to text. */
#include "output/format.h"

#include "base/error.h"
#include "base/jsontext.h"
#include "output/cell.h"

static const format *const formats[OUTPUT_FORMATS + 1] = {
	[OUTPUT_TABLE] = &format_table, [OUTPUT_JSON] = &format_json,
	[OUTPUT_NDJSON] = &format_ndjson, [OUTPUT_CSV] = &format_csv,
	[OUTPUT_TSV] = &format_tsv, [OUTPUT_LIST] = &format_list,
	[OUTPUT_NONE] = &format_none, [OUTPUT_VALUES] = &format_values,
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
	w->reduced = BUF(SINK_ROW_MAX);
	if (options->select != NULL)
		EXS_TRY(columns_select(options->jq != NULL ? &w->input : &w->columns, options->select, error));
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
	columns_done(&w->input);
	buf_done(&w->reduced);
	sink_done(&w->sink);
	buf_done(&w->cell);
	buf_done(&w->shown);
	mem_free(w);
}

static exs_status
put_row(void *self, span row, exs_error *error)
{
	writer *w = self;

	if (w->rows == 0) {
		if (!w->columns.chosen && w->format->choose != NULL)
			EXS_TRY(w->format->choose(w, row, error));
		EXS_TRY(w->format->begin(w, error));
	}
	if (w->columns.chosen)
		columns_read(&w->columns, row);
	EXS_TRY(w->format->row(w, row, error));
	w->rows++;
	if (w->options.jq != NULL && w->options.cancelled != NULL && w->options.cancelled())
		return exs_fail(error, E_INTERRUPTED, "interrupted");
	return sink_row(&w->sink, error);
}

/* Some expressions never end: each result is a chance to be interrupted. */
static exs_status
filter_row(writer *w, span row, exs_error *error)
{
	const jq_taker taker = {w, put_row};

	if (w->input.chosen) {
		columns_read(&w->input, row);
		buf_clear(&w->reduced);
		format_json_columns(&w->input, &w->reduced);
		EXS_TRY(buf_check(&w->reduced, "a row", error));
		row = buf_span(&w->reduced);
	}
	return jq_filter_row(w->options.jq, row, w->read, &taker, error);
}

exs_status
writer_row(writer *w, const char *json, size_t length, exs_error *error)
{
	span row = span_trim(span_from(json, length));

	w->read++;
	return w->options.jq == NULL ? put_row(w, row, error) : filter_row(w, row, error);
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
	const columns *selected = w->options.jq != NULL ? &w->input : &w->columns;

	if (w->read == 0 || w->options.select == NULL)
		return NULL;
	for (size_t i = 0; i < selected->n; i++)
		if (!selected->at[i].seen && index-- == 0)
			return selected->at[i].name;
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
format_json_columns(const columns *c, buf *to)
{
	buf_byte(to, '{');
	for (size_t i = 0; i < c->n; i++) {
		const column *one = &c->at[i];

		if (i > 0)
			buf_byte(to, ',');
		if (one->key.at != NULL)
			buf_add(to, one->key);
		else
			jsontext_quote(to, span_of(one->name));
		buf_byte(to, ':');
		buf_add(to, one->value.at != NULL ? one->value : span_of("null"));
	}
	buf_byte(to, '}');
}

void
format_json_row(writer *w, span row)
{
	if (w->columns.chosen)
		format_json_columns(&w->columns, &w->sink.waiting);
	else
		buf_add(&w->sink.waiting, row);
}
