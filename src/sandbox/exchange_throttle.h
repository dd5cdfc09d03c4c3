/*
 * How much the tenant grants: requests a window, requests at once, and how long one takes.
 *
 *   exosign sandbox throttle --requests 500 --window 10 --concurrency 8 --latency 50
 *
 * Without a limit every answer still tells of a budget, which is never spent. Windows follow each other without
 * a gap from the second in which the first request came, so that Rate-Limit-Reset is exact. What was granted,
 * used and refused is counted, for whoever wants to know how well a client uses its budget.
 */
#ifndef SANDBOX_EXCHANGE_THROTTLE_H
#define SANDBOX_EXCHANGE_THROTTLE_H

#include <cjson/cJSON.h>
#include <stdbool.h>

struct call;
struct text;

struct throttle {
	unsigned long requests;    /* a window; 0: no limit */
	unsigned long window;      /* seconds */
	unsigned long concurrency; /* 0: no limit */
	unsigned long latency;     /* milliseconds a cmdlet takes */
	unsigned long one;         /* a batch counts as one request rather than as its items */
};

enum throttled {
	THROTTLE_CALL,  /* a request of its own */
	THROTTLE_BATCH, /* the request around items */
	THROTTLE_ITEM,
};

/*
 * Asks for admission. False: the answer is the refusal, and nothing is to be left. An item is part of its batch's
 * concurrency.
 */
bool throttle_enter(struct call *call, enum throttled as);
void throttle_leave(struct call *call, enum throttled as);

/* Reads what was set before, in the tenant's directory. */
void throttle_open(void);

/* Sets it, keeps it and begins to count anew. False: it cannot be kept. */
bool throttle_set(const struct throttle *wanted);

/* Appends an object: the settings and the counts. */
void throttle_json(struct text *text);

#endif
