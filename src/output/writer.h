/*
 * Rows to text: begin, row, end, in one of seven formats.
 *
 * Rows come as JSON text and numbers leave as they came. Memory does not grow with the number of rows. What is written is
 * valid when writer_end() was called, also after an interrupt between two rows.
 */
#ifndef OUTPUT_WRITER_H
#define OUTPUT_WRITER_H

#include "output/jq.h"

typedef enum output_format {
	OUTPUT_TABLE, /* for people; cannot drive a terminal */
	OUTPUT_JSON,
	OUTPUT_NDJSON,
	OUTPUT_CSV,   /* RFC 4180, harmless in a spreadsheet */
	OUTPUT_TSV,
	OUTPUT_LIST,  /* a property a line */
	OUTPUT_NONE,
	OUTPUT_FORMATS,
	OUTPUT_VALUES = OUTPUT_FORMATS, /* a result of --jq a line, texts without quotes; has no name */
} output_format;

/* "table"; NULL for what is no format. */
const char *output_format_name(output_format which);
bool        output_format_parse(const char *name, output_format *ret);

typedef struct writer_options {
	output_format format;
	int           fd;
	bool          terminal;  /* the reader is one: nothing but text may reach it */
	unsigned      width;     /* of the terminal; 0: as wide as it takes */
	const char   *select;    /* "A,B", or NULL: what the first row suggests */
	const char   *preferred; /* columns of a table when nothing is selected, or NULL */
	bool          single;    /* one object, not a list */
	bool        (*cancelled)(void);
	jq_filter    *jq;        /* makes other rows of the selected properties of each; NULL: none. Outlives the writer */
} writer_options;

typedef struct writer writer;

EXS_MUST_USE exs_status writer_new(const writer_options *options, writer **ret, exs_error *error);
void writer_free(writer *w);
EXS_DEFINE_AUTO(writer)

/* One row: well-formed JSON. */
EXS_MUST_USE exs_status writer_row(writer *w, const char *json, size_t length, exs_error *error);
/* The end of the list, complete or not: closes what is open and writes what waits. */
EXS_MUST_USE exs_status writer_end(writer *w, exs_error *error);

uint64_t writer_count(const writer *w);
/* A selected property that no row had, by index from 0; NULL at the end, and always NULL without rows. */
const char *writer_unseen(const writer *w, size_t index);

#endif
