/*
 * How every item of a batch stands: a byte each, and the sums.
 */
#ifndef EXCHANGE_BATCH_STANDING_H
#define EXCHANGE_BATCH_STANDING_H

#include "exchange/batch_record.h"

#include <exosign/batch.h>

enum { STANDING_ITEMS_MAX = 256 * 1024 * 1024 };

typedef struct batch_standing {
	buf      bytes; /* state in the lower half, attempts in the upper one */
	uint64_t counts[BATCH_STATES];
} batch_standing;

/* All are open. */
EXS_MUST_USE exs_status standing_begin(batch_standing *s, uint64_t items, exs_error *error);
void batch_standing_done(batch_standing *s);

batch_state standing_state(const batch_standing *s, uint64_t item);
unsigned    standing_attempts(const batch_standing *s, uint64_t item); /* 15 stands for more */
void        standing_set(batch_standing *s, uint64_t item, batch_state state, unsigned attempts);
/* As a journal's line tells it. */
void standing_take(batch_standing *s, const batch_record *record);

/* Is this item one that such a run takes up? */
bool standing_is_wanted(const batch_standing *s, uint64_t item, exs_batch_only only);
/* Fills the sums that are the standing's. */
void standing_count(const batch_standing *s, exs_batch_tally *ret);

#endif
