/*
 * Steps that look before they act: shown as a plan, done one after the other, repeated without harm.
 */
#ifndef LIFECYCLE_STEP_H
#define LIFECYCLE_STEP_H

#include "base/context.h"
#include "lifecycle/logbook.h"

#include <exosign/app.h>

enum { STEP_DETAIL_MAX = 400, STEP_ROUNDS = 8, STEP_FIRST_WAIT_MS = 1000 };

/* What looking at a step found. */
typedef struct step_sight {
	exs_step_state state; /* DONE, NEEDED, LEFT_OUT or WAITING */
	char           detail[STEP_DETAIL_MAX];
	bool           ends;  /* WAITING: nothing behind it can be done yet */
} step_sight;

typedef struct step {
	const char *name, *title;
	exs_status (*look)(void *self, step_sight *sight, exs_error *error);
	exs_status (*act)(void *self, exs_error *error);
	bool once; /* made twice it would be two: when nobody knows whether it was done, the next run looks first, with patience */
} step;

typedef struct steps {
	const exs_context *context;
	const step        *at;
	size_t             n;
	void              *self;
	logbook           *journal; /* begun and done are kept as "step.NAME" */
	exs_step_visit     visit;
	void              *visit_self;
	unsigned           rounds;        /* looks after acting, with growing waits between them */
	int64_t            first_wait_ms;
} steps;

/* Looks at each step and visits it; nothing is changed. */
EXS_MUST_USE exs_status steps_plan(const steps *all, exs_error *error);
/* Does what is needed, in order; stops at the first failure and at a WAITING step that ends. */
EXS_MUST_USE exs_status steps_run(const steps *all, exs_error *error);

/* Was this step begun in an earlier run, and not seen to end? */
bool step_was_begun(const logbook *j, const char *name);

void sight_is(step_sight *sight, exs_step_state state, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
