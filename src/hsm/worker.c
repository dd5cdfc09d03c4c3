/* A thread that calls into a module. */
#include "hsm/worker.h"

#include "base/error.h"
#include "base/moment.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
	POLL_MS = 50,     /* how often the caller is asked whether it gave up */
	GRACE_MS = 1500,  /* how long a running call may take to come back after that */
};

typedef enum worker_state { IDLE, RUNNING, STUCK } worker_state;

struct worker {
	sem_t       posted, done;
	_Atomic int state;
	atomic_bool leaving;
	atomic_int  owners; /* the handle and the thread */
	job        *job;
	pthread_t   thread;
	char        name[64];
};

static void
let_go(worker *w)
{
	if (atomic_fetch_sub(&w->owners, 1) > 1)
		return;
	sem_destroy(&w->posted);
	sem_destroy(&w->done);
	mem_free(w);
}

static void
wait_for(sem_t *semaphore)
{
	while (sem_wait(semaphore) < 0 && errno == EINTR)
		;
}

static void *
serve(void *self)
{
	worker *w = self;

	for (;;) {
		job *current;
		int  expected = RUNNING;

		wait_for(&w->posted);
		if (atomic_load(&w->leaving))
			break;
		current = w->job;
		current->run(current);
		if (atomic_compare_exchange_strong(&w->state, &expected, IDLE)) {
			sem_post(&w->done);
			continue;
		}
		/* Nobody waits any more: the job is ours to free, and we may be used again. */
		w->job = NULL;
		job_free(current);
		atomic_store(&w->state, IDLE);
		if (atomic_load(&w->leaving))
			break;
	}
	let_go(w);
	return NULL;
}

/* Signals are for the host's threads: none may end up inside a module. */
static int
start(worker *w)
{
	sigset_t all, before;
	int      failed;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	failed = pthread_create(&w->thread, NULL, serve, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return failed;
}

exs_status
worker_new(const char *name, worker **ret, exs_error *error)
{
	const char *slash = strrchr(name, '/');
	worker     *w = mem_new(1, sizeof *w);

	if (w == NULL)
		return mem_fail(error);
	snprintf(w->name, sizeof w->name, "%s", slash == NULL ? name : slash + 1);
	sem_init(&w->posted, 0, 0);
	sem_init(&w->done, 0, 0);
	atomic_init(&w->owners, 2);
	if (start(w) != 0) {
		atomic_store(&w->owners, 1);
		let_go(w);
		return exs_fail(error, E_NO_MEMORY, "cannot start a thread for the device");
	}
	*ret = w;
	return EXS_OK;
}

void
worker_free(worker *w)
{
	pthread_t thread;

	if (w == NULL)
		return;
	thread = w->thread;
	atomic_store(&w->leaving, true);
	if (worker_is_stuck(w)) {
		/* When it comes back between the question and here, the post below still ends it. */
		sem_post(&w->posted);
		pthread_detach(thread);
	} else {
		sem_post(&w->posted);
		pthread_join(thread, NULL);
	}
	let_go(w);
}

static struct timespec
after_ms(int64_t ms)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += (time_t)(ms / 1000);
	at.tv_nsec += (long)(ms % 1000) * 1000000;
	if (at.tv_nsec >= 1000000000) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000;
	}
	return at;
}

static bool
is_done_within(worker *w, int64_t ms)
{
	struct timespec until = after_ms(ms);

	while (sem_clockwait(&w->done, CLOCK_MONOTONIC, &until) < 0)
		if (errno == ETIMEDOUT)
			return false;
	return true;
}

/* Leaves the running job to the thread; false when it finished at the last moment. */
static bool
abandon(worker *w)
{
	int expected = RUNNING;

	if (atomic_compare_exchange_strong(&w->state, &expected, STUCK))
		return true;
	wait_for(&w->done);
	return false;
}

static exs_status
fail_deadline(const worker *w, const char *call, int64_t ms, exs_error *error)
{
	exs_status status = exs_fail(error, E_DEVICE_DEADLINE,
	                             "%s did not come back from %s within %lld.%lld s", w->name, call,
	                             (long long)(ms / 1000), (long long)(ms % 1000 / 100));

	error_why(error, "the module waits for its device, a touch, or another program");
	return status;
}

static exs_status
wait_until_done(worker *w, const patience *p, const char *call, exs_error *error)
{
	int64_t started = moment_steady_ms(), gave_up = 0;
	bool    noticed = p->notice_ms <= 0 || p->notice == NULL;

	for (;;) {
		int64_t passed = moment_steady_ms() - started, left = p->deadline_ms - passed;

		if (is_done_within(w, left < POLL_MS ? (left < 0 ? 0 : left) : POLL_MS))
			return EXS_OK;
		passed = moment_steady_ms() - started;
		if (!noticed && passed >= p->notice_ms) {
			p->notice(p->self);
			noticed = true;
		}
		if (passed >= p->deadline_ms)
			return abandon(w) ? fail_deadline(w, call, passed, error) : EXS_OK;
		if (gave_up == 0 && context_cancelled(p->context))
			gave_up = passed + 1;
		if (gave_up > 0 && passed - gave_up >= GRACE_MS)
			return abandon(w) ? exs_fail(error, E_INTERRUPTED, "interrupted") : EXS_OK;
	}
}

exs_status
worker_run(worker *w, const patience *p, job **j, exs_error *error)
{
	exs_status status;
	int        expected = IDLE;

	if (!atomic_compare_exchange_strong(&w->state, &expected, RUNNING))
		return exs_fail(error, E_DEVICE_DEADLINE, "%s is still busy with an earlier call",
		                w->name);
	w->job = *j;
	sem_post(&w->posted);
	status = wait_until_done(w, p, (*j)->name, error);
	if (status != EXS_OK)
		*j = NULL;
	return status;
}

bool
worker_is_stuck(worker *w)
{
	return atomic_load(&w->state) == STUCK;
}
