/*
 * One row of an answer: checked, and made ready for the caller.
 *
 * Rows come by the million, so checking, dropping annotations and finding the row's identity are one walk over the bytes,
 * which looks at 16 of them at a time inside strings. Rows with blanks between their values, which the service does not
 * write, take the slower way through base/jsontext.h; so does a row that is wrong, to say where.
 */
#ifndef API_ROW_H
#define API_ROW_H

#include "base/buf.h"

/*
 * The names of the last row's members, in their order. Rows of one list have the same ones, so that a name is compared
 * instead of read. Zeroed at first; for one list.
 */
enum { ROW_NAMES_MAX = 512, ROW_NAMES_TEXT_MAX = 24 * 1024 };
typedef struct row_names {
	size_t n, used;
	struct row_name {
		unsigned short at, len; /* of `"Name":` in text */
		unsigned char  kind;
	} names[ROW_NAMES_MAX];
	char text[ROW_NAMES_TEXT_MAX];
} row_names;

/*
 * Appends the row as jsontext_copy() writes it. False when it is not one JSON value in UTF-8 of at most JSONTEXT_DEPTH_MAX
 * levels; *ret_at is then where it stops being one, and `to` is in an unspecified state.
 * *ret_identity: the value of the member Guid or ExchangeGuid (quotes included), else the whole row; within raw.
 */
bool row_print(span raw, bool keep_annotations, buf *to, span *ret_identity, size_t *ret_at);

/*
 * The same for an object that begins `rest` and may end anywhere in it: *ret_length tells where. False when it does not end
 * there, or has to take the slower way; `to` is then in an unspecified state and row_print() must judge the whole row.
 * names may be NULL.
 */
bool row_take(span rest, bool keep_annotations, row_names *names, buf *to, span *ret_identity,
              size_t *ret_length);

/* What is wrong with a row that row_print() refused: "holds bytes that are not UTF-8". */
const char *row_problem(span raw);

#endif
