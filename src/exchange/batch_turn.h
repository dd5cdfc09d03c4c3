/*
 * What a thread of a batch has in hand: one item, or several that share a request.
 */
#ifndef EXCHANGE_BATCH_TURN_H
#define EXCHANGE_BATCH_TURN_H

#include "exchange/batch_fate.h"
#include "exchange/batch_window.h"

enum { TURN_MAX = 10 }; /* items of one request (exchange-rest.md 2.10) */

typedef struct batch_member {
	batch_entry *entry;
	batch_fate   fate;
	bool         begun;   /* the journal says so */
	bool         alone;   /* it is to have a request of its own */
	bool         told;    /* the answer had something for it */
} batch_member;

typedef struct batch_turn {
	batch_member members[TURN_MAX];
	size_t       n;
	bool         shared; /* the request under way is for all of them, and each has its id already */
	bool         writes; /* one of them at least changes something */
} batch_turn;

void batch_turn_begin(batch_turn *turn, batch_entry *const *entries, size_t n, bool rows);
void batch_turn_done(batch_turn *turn);

/* May this item share a request? What reads one object, and what may be made twice: a lost answer then costs nothing more. */
bool turn_is_shared_gladly(const batch_item *item);

#endif
