/* Sessions for signatures side by side. */
#include "hsm/pool.h"

#include "base/error.h"
#include "base/moment.h"

#include <pthread.h>
#include <time.h>

enum { SEATS_MAX = 64, SEATS_DEFAULT = 4, POLL_MS = 50 };

struct pool {
	const exs_context *context;
	pthread_mutex_t    lock;
	pthread_cond_t     freed;
	unsigned           wanted, cap, open, n_idle;
	unsigned           generation;
	token              token;
	CK_OBJECT_HANDLE   key;
	seat               idle[SEATS_MAX + 1]; /* one more while another stands in */
};

exs_status
pool_new(const exs_context *context, unsigned wanted, pool **ret, exs_error *error)
{
	pool *p = mem_new(1, sizeof *p);
	pthread_condattr_t steady;

	if (p == NULL)
		return mem_fail(error);
	p->context = context;
	p->wanted = wanted == 0 ? SEATS_DEFAULT : wanted > SEATS_MAX ? SEATS_MAX : wanted;
	p->cap = 1;
	pthread_mutex_init(&p->lock, NULL);
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&p->freed, &steady);
	pthread_condattr_destroy(&steady);
	*ret = p;
	return EXS_OK;
}

static void
close_seat(seat *s)
{
	if (s->job != NULL)
		job_free(&s->job->base);
	session_free(s->session);
	*s = (seat){0};
}

static void
close_idle(pool *p)
{
	while (p->n_idle > 0) {
		p->n_idle--;
		p->open--;
		close_seat(&p->idle[p->n_idle]);
	}
}

void
pool_free(pool *p)
{
	if (p == NULL)
		return;
	close_idle(p);
	pthread_cond_destroy(&p->freed);
	pthread_mutex_destroy(&p->lock);
	mem_free(p);
}

/* One session stays free for others when the device counts them. */
static unsigned
cap_of(const pool *p, const token *t)
{
	CK_ULONG most = t->info.ulMaxSessionCount;
	unsigned cap = p->wanted;

	if (module_is_single_file(t->module))
		return 1;
	if (most != CK_EFFECTIVELY_INFINITE && most != CK_UNAVAILABLE_INFORMATION && most <= cap)
		cap = most > 1 ? (unsigned)most - 1 : 1;
	return cap;
}

void
pool_renew(pool *p, const token *t, CK_OBJECT_HANDLE handle)
{
	pthread_mutex_lock(&p->lock);
	p->generation++;
	p->token = *t;
	p->key = handle;
	p->cap = cap_of(p, t);
	close_idle(p);
	pthread_mutex_unlock(&p->lock);
}

unsigned
pool_generation(pool *p)
{
	unsigned generation;

	pthread_mutex_lock(&p->lock);
	generation = p->generation;
	pthread_mutex_unlock(&p->lock);
	return generation;
}

static exs_status
furnish(session **s, seat *ret, exs_error *error)
{
	sign_job *j = sign_job_new(session_functions(*s), session_handle(*s));

	if (j == NULL)
		return mem_fail(error);
	*ret = (seat){.session = *s, .job = j};
	*s = NULL;
	return EXS_OK;
}

exs_status
pool_add(pool *p, session **s, exs_error *error)
{
	seat added = {0};

	EXS_TRY(furnish(s, &added, error));
	pthread_mutex_lock(&p->lock);
	added.generation = p->generation;
	added.key = p->key;
	p->open++;
	p->idle[p->n_idle++] = added;
	pthread_cond_signal(&p->freed);
	pthread_mutex_unlock(&p->lock);
	return EXS_OK;
}

static struct timespec
soon(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_nsec += POLL_MS * 1000000;
	if (at.tv_nsec >= 1000000000) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000;
	}
	return at;
}

typedef enum turn { TURN_IDLE, TURN_OPEN, TURN_NONE } turn;

