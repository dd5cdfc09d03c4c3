/*
 * A command with {column}s in its texts, filled in from the cells of a line.
 *
 * The command was read before a cell is: what is filled in is text within a text, whatever it looks like, and never becomes a
 * quote, a variable or another parameter. exs_batch_columns() marked them. A text that is nothing but {column} is left out with its
 * parameter when the cell is empty, and may say what the cell is: {column:bool}, as columns do (batch_cells.h).
 */
#ifndef EXCHANGE_BATCH_PATTERN_H
#define EXCHANGE_BATCH_PATTERN_H

#include "exchange/batch_cells.h"
#include "exchange/command.h"

/* Are its columns there, and is at least one used? E_USAGE says which. */
EXS_MUST_USE exs_status pattern_check(const exs_command *pattern, const batch_cells *cells,
                                      exs_error *error);
/* *ret_without: Identity, or the first parameter, was left out because its cell is empty. E_PARAMETER when a cell cannot be what it should. */
EXS_MUST_USE exs_status pattern_fill(const exs_command *pattern, const batch_cells *cells,
                                     exs_command **ret, bool *ret_without, exs_error *error);

#endif
