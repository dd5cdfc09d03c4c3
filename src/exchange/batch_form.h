/*
 * The forms an input may have: how its records become items.
 */
#ifndef EXCHANGE_BATCH_FORM_H
#define EXCHANGE_BATCH_FORM_H

#include "exchange/batch_reader.h"

typedef struct batch_form {
	bool quoted; /* a record may hold newlines between double quotes */
	/* Is this record no item, a blank line for example? */
	bool (*passes)(span record);
	/* Fills id, cmdlet, command (or why_not) of an item. `columns` is what begin() made. */
	exs_status (*make)(void *columns, const batch_source *source, const batch_shape *shape, span record,
	                   batch_item *item, exs_error *error);
	/* Reads what stands before the first item (a table's header); NULL: nothing does. *ret_columns is ended on failure too. */
	exs_status (*begin)(batch_source *source, const batch_shape *shape, void **ret_columns,
	                    exs_error *error);
	void (*end)(void *columns);
} batch_form;

extern const batch_form batch_form_csv, batch_form_ndjson;

#endif
