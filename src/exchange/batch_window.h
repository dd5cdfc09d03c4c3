/*
 * The items that were read and have no outcome yet: which may go next?
 *
 * Items about different objects go in any order, those about the same one in the order of the input. One thread at a time.
 */
#ifndef EXCHANGE_BATCH_WINDOW_H
#define EXCHANGE_BATCH_WINDOW_H

#include "exchange/batch_item.h"

enum { WINDOW_BUCKETS = 1024, WINDOW_BYTES_MAX = 4 * 1024 * 1024 };

typedef struct batch_entry {
	batch_item         *item;
	unsigned            attempts; /* requests it went into so far, of earlier runs too */
	bool                doubtful; /* it may have been made already: prove that it was not before it goes */
	struct batch_entry *next_ready;  /* the next in the line of those that may go */
	struct batch_entry *next_same;   /* waits for this one */
	struct batch_entry *next_bucket;
} batch_entry;

typedef struct batch_window {
	batch_entry *buckets[WINDOW_BUCKETS]; /* by object, the newest first */
	batch_entry *ready, *last_ready;
	size_t       count, n_ready, bytes, most;
} batch_window;

/* most: entries at once. */
void batch_window_begin(batch_window *w, size_t most);
void batch_window_done(batch_window *w);

/* Is there room for one more? */
bool window_has_room(const batch_window *w);
/* The item becomes the window's, on failure too. */
EXS_MUST_USE exs_status window_add(batch_window *w, batch_item *item, unsigned attempts, bool doubtful,
                                   exs_error *error);
/* The next that may go, or NULL. It stays in the window until it is settled or put back. */
batch_entry *window_take(batch_window *w);
/* May go again. */
void window_put_back(batch_window *w, batch_entry *entry);
/* It has its outcome: frees it and lets the next about its object go. */
void window_settle(batch_window *w, batch_entry *entry);

#endif
