/*
 * One round: a batch that is run under faults, killed, gone on with, and judged.
 */
#ifndef STORM_ROUND_H
#define STORM_ROUND_H

#include <stdint.h>

#include "items.h"
#include "tenant.h"

typedef struct tallies {
	unsigned long rounds, bad, items, done, failed, unknown, runs, processes, killed, interrupted, full, tenant_kills,
		faults, twice;
} tallies;

typedef struct stage {
	tenant       *tenant;
	uint64_t      seed;
	const char   *directory; /* for the files of rounds */
	form          form;      /* FORMS: any */
	unsigned long written;   /* number of the last write that is known */
	tallies       sum;
} stage;

/* False when something did not hold; then what and how is on stderr, and the round's files are kept. */
bool round_play(stage *s, unsigned long number, unsigned turn);

#endif
