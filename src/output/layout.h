/*
 * How wide the columns of a table become, from the rows that were sampled.
 *
 * What tells objects apart is never cut, if need be beyond the terminal's edge; what is left of the line is shared by the
 * columns of prose.
 */
#ifndef OUTPUT_LAYOUT_H
#define OUTPUT_LAYOUT_H

#include "output/columns.h"

enum { LAYOUT_PROSE_LEAST = 12 };

typedef struct layout {
	size_t *widths; /* the widest heading or cell; NULL: not made yet */
	size_t *limits; /* how much of a cell is shown; 0: all of it */
} layout;

/* cells: n_rows times the columns, each NUL-terminated. width 0: nothing is cut. */
EXS_MUST_USE exs_status layout_make(layout *l, const columns *c, const char *cells, size_t n_rows,
                                    unsigned width, exs_error *error);
void layout_done(layout *l);

#endif