/* With the lock held: an idle seat, the right to open one, or neither in time. */
static turn
wait_turn(pool *p, int64_t wait_ms, seat *ret)
{
	int64_t until = moment_steady_ms() + wait_ms;

	for (;;) {
		struct timespec at = soon();

		if (p->n_idle > 0) {
			*ret = p->idle[--p->n_idle];
			return TURN_IDLE;
		}
		if (p->open < p->cap) {
			*ret = (seat){.generation = p->generation, .key = p->key};
			p->open++;
			return TURN_OPEN;
		}
		if (moment_steady_ms() >= until || context_cancelled(p->context))
			return TURN_NONE;
		pthread_cond_timedwait(&p->freed, &p->lock, &at);
	}
}

/* The device has fewer sessions than it said: then those that are open are shared. */
static bool
is_shared_now(pool *p, const exs_error *cause)
{
	bool shared;

	pthread_mutex_lock(&p->lock);
	shared = error_is(cause, E_DEVICE_SESSIONS) && p->open > 0;
	if (shared)
		p->cap = p->open;
	pthread_mutex_unlock(&p->lock);
	return shared;
}

static exs_status
open_seat(pool *p, const token *t, seat *ret, exs_error *error)
{
	EXS_AUTO(session) *s = NULL;
	seat       opened = {0};
	exs_status status = session_open(t, SESSION_READ, &s, error);

	if (status == EXS_OK)
		status = furnish(&s, &opened, error);
	if (status == EXS_OK) {
		ret->session = opened.session;
		ret->job = opened.job;
		return EXS_OK;
	}
	pthread_mutex_lock(&p->lock);
	p->open--;
	pthread_cond_signal(&p->freed);
	pthread_mutex_unlock(&p->lock);
	return status;
}

exs_status
pool_take(pool *p, int64_t wait_ms, seat *ret, exs_error *error)
{
	for (;;) {
		exs_error  cause;
		seat       taken = {0};
		token      t;
		turn       mine;
		exs_status status = EXS_OK;

		exs_error_clear(&cause);
		pthread_mutex_lock(&p->lock);
		mine = wait_turn(p, wait_ms, &taken);
		t = p->token;
		pthread_mutex_unlock(&p->lock);
		if (mine == TURN_NONE) {
			EXS_TRY(context_check(p->context, error));
			return exs_fail(error, E_DEVICE_SESSIONS,
			                "all sessions with the device were busy for %lld s",
			                (long long)(wait_ms / 1000));
		}
		if (mine == TURN_OPEN)
			status = open_seat(p, &t, &taken, &cause);
		if (status == EXS_OK) {
			*ret = taken;
			return EXS_OK;
		}
		if (!is_shared_now(p, &cause)) {
			error_copy(error, &cause);
			return status;
		}
	}
}

/* Opens another one in its place; without it the spoilt one is closed all the same. */
static void
stand_in(pool *p)
{
	EXS_AUTO(session) *s = NULL;
	token t;

	pthread_mutex_lock(&p->lock);
	t = p->token;
	pthread_mutex_unlock(&p->lock);
	if (session_open(&t, SESSION_READ, &s, NULL) == EXS_OK)
		(void)!pool_add(p, &s, NULL);
}

void
pool_give(pool *p, seat *s, seat_fate fate)
{
	bool kept = false, is_last;

	pthread_mutex_lock(&p->lock);
	is_last = p->open == 1;
	pthread_mutex_unlock(&p->lock);
	if (fate == SEAT_RENEW && s->job != NULL && is_last)
		stand_in(p);
	pthread_mutex_lock(&p->lock);
	if (fate == SEAT_KEEP && s->job != NULL && s->generation == p->generation &&
	    p->n_idle <= SEATS_MAX) {
		p->idle[p->n_idle++] = *s;
		kept = true;
	} else {
		p->open--;
	}
	pthread_cond_signal(&p->freed);
	pthread_mutex_unlock(&p->lock);
	if (!kept)
		close_seat(s);
	*s = (seat){0};
}
