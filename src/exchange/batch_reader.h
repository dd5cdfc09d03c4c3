/*
 * The items of a batch's input, one after the other, whatever its form.
 */
#ifndef EXCHANGE_BATCH_READER_H
#define EXCHANGE_BATCH_READER_H

#include "exchange/batch_item.h"
#include "exchange/batch_source.h"

/* What makes commands of the input's lines. All is borrowed. */
typedef struct batch_shape {
	const char        *cmdlet;  /* for items that name none, or NULL */
	const exs_command *pattern; /* with {column}s, or NULL */
	const exs_cmdlets *cmdlets; /* what is known of them, or NULL */
	bool               checks;  /* items are held against that */
} batch_shape;

typedef struct batch_reader batch_reader;
struct batch_form;

/* CSV or NDJSON, as the first byte says. name stands in messages; strings and shape must outlive the reader. */
EXS_MUST_USE exs_status batch_reader_new(const char *path, const char *name, const batch_shape *shape,
                                         batch_reader **ret, exs_error *error);
void batch_reader_free(batch_reader *r);
EXS_DEFINE_AUTO(batch_reader)

/* Goes to the next item; *ret_more is false when there is none. E_BATCH_INPUT when the line cannot be one. */
EXS_MUST_USE exs_status batch_reader_step(batch_reader *r, bool *ret_more, exs_error *error);
/* Makes the item it stands at. E_BATCH_INPUT with its line when it is none. The item is the caller's. */
EXS_MUST_USE exs_status batch_reader_item(batch_reader *r, batch_item **ret, exs_error *error);
/* Items so far. */
uint64_t batch_reader_count(const batch_reader *r);
/* After the last item. */
EXS_MUST_USE exs_status batch_reader_digest(batch_reader *r, char ret[BATCH_DIGEST_MAX],
                                            exs_error *error);

#endif
