/*
 * What a format must be able to do, and what it may look at. One row of functions a format; the writer calls them.
 */
#ifndef OUTPUT_FORMAT_H
#define OUTPUT_FORMAT_H

#include "output/columns.h"
#include "output/sink.h"
#include "output/writer.h"

struct table;

struct writer {
	writer_options       options;
	const struct format *format;
	sink                 sink;
	columns              columns;
	columns              input; /* what is selected of a row before --jq sees it */
	buf                  reduced;
	uint64_t             read;  /* rows that came; with --jq another number than rows */
	uint64_t             rows;
	buf                  cell, shown; /* room for one cell, kept from row to row */
	struct table        *table;
};

typedef struct format {
	const char *name;
	/* Chooses columns by the first row when nothing is selected; NULL: none are needed. */
	exs_status (*choose)(writer *w, span row, exs_error *error);
	/* Before the first row, and before the end when there was none. */
	exs_status (*begin)(writer *w, exs_error *error);
	exs_status (*row)(writer *w, span row, exs_error *error);
	exs_status (*end)(writer *w, exs_error *error);
	/* Also after a failure; NULL: nothing to free. */
	void (*done)(writer *w);
} format;

extern const format format_table, format_json, format_ndjson, format_csv, format_tsv, format_list,
	format_none, format_values;

/* The text of a value in w->cell, fit for a terminal if one reads. Valid until the next call. */
span format_cell(writer *w, span value, bool visible);
/* The row, or the object of the selected properties, as compact JSON. */
void format_json_row(writer *w, span row);
/* The object of these columns, as columns_read() found them. */
void format_json_columns(const columns *c, buf *to);

#endif
