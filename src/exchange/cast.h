/*
 * Casts of literals: [guid]'...', [datetime]'2026-01-02T03:04:05Z', [int]'5', [byte[]](1,2).
 *
 * A cast is followed only where its outcome does not depend on the machine: a date needs its zone, a type that is not in
 * the table is refused, and so are static members ([DateTime]::Now). In a line and in a shell argument, text that
 * merely begins with a bracket ("[EXT] ") stays text.
 */
#ifndef EXCHANGE_CAST_H
#define EXCHANGE_CAST_H

#include "exchange/literal.h"

/* The reader stands on [. *ret_is_cast tells whether a cast was read; if not, nothing was. */
EXS_MUST_USE exs_status cast_read(literal *l, literal_place place, buf *to, bool *ret_is_cast,
                                  exs_error *error);
/* Would it read one in a shell argument? */
bool cast_begins(const literal *l);

bool cast_is_guid(span text);

#endif
