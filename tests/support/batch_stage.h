/*
 * A batch over a scripted service: what the service does to each item, what the host hears, and the sums after each run.
 */
#ifndef SUPPORT_BATCH_STAGE_H
#define SUPPORT_BATCH_STAGE_H

#include "exchange/batch_engine.h"
#include "support/fake_service.h"

enum { STAGE_STEPS = 200 };

/* How the service behaves. Items are known by their Identity. */
typedef struct behaviour {
	bool     no_batch;     /* $batch is not there */
	bool     reversed;     /* answers of $batch come the other way round */
	unsigned missing;      /* answers of the first $batch that are left out */
	unsigned batches, alone, written; /* requests that came, and items that were good */
	unsigned made;         /* New- that came */
	bool     throttled;    /* the item "slow" was told to wait once */
	int      bearers_left; /* after so many the device is gone; -1: never */
} behaviour;

/* One batch, run as often as wanted. */
typedef struct stage {
	behaviour            how;
	fake_step            steps[STAGE_STEPS];
	fake_service        *service;
	fake_host           *host;
	const char          *input, *journal;
	exs_batch_options    options;
	exs_batch_run_options run;
	buf                  told; /* outcomes, a line each */
	unsigned             n_told, most_told; /* the host refuses more than so many; 0: any */
	exs_batch_tally      tally;
} stage;

/* items: the input's text. One thread; the journal is new. */
void stage_begin(stage *s, const char *items);
void stage_done(stage *s);
/* Opens, runs, counts: whatever happens, the sums are those of the input. */
exs_status stage_run(stage *s, exs_error *error);

#endif
