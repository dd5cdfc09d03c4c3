/*
 * Numbers that a double cannot hold, made text: for readers of JSON that would otherwise change their digits without a word.
 */
#ifndef OUTPUT_EXACT_H
#define OUTPUT_EXACT_H

#include "base/buf.h"

/*
 * Appends the JSON with every number in quotes that has more digits than survive: integers beyond 2^53, fractions of more
 * than 15 digits, exponents out of range. *ret_name is the name of the first such member (quotes excluded; at NULL when there is none); it
 * points into the json.
 */
void exact_add(buf *to, span json, span *ret_name);

#endif
