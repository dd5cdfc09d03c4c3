/*
 * Which properties of a row become columns, and where their values are.
 *
 * Without a selection the first row decides. Names are matched without regard to case, as PowerShell does.
 */
#ifndef OUTPUT_COLUMNS_H
#define OUTPUT_COLUMNS_H

#include "base/buf.h"

enum { COLUMNS_MAX = 2048 };

typedef struct column {
	char *name; /* as asked for; else as the first row writes it */
	span  key;  /* in the row at hand, with its quotes; at is NULL when the row does not have it */
	span  value;
	bool  seen; /* in any row */
} column;

typedef struct columns {
	column *at;
	size_t  n;
	bool    chosen;
} columns;

/* "A,B": blanks around names are dropped; an empty or repeated name is refused. */
EXS_MUST_USE exs_status columns_select(columns *c, const char *list, exs_error *error);
/* All properties of this row, in its order. A row that is no object has one, named Value. */
EXS_MUST_USE exs_status columns_all(columns *c, span row, exs_error *error);
/* The few properties of this row that tell people most; `preferred` ("A,B") first of all. May be NULL. */
EXS_MUST_USE exs_status columns_few(columns *c, span row, const char *preferred, exs_error *error);

/* Finds the values of the next row. */
void columns_read(columns *c, span row);
void columns_done(columns *c);

#endif
