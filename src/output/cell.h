/*
 * One JSON value as the text of a cell.
 */
#ifndef OUTPUT_CELL_H
#define OUTPUT_CELL_H

#include "base/buf.h"

/*
 * Appends the value as text: strings decoded, null as nothing, numbers and booleans as they came, lists of plain
 * values joined with "; ", anything nested as compact JSON. The value must have passed jsontext_check().
 */
void cell_text(buf *to, span value);

/*
 * Appends UTF-8 so that a terminal shows it and nothing else: control characters, marks that turn the direction of
 * writing, invisible characters and bytes that are no UTF-8 appear as \n, \t or \u{202E}.
 */
void cell_visible(buf *to, span text);

/* Is it a number as JSON, and so every spreadsheet, writes one? */
bool cell_is_number(span text);

#endif
