/* So many requests in so much time. */
#include "exchange/budget.h"

#include "base/moment.h"

enum { MARGIN_MS = 1000 }; /* the service's clock starts when the request arrives, not when it is sent */

/* Takes one and returns 0, or returns how long to wait for the next. */
static int64_t
take(budget *b)
{
	int64_t now = moment_steady_ms();

	while (b->n > 0 && now - b->spent_ms[b->first] >= b->window_ms) {
		b->first = (b->first + 1) % BUDGET_MAX;
		b->n--;
	}
	if (b->n >= b->limit)
		return b->spent_ms[b->first] + b->window_ms - now;
	b->spent_ms[(b->first + b->n++) % BUDGET_MAX] = now;
	return 0;
}

exs_status
budget_spend(budget *b, const exs_context *context, const char *cmdlet, exs_error *error)
{
	for (;;) {
		int64_t wait_ms;

		pthread_mutex_lock(&b->lock);
		wait_ms = take(b);
		pthread_mutex_unlock(&b->lock);
		if (wait_ms <= 0)
			return EXS_OK;
		wait_ms += b->window_ms > MARGIN_MS ? MARGIN_MS : 0;
		LOG(context, EXS_LOG_NOTICE, "exchange", "waiting for the service's budget",
		    LOG_TEXT("cmdlet", cmdlet), LOG_NUMBER("requests", b->limit),
		    LOG_NUMBER("in_seconds", b->window_ms / 1000), LOG_NUMBER("wait_ms", wait_ms));
		EXS_TRY(context_sleep(context, wait_ms, error));
	}
}
