/*
 * A table's columns, and the cells of one of its lines (RFC 4180).
 *
 * The separator is a comma, or a semicolon or a tab where the header has no comma, as spreadsheets write it in half of the
 * world. A column may say what its cells are: Name:bool, Name:int, Name:list (a;b;c) or Name:json; else they are text.
 */
#ifndef EXCHANGE_BATCH_CELLS_H
#define EXCHANGE_BATCH_CELLS_H

#include "base/buf.h"

#include <stdbool.h>

enum { CELLS_MAX = 500 };

typedef enum cell_kind {
	CELL_TEXT,
	CELL_BOOL,
	CELL_INT,
	CELL_LIST,
	CELL_JSON,
	CELL_KINDS,
} cell_kind;

/* "bool"; false when it is none. */
bool cell_kind_parse(span word, cell_kind *ret);
/* Appends the cell as JSON; false when it is not of that kind. */
bool cell_print(cell_kind kind, span cell, buf *to);

typedef struct batch_cells {
	char      separator;
	size_t    n;               /* columns */
	buf       names;           /* one after the other; so with cells */
	size_t    name_ends[CELLS_MAX];
	cell_kind kinds[CELLS_MAX];
	buf       cells;
	size_t    ends[CELLS_MAX];
} batch_cells;

void batch_cells_begin(batch_cells *c);
void batch_cells_done(batch_cells *c);

/* Reads the header. On failure *ret_wrong says why. */
bool cells_take_header(batch_cells *c, span record, const char **ret_wrong);
/* Reads a line; the same. */
bool cells_take(batch_cells *c, span record, const char **ret_wrong);

span cells_name(const batch_cells *c, size_t column);
span cells_at(const batch_cells *c, size_t column);
/* The column of that name, in any case; -1: none. */
int cells_find(const batch_cells *c, span name);
/* Is every cell empty? */
bool cells_are_empty(const batch_cells *c);

#endif
