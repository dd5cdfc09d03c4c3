/*
 * Filters of the service (OPATH): their text may hold $true and $false, which the service wants as 'True' and 'False'
 * (exchange-rest.md 2.5).
 */
#ifndef EXCHANGE_FILTER_H
#define EXCHANGE_FILTER_H

#include "base/buf.h"

/* Is the parameter of this name, or of this abbreviation, one? */
bool filter_is_one(span parameter);

/* Rewrites a value's JSON in place; anything but a string stays. */
EXS_MUST_USE exs_status filter_rewrite(buf *value, exs_error *error);

#endif
