/*
 * A bare word of PowerShell: a number or text without quotes.
 *
 * A word is sent as a JSON number when it is one and would be written back the same: 5, -3, 0.25, and whole numbers of any
 * length, digit for digit. 007, +49301234, 1.50 and 1e5 stay text: the service turns text into a number where a
 * parameter wants one, but nobody turns a number back into the text it was. 0x1F and 10MB are numbers of the
 * value they stand for.
 */
#ifndef EXCHANGE_WORD_H
#define EXCHANGE_WORD_H

#include "exchange/literal.h"

/* Appends the JSON of a finished word. start is its place. */
EXS_MUST_USE exs_status word_print(const literal *l, size_t start, span word, buf *to,
                                   exs_error *error);

#endif
