/* Steps that look before they act. */
#include "lifecycle/step.h"

#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

enum { WAIT_MAX_MS = 60 * 1000, NAME_ROOM = 96, OPEN_ROUNDS = 3, ACTS_MAX = 3 };

const char *
exs_step_state_name(exs_step_state state)
{
	static const char *const names[] = {
		[EXS_STEP_DONE] = "done",     [EXS_STEP_NEEDED] = "needed",     [EXS_STEP_BEGUN] = "begun",
		[EXS_STEP_MADE] = "made",     [EXS_STEP_LEFT_OUT] = "left-out", [EXS_STEP_WAITING] = "waiting",
	};

	return names[state];
}

void
sight_is(step_sight *sight, exs_step_state state, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(sight->detail, sizeof sight->detail, format, arguments);
	va_end(arguments);
	sight->state = state;
}

static void
name_of(const char *name, char room[NAME_ROOM])
{
	(void)snprintf(room, NAME_ROOM, "step.%s", name);
}

bool
step_was_begun(const logbook *j, const char *name)
{
	char key[NAME_ROOM];

	name_of(name, key);
	return strcmp(logbook_get(j, key), "begun") == 0;
}

static exs_status
mark(const steps *all, const step *one, const char *how, exs_error *error)
{
	char key[NAME_ROOM];

	name_of(one->name, key);
	if (strcmp(logbook_get(all->journal, key), how) == 0)
		return EXS_OK;
	return logbook_set(all->journal, key, how, error);
}

static exs_status
tell(const steps *all, const step *one, exs_step_state state, const char *detail, exs_error *error)
{
	exs_step seen = {one->name, one->title, state, detail};

	LOG(all->context, EXS_LOG_INFO, "lifecycle", "step", LOG_TEXT("step", one->name),
	    LOG_TEXT("state", exs_step_state_name(state)), LOG_TEXT("detail", detail));
	return all->visit(all->visit_self, &seen, error);
}

static exs_status
look(const steps *all, const step *one, step_sight *sight, exs_error *error)
{
	exs_status status;

	*sight = (step_sight){.state = EXS_STEP_NEEDED};
	EXS_TRY(context_check(all->context, error));
	status = one->look(all->self, sight, error);
	if (status != EXS_OK)
		error_aim(error, "looking at the step %s", one->name);
	return status;
}

exs_status
steps_plan(const steps *all, exs_error *error)
{
	for (size_t i = 0; i < all->n; i++) {
		step_sight sight;

		EXS_TRY(look(all, &all->at[i], &sight, error));
		EXS_TRY(tell(all, &all->at[i], sight.state, sight.detail, error));
	}
	return EXS_OK;
}

/* Looks until what was done shows: the directory is many machines. */
static exs_status
look_until_done(const steps *all, const step *one, step_sight *sight, exs_error *error)
{
	int64_t wait = all->first_wait_ms;

	for (unsigned round = 0; round < all->rounds; round++) {
		EXS_TRY(look(all, one, sight, error));
		if (sight->state != EXS_STEP_NEEDED)
			return EXS_OK;
		EXS_TRY(context_sleep(all->context, wait, error));
		wait = wait * 2 > WAIT_MAX_MS ? WAIT_MAX_MS : wait * 2;
	}
	return exs_fail(error, E_APP_STEP, "the step %s was done, and it does not show: %s", one->name,
	                sight->detail);
}

/* May it have been done although the answer does not say so? Then looking decides, not the answer. */
static bool
is_open(const exs_error *cause)
{
	return error_is(cause, E_GRAPH_UNKNOWN) || error_is(cause, E_GRAPH_REFUSED) ||
	       error_is(cause, E_ANSWER) || exs_error_status(cause) == EXS_NETWORK;
}

static bool
shows_after_all(const steps *all, const step *one)
{
	step_sight sight;
	int64_t    wait = all->first_wait_ms;

	for (unsigned round = 0; round < OPEN_ROUNDS; round++) {
		if (look(all, one, &sight, NULL) == EXS_OK && sight.state == EXS_STEP_DONE)
			return true;
		if (round + 1 == OPEN_ROUNDS || context_sleep(all->context, wait, NULL) != EXS_OK)
			return false;
		wait *= 2;
	}
	return false;
}

/* Once more when nobody knows whether it was done and it does not show. */
static exs_status
act_until_known(const steps *all, const step *one, exs_error *error)
{
	for (unsigned time = 0;; time++) {
		EXS_SCOPED(error_scratch) cause = exs_error_new();
		exs_status status;

		if (cause == NULL)
			return mem_fail(error);
		status = one->act(all->self, cause);
		if (status == EXS_OK || (is_open(cause) && shows_after_all(all, one)))
			return EXS_OK;
		if (error_is(cause, E_GRAPH_UNKNOWN) && !one->once && time + 1 < ACTS_MAX)
			continue;
		error_copy(error, cause);
		error_aim(error, "%s", one->name);
		return status;
	}
}

static exs_status
act(const steps *all, const step *one, step_sight *sight, exs_error *error)
{
	EXS_TRY(tell(all, one, EXS_STEP_BEGUN, sight->detail, error));
	EXS_TRY(mark(all, one, "begun", error));
	EXS_TRY(act_until_known(all, one, error));
	EXS_TRY(look_until_done(all, one, sight, error));
	return tell(all, one, EXS_STEP_MADE, sight->detail, error);
}

exs_status
steps_run(const steps *all, exs_error *error)
{
	for (size_t i = 0; i < all->n; i++) {
		const step *one = &all->at[i];
		step_sight  sight;

		EXS_TRY(look(all, one, &sight, error));
		if (sight.state == EXS_STEP_NEEDED)
			EXS_TRY(act(all, one, &sight, error));
		else
			EXS_TRY(tell(all, one, sight.state, sight.detail, error));
		if (sight.state == EXS_STEP_WAITING && sight.ends)
			return EXS_OK;
		if (sight.state != EXS_STEP_WAITING)
			EXS_TRY(mark(all, one, "done", error));
	}
	return EXS_OK;
}
