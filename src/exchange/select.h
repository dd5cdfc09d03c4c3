/*
 * $select: only the wanted properties cross the wire (exchange-rest.md 2.2).
 *
 * What a person writes is matched without regard to case and may name what no row has; whether the service sees it the same
 * way nobody has written down. So its first row is looked at, and when a wanted property is not in it the list is asked for
 * again without $select: a selection never costs a value, at worst one request.
 */
#ifndef EXCHANGE_SELECT_H
#define EXCHANGE_SELECT_H

#include "exchange/command.h"

/*
 * Appends ?$select=A,B to an address, and tells whether it did: not for cmdlets that change things, nor for those whose
 * continuation needs properties of the last row, nor for names that OData has no way to write.
 */
bool select_add(const exs_command *command, buf *address);

/* Does the row have all of the properties in the list, in any case? */
bool select_is_in(span row, const char *list);

#endif
