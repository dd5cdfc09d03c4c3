/*
 * Repeat or not, and when: the rules of exchange-rest.md 2.9 and entra-graph.md 1.9 as one value.
 */
#ifndef HTTP_RETRY_H
#define HTTP_RETRY_H

#include "base/context.h"

enum { RETRY_WAIT_MAX_S = 600 };

typedef struct retry {
	unsigned attempts;      /* at most, the first included */
	unsigned made;
	int64_t  first_wait_ms; /* doubled each time, +-20 % */
	int64_t  ends_ms;       /* on the steady clock: nothing is begun after it; 0: no such end */
} retry;

/* May one more attempt be made? */
bool retry_left(const retry *r);

/* Would the wait that comes next (as for retry_wait()) end while there is still time for an attempt? */
bool retry_fits(const retry *r, int64_t retry_after_s);

/*
 * Waits as the server asked (retry_after_s >= 0: exactly, when it is at most RETRY_WAIT_MAX_S; more than that ends the trying
 * with EXS_THROTTLED) or as the doubling says, and counts. Logs the wait. Gives up with EXS_CANCELLED.
 */
EXS_MUST_USE exs_status retry_wait(retry *r, const exs_context *context, const char *why,
                                   int64_t retry_after_s, exs_error *error);

#endif
