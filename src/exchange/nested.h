/*
 * Rows that stand in a member of the answer's rows: the permissions of a recipient, which the service gives with the recipient
 * ($expand).
 */
#ifndef EXCHANGE_NESTED_H
#define EXCHANGE_NESTED_H

#include "base/jsontext.h"

typedef struct nested {
	const char   *member; /* NULL: rows are rows */
	bool          limited; /* so many elements are enough */
	uint64_t      limit, given;
	jsontext_walk walk;   /* of the elements of the current row */
	bool          open;
} nested;

/* A row of the answer came; its elements are spans into it. E_ANSWER when the member is neither null nor an array. */
EXS_MUST_USE exs_status nested_open(nested *n, span row, exs_error *error);

/* The next element; false when the row has no more. */
bool nested_next(nested *n, span *ret_element);

/* Were as many given as are wanted? */
bool nested_is_enough(const nested *n);

#endif
