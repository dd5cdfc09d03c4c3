/*
 * Changes that come too late: an item that is to be made again although a later one, which it would undo, was made since.
 *
 * In one run items of one object never overtake each other. When an item was left unknown or failed and the run went on, the next
 * run must not make it after those that followed it: the last line of the input about a property is the one that counts.
 */
#ifndef EXCHANGE_BATCH_ORDER_H
#define EXCHANGE_BATCH_ORDER_H

#include "exchange/batch_engine.h"

/* One item that would be made again. */
typedef struct order_entry {
	uint64_t item, later; /* numbers; later 0: nothing was made since that it would undo */
	uint64_t object, noun, name, parameters;
	bool     sets;
	size_t   next; /* of the same bucket, plus one; 0: none */
} order_entry;

typedef struct batch_order {
	order_entry *entries; /* in the order of the input */
	size_t      *buckets; /* by object: the newest entry, plus one */
	size_t       count, most;
} batch_order;

/* Reads the input once more when there is something to find; nothing is read when no item would be made again. */
EXS_MUST_USE exs_status batch_order_read(batch_order *o, const exs_batch *batch, exs_error *error);
void batch_order_done(batch_order *o);

/* True when this item would undo a later one: then it is told with the outcome it had, and is not to be made. */
bool order_refuses(const batch_order *o, batch_engine *engine, const batch_item *item);

#endif
