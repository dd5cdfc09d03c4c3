/*
 * A PowerShell value, read as JSON without tags (exchange/tags.h puts them in).
 *
 *   $true $false $null      true false null
 *   5  'a'  "a`tb"  word    see word.h and literal.h
 *   a,b   @('a','b')        arrays; @() is one without elements
 *   @{Add='x';Remove='y'}   objects, in their order
 *   [guid]'...' ...         see cast.h
 *   {a -eq 'b'}             its text, for filters only
 */
#ifndef EXCHANGE_VALUE_H
#define EXCHANGE_VALUE_H

#include "exchange/literal.h"

/*
 * A whole shell argument. The shell has taken one level of quoting away, so text with blanks outside of quotes is taken as
 * it is ("Adele Vance", "Name -eq 'x'", "Vance, Adele"); a,b is a list; 'a, b' in quotes of its own is text.
 */
EXS_MUST_USE exs_status value_read_argument(literal *l, buf *to, exs_error *error);

/* The value at the reader in a line; the reader stands behind it afterwards. */
EXS_MUST_USE exs_status value_read_in_line(literal *l, buf *to, exs_error *error);

/* One element, e.g. what a cast is put before. */
EXS_MUST_USE exs_status value_read_element(literal *l, literal_place place, buf *to,
                                           exs_error *error);

#endif
