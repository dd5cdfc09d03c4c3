/*
 * How fast a batch may go: one measure for all its threads.
 *
 * Requests side by side grow by one for each round of good answers and are halved when the service throttles (additive
 * increase, multiplicative decrease); what one thread is told to wait, all wait. The host's own limits come on top.
 */
#ifndef EXCHANGE_BATCH_PACE_H
#define EXCHANGE_BATCH_PACE_H

#include "base/context.h"

#include <pthread.h>

enum { PACE_BEGINS_WITH = 4 };

typedef struct batch_pace {
	pthread_mutex_t lock;
	pthread_cond_t  changed;
	unsigned        most, inside;
	double          limit;      /* requests side by side; only whole ones count */
	double          rate;       /* items a second; 0: any */
	double          next_ms;    /* when the next item may begin by the rate */
	int64_t         hold_ms;    /* nothing is sent before; steady clock */
	int64_t         cut_ms;     /* the limit is not halved again before */
	uint64_t        throttled, requests;
	bool            closed;
} batch_pace;

/* What an answer says about the service's patience. */
typedef struct pace_word {
	bool    throttled;
	int64_t retry_after_s; /* -1: not told */
	int64_t remaining;     /* Rate-Limit-Remaining; -1: not told */
	int64_t reset_in_s;    /* Rate-Limit-Reset, from now; -1: not told */
} pace_word;

void batch_pace_begin(batch_pace *p, unsigned most, double rate);
void batch_pace_done(batch_pace *p);

/* Waits for a place; leave when the request is over. EXS_CANCELLED when the host gives up. */
EXS_MUST_USE exs_status pace_enter(batch_pace *p, const exs_context *context, exs_error *error);
/* Waits until the rate lets so many items go; the same. */
EXS_MUST_USE exs_status pace_rate(batch_pace *p, unsigned items, const exs_context *context,
                                  exs_error *error);
void pace_leave(batch_pace *p);
/* The batch stops: who waits for the rate is let go with EXS_CANCELLED, as who comes later. */
void pace_close(batch_pace *p);
/* Before each attempt: waits until nothing is held back. */
EXS_MUST_USE exs_status pace_gate(batch_pace *p, const exs_context *context, exs_error *error);
/* After each answer. Seconds for which all is held back by what it says, when it was not before; else 0. */
int64_t pace_answer(batch_pace *p, const pace_word *word);
void pace_count(batch_pace *p, uint64_t *ret_throttled, uint64_t *ret_requests, unsigned *ret_at_once);

#endif
