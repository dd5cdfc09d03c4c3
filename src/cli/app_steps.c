/* A plan shown, asked for once, done, and told. */
#include "base/error.h"
#include "base/jsonobject.h"
#include "cli/app_open.h"
#include "cli/confirm.h"
#include "cli/logger.h"
#include "cli/prompt.h"
#include "cli/show.h"

enum { PLAN_MAX = 64 * 1024 };

/* What a plan said: for the question. */
typedef struct plan {
	buf    text;
	size_t needed;
} plan;

static void
plan_done(plan *p)
{
	buf_done(&p->text);
}

static exs_status
note(void *self, const exs_step *step, exs_error *error)
{
	plan *p = self;

	p->needed += step->state == EXS_STEP_NEEDED;
	buf_addf(&p->text, "  %-9s %-11s %s%s%s\n", exs_step_state_name(step->state), step->name, step->title,
	         step->detail[0] != '\0' ? ": " : "", step->detail);
	return buf_check(&p->text, "the plan", error);
}

static exs_status
write_row(writer *w, const exs_step *step, exs_error *error)
{
	EXS_SCOPED(jsonobject) row = {0};
	span json;

	jsonobject_init(&row);
	jsonobject_text(&row, "step", step->name);
	jsonobject_text(&row, "state", exs_step_state_name(step->state));
	jsonobject_text(&row, "what", step->title);
	jsonobject_text(&row, "detail", step->detail);
	json = jsonobject_end(&row);
	return writer_row(w, json.at, json.len, error);
}

/* What is begun is said at once; what came of it is a row. */
static exs_status
tell(void *self, const exs_step *step, exs_error *error)
{
	if (step->state == EXS_STEP_BEGUN) {
		const exs_field fields[] = {{"what", step->title, 0}, {"detail", step->detail, 0}};

		logger_event(NULL, EXS_LOG_NOTICE, "app", step->name, fields, 2);
		return EXS_OK;
	}
	return write_row(self, step, error);
}

static exs_status
ask(const app_run *run, app_act act, exs_error *error)
{
	EXS_SCOPED(plan) p = {.text = BUF(PLAN_MAX)};
	bool yes = false;

	if (has(run->inv->given, OPT_YES))
		return EXS_OK;
	EXS_TRY(act(run->inv->context, &run->options, true, note, &p, error));
	if (p.needed == 0)
		return EXS_OK;
	buf_addf(&p.text, "Do the %zu steps that are needed?", p.needed);
	EXS_TRY(buf_check(&p.text, "the plan", error));
	EXS_TRY(prompt_yes(buf_text(&p.text), &yes, error));
	return yes ? EXS_OK : exs_fail(error, E_UNCONFIRMED, "the answer was no: nothing was done");
}

exs_status
app_steps(app_run *run, app_act act, bool plan_only, exs_error *error)
{
	EXS_AUTO(writer) *w = NULL;
	exs_status status;

	if (!plan_only)
		EXS_TRY(ask(run, act, error));
	EXS_TRY(show_list(run->inv, "step,state,detail", &w, error));
	status = act(run->inv->context, &run->options, plan_only, tell, w, error);
	return show_end(w, status, error);
}
