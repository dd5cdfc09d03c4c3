/*
 * A thread that calls into a module.
 *
 * Waking a thread on an idle processor costs 30 to 100 microseconds on the machines we measured, a tenth of a signature in
 * software. So while signatures follow each other closely, both sides look for each other a little before they sleep:
 * the worker for the next job, the caller from shortly before the usual duration on. Calls that are slow, seldom or in
 * want of a processor just sleep.
 */
#include "hsm/worker.h"

#include "base/error.h"
#include "base/moment.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	POLL_MS = 50,       /* how often the caller is asked whether it gave up */
	GRACE_MS = 1500,    /* how long a running call may take to come back after that */
	LOOK_US = 120,      /* how long each side looks before it sleeps */
	LOOKS = 32,         /* so often before it lets other threads have the processor */
	CLOSE_US = 300,     /* jobs follow each other closely when no more is between them */
	USUAL_MAX_US = 5000, /* longer calls are not worth looking for */
};

typedef enum worker_state { IDLE, RUNNING, STUCK } worker_state;

struct worker {
	sem_t       posted, done;
	_Atomic int state;
	atomic_bool leaving;
	atomic_int  owners; /* the handle and the thread */
	job        *job;
	atomic_bool close;    /* the last job came soon after the one before */
	int64_t     usual_us; /* how long jobs take, for the caller alone */
	bool        takes_turns;
	pid_t       process; /* in which the thread runs */
	pthread_t   thread;
	char        name[64];
};

/* Held by the job that has its turn. */
static pthread_mutex_t turns = PTHREAD_MUTEX_INITIALIZER;

static void
let_go(worker *w)
{
	if (atomic_fetch_sub(&w->owners, 1) > 1)
		return;
	sem_destroy(&w->posted);
	sem_destroy(&w->done);
	mem_free(w);
}

/* Jobs that are in modules now, and sides that look for each other, in the whole process. */
static atomic_int in_modules, looking;

static int64_t
now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int
processors(void)
{
	static atomic_int counted;
	int               n = atomic_load_explicit(&counted, memory_order_relaxed);

	if (n == 0) {
		n = (int)sysconf(_SC_NPROCESSORS_ONLN);
		atomic_store_explicit(&counted, n, memory_order_relaxed);
	}
	return n;
}

/* Looking takes a processor; it must be one that no job wants. */
static bool
is_processor_free(void)
{
	return atomic_load_explicit(&in_modules, memory_order_relaxed) < processors();
}

/* How often a side looks before it lets another thread have the processor: often only when there is one for everybody. */
static int
looks_at_once(void)
{
	int busy = atomic_load_explicit(&in_modules, memory_order_relaxed) +
	           atomic_load_explicit(&looking, memory_order_relaxed);

	return busy <= processors() ? LOOKS : 1;
}

/* Leaves the processor's shared parts to its other half, where the module may be running. */
static void
rest(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

static bool
is_seen_within(sem_t *semaphore, int64_t us)
{
	int64_t until = now_us() + us;
	bool    seen = false;

	atomic_fetch_add_explicit(&looking, 1, memory_order_relaxed);
	do {
		for (int i = looks_at_once(); i > 0 && !seen; i--) {
			seen = sem_trywait(semaphore) == 0;
			if (!seen)
				rest();
		}
		if (!seen)
			sched_yield();
	} while (!seen && now_us() < until);
	atomic_fetch_sub_explicit(&looking, 1, memory_order_relaxed);
	return seen;
}

static void
wait_for(sem_t *semaphore)
{
	while (sem_wait(semaphore) < 0 && errno == EINTR)
		;
}

static void
wait_for_job(worker *w, int64_t ended_us)
{
	if (!atomic_load(&w->close) || !is_processor_free() || !is_seen_within(&w->posted, LOOK_US))
		wait_for(&w->posted);
	atomic_store(&w->close, now_us() - ended_us < CLOSE_US);
}

static void
run_it(const worker *w, job *j)
{
	if (w->takes_turns)
		pthread_mutex_lock(&turns);
	atomic_fetch_add(&in_modules, 1);
	j->run(j);
	atomic_fetch_sub(&in_modules, 1);
	if (w->takes_turns)
		pthread_mutex_unlock(&turns);
}

static void *
serve(void *self)
{
	worker *w = self;
	int64_t ended = 0;

	for (;;) {
		job *current;
		int  expected = RUNNING;

		wait_for_job(w, ended);
		if (atomic_load(&w->leaving))
			break;
		current = w->job;
		run_it(w, current);
		ended = now_us();
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
	w->process = getpid();
	if (start(w) != 0) {
		atomic_store(&w->owners, 1);
		let_go(w);
		return exs_fail(error, E_NO_MEMORY, "cannot start a thread for the device");
	}
	*ret = w;
	return EXS_OK;
}

void
worker_take_turns(worker *w)
{
	w->takes_turns = true;
}

bool
worker_is_elsewhere(const worker *w)
{
	return w->process != getpid();
}

exs_status
worker_fail_elsewhere(const worker *w, exs_error *error)
{
	exs_status status = exs_fail(error, E_DEVICE, "%s was opened by the process from which this one "
	                             "was forked", w->name);

	error_why(error, "sessions with a device do not survive a fork");
	error_fix(error, "open the device in the process that uses it, after the fork");
	return status;
}

void
worker_free(worker *w)
{
	pthread_t thread;

	if (w == NULL)
		return;
	if (worker_is_elsewhere(w)) {
		mem_free(w);
		return;
	}
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

static bool
is_done_within(worker *w, int64_t us)
{
	int64_t         at = now_us() + us;
	struct timespec until = {(time_t)(at / 1000000), (long)(at % 1000000) * 1000};

	while (sem_clockwait(&w->done, CLOCK_MONOTONIC, &until) < 0)
		if (errno == ETIMEDOUT)
			return false;
	/* What the semaphore already promises, in words that the thread sanitizer understands. */
	return atomic_load(&w->state) == IDLE;
}

/* Sleeps until shortly before the job usually ends, then looks for the end. */
static bool
is_done_as_usual(worker *w)
{
	if (!atomic_load(&w->close) || w->usual_us > USUAL_MAX_US || !is_processor_free())
		return false;
	if (w->usual_us > 2 * LOOK_US && is_done_within(w, w->usual_us - LOOK_US))
		return true;
	return is_seen_within(&w->done, 2 * LOOK_US);
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

	if (is_done_as_usual(w))
		return EXS_OK;
	for (;;) {
		int64_t passed = moment_steady_ms() - started, left = p->deadline_ms - passed;

		if (is_done_within(w, 1000 * (left < POLL_MS ? (left < 0 ? 0 : left) : POLL_MS)))
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
	int64_t    started;

	if (worker_is_elsewhere(w))
		return worker_fail_elsewhere(w, error);
	if (!atomic_compare_exchange_strong(&w->state, &expected, RUNNING))
		return exs_fail(error, E_DEVICE_DEADLINE, "%s is still busy with an earlier call",
		                w->name);
	w->job = *j;
	started = now_us();
	sem_post(&w->posted);
	status = wait_until_done(w, p, (*j)->name, error);
	w->usual_us += (now_us() - started - w->usual_us) / 4;
	if (status != EXS_OK)
		*j = NULL;
	return status;
}

bool
worker_is_stuck(worker *w)
{
	return atomic_load(&w->state) == STUCK;
}
