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
	bool         unsure;  /* a try whose answer was lost may have made it */
} batch_member;

typedef struct batch_turn {
	batch_member members[TURN_MAX];
	size_t       n;
	bool         shared; /* the request under way is for all of them, and each has its id already */
	bool         writes; /* one of them at least changes something */
} batch_turn;

void batch_turn_begin(batch_turn *turn, batch_entry *const *entries, size_t n, bool rows);
void batch_turn_done(batch_turn *turn);

/*
 * After a try whose answer was lost, a later one that failed does not tell that nothing was made: the fate is unknown then. Only
 * where making it twice is harmless, a refusal that would have met the first try as well settles it.
 */
void turn_judge_doubt(batch_member *m);

/* May this item share a request? What reads one object, and what may be made twice: a lost answer then costs nothing more. */
bool turn_is_shared_gladly(const batch_item *item);

#endif
