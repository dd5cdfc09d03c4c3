/*
 * So many requests in so much time, kept by the client before the service has to refuse: Get-MessageTraceV2 may be asked 100
 * times in 5 minutes (exchange-rest.md 7.1). One budget serves all threads of a process.
 */
#ifndef EXCHANGE_BUDGET_H
#define EXCHANGE_BUDGET_H

#include "base/context.h"

#include <pthread.h>

enum { BUDGET_MAX = 100 };

typedef struct budget {
	pthread_mutex_t lock;
	unsigned        limit;     /* requests, at most BUDGET_MAX */
	int64_t         window_ms; /* in any stretch of time so long */
	int64_t         spent_ms[BUDGET_MAX]; /* when, a ring */
	unsigned        first, n;
} budget;

#define BUDGET(requests, milliseconds) \
	{.lock = PTHREAD_MUTEX_INITIALIZER, .limit = (requests), .window_ms = (milliseconds)}

/* Takes one; waits for it when there is none left, and says so in the log. */
EXS_MUST_USE exs_status budget_spend(budget *b, const exs_context *context, const char *cmdlet,
                                     exs_error *error);

#endif
