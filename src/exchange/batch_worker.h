/*
 * One of the threads that carry out a batch's items, with a session of its own.
 */
#ifndef EXCHANGE_BATCH_WORKER_H
#define EXCHANGE_BATCH_WORKER_H

#include "exchange/batch_engine.h"

#include <stdatomic.h>

typedef struct batch_worker {
	batch_engine *engine;
	exs_context  *context; /* its own: a change that is on its way is waited for a while when the host gives up */
	exs_exchange *exchange;
	api_witness   witness;
	exs_error    *error;
	pthread_t     thread;
	bool          started;
	batch_turn   *turn;        /* what it has in hand */
	atomic_bool   sent;        /* a change is on its way */
	_Atomic int64_t gave_up_ms; /* when the host was first seen to give up; 0: not yet */
} batch_worker;

/* Starts it; end waits for it. On failure there is nothing to end. */
EXS_MUST_USE exs_status batch_worker_start(batch_worker *w, batch_engine *engine,
                                           const batch_sessions *sessions, exs_error *error);
void batch_worker_done(batch_worker *w);

#endif
