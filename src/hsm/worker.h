/*
 * A thread that calls into a module, so that a module that never returns cannot stop the caller.
 *
 * A job owns all memory it touches: nothing of the caller's stack is in it. When a deadline passes, the job stays with
 * the thread and is freed when (if ever) the module comes back; until then the worker is stuck and takes no other
 * job. PKCS#11 has no call that interrupts another one, so this is all that can be done within a process.
 */
#ifndef HSM_WORKER_H
#define HSM_WORKER_H

#include "base/context.h"

/* What is to be done; embed it first. run() is called in the worker's thread. */
typedef struct job job;
struct job {
	const char *name;          /* "C_Sign": what to blame when time is up */
	void (*run)(job *self);
	void (*release)(job *self); /* frees the job and everything in it */
};

static inline void
job_free(job *j)
{
	if (j != NULL)
		j->release(j);
}
EXS_DEFINE_AUTO(job)

/* How long the caller waits, and whom it tells when that takes a while. */
typedef struct patience {
	const exs_context *context;
	int64_t            deadline_ms;
	int64_t            notice_ms; /* 0: never */
	void (*notice)(void *self);   /* called once, in the caller's thread */
	void              *self;
} patience;

typedef struct worker worker;

/* name is for messages and copied; of a path the last part counts ("libsofthsm2.so"). */
EXS_MUST_USE exs_status worker_new(const char *name, worker **ret, exs_error *error);

/*
 * From now on its jobs run one at a time with those of all workers in the process of which this was said, for modules that
 * are not safe in two threads. Say it before the first job.
 */
void worker_take_turns(worker *w);

/* Ends the thread, or leaves it to itself when it is stuck. */
void worker_free(worker *w);
EXS_DEFINE_AUTO(worker)

/*
 * Runs *j in the thread and waits. EXS_OK: it was run and is the caller's again. E_DEVICE_DEADLINE or E_INTERRUPTED: time is
 * up or the caller gave up; *j is NULL, the thread keeps it. E_DEVICE in a process that was forked since. One caller at a time.
 */
EXS_MUST_USE exs_status worker_run(worker *w, const patience *patience, job **j, exs_error *error);

/* Is it still inside a call that was given up? */
bool worker_is_stuck(worker *w);

/* Was it made by a process from which this one was forked? Its thread stayed there. */
bool worker_is_elsewhere(const worker *w);
/* E_DEVICE with what to do about it. */
exs_status worker_fail_elsewhere(const worker *w, exs_error *error);

#endif
