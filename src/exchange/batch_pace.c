/* How fast a batch may go. */
#include "exchange/batch_pace.h"

#include "base/error.h"
#include "base/moment.h"

#include <time.h>

enum {
	SLICE_MS = 100,
	HOLD_MAX_S = 600,
	CUT_EVERY_MS = 1000, /* what was sent before the halving must not halve again */
};

void
batch_pace_begin(batch_pace *p, unsigned most, double rate)
{
	pthread_condattr_t attributes;

	*p = (batch_pace){.most = most, .rate = rate};
	p->limit = most < PACE_BEGINS_WITH ? most : PACE_BEGINS_WITH;
	pthread_mutex_init(&p->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&p->changed, &attributes);
	pthread_condattr_destroy(&attributes);
}

void
batch_pace_done(batch_pace *p)
{
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->lock);
}

/* With the lock held: sleeps until something changed, at most a slice, so that giving up is noticed. */
static void
wait_a_little(batch_pace *p, int64_t most_ms)
{
	struct timespec until;
	int64_t         ms = most_ms > 0 && most_ms < SLICE_MS ? most_ms : SLICE_MS;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += (long)ms * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	(void)pthread_cond_timedwait(&p->changed, &p->lock, &until);
}

/* With the lock held: milliseconds until the rate lets the next item go; 0: it may. */
static int64_t
rate_wait(const batch_pace *p)
{
	double left = p->next_ms - (double)moment_steady_ms();

	return p->rate <= 0 || left <= 0 ? 0 : (int64_t)left + 1;
}

exs_status
pace_enter(batch_pace *p, const exs_context *context, exs_error *error)
{
	exs_status status = EXS_OK;

	pthread_mutex_lock(&p->lock);
	while (p->inside >= (unsigned)p->limit && (status = context_check(context, error)) == EXS_OK)
		wait_a_little(p, 0);
	if (status == EXS_OK)
		p->inside++;
	pthread_mutex_unlock(&p->lock);
	return status;
}

exs_status
pace_rate(batch_pace *p, unsigned items, const exs_context *context, exs_error *error)
{
	exs_status status = EXS_OK;
	double     now;

	if (p->rate <= 0)
		return EXS_OK;
	pthread_mutex_lock(&p->lock);
	while (!p->closed && rate_wait(p) > 0 && (status = context_check(context, error)) == EXS_OK)
		wait_a_little(p, rate_wait(p));
	if (status == EXS_OK && p->closed)
		status = exs_fail(error, E_INTERRUPTED, "nothing more is begun");
	now = (double)moment_steady_ms();
	if (p->next_ms < now)
		p->next_ms = now;
	p->next_ms += items * 1000.0 / p->rate;
	pthread_mutex_unlock(&p->lock);
	return status;
}

void
pace_close(batch_pace *p)
{
	pthread_mutex_lock(&p->lock);
	p->closed = true;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
}

void
pace_leave(batch_pace *p)
{
	pthread_mutex_lock(&p->lock);
	p->inside--;
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
}

exs_status
pace_gate(batch_pace *p, const exs_context *context, exs_error *error)
{
	exs_status status = EXS_OK;
	int64_t    left;

	pthread_mutex_lock(&p->lock);
	while ((left = p->hold_ms - moment_steady_ms()) > 0 &&
	       (status = context_check(context, error)) == EXS_OK)
		wait_a_little(p, left);
	if (status == EXS_OK)
		p->requests++;
	pthread_mutex_unlock(&p->lock);
	return status;
}

/* Seconds of a hold that was not there before. */
static int64_t
hold(batch_pace *p, int64_t seconds)
{
	int64_t now = moment_steady_ms(), ms = seconds > HOLD_MAX_S ? HOLD_MAX_S * 1000 : seconds * 1000;
	bool    held = p->hold_ms > now;

	if (now + ms > p->hold_ms)
		p->hold_ms = now + ms;
	return held ? 0 : seconds;
}

static void
cut(batch_pace *p)
{
	int64_t now = moment_steady_ms();

	p->throttled++;
	if (now < p->cut_ms)
		return;
	p->limit = p->limit / 2 < 1 ? 1 : p->limit / 2;
	p->cut_ms = (p->hold_ms > now ? p->hold_ms : now) + CUT_EVERY_MS;
}

int64_t
pace_answer(batch_pace *p, const pace_word *word)
{
	int64_t held = 0;

	pthread_mutex_lock(&p->lock);
	if (word->throttled) {
		if (word->retry_after_s >= 0)
			held = hold(p, word->retry_after_s);
		cut(p);
	} else if (p->limit < p->most) {
		p->limit += 1 / p->limit;
		if (p->limit > p->most)
			p->limit = p->most;
		pthread_cond_broadcast(&p->changed);
	}
	if (word->remaining == 0 && word->reset_in_s > 0)
		held = hold(p, word->reset_in_s);
	pthread_mutex_unlock(&p->lock);
	return held;
}

void
pace_count(batch_pace *p, uint64_t *ret_throttled, uint64_t *ret_requests, unsigned *ret_at_once)
{
	pthread_mutex_lock(&p->lock);
	*ret_throttled = p->throttled;
	*ret_requests = p->requests;
	*ret_at_once = (unsigned)p->limit;
	pthread_mutex_unlock(&p->lock);
}
