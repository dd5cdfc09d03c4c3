/* exosign config show|check. */
#include "base/error.h"
#include "base/jsonobject.h"
#include "cli/logger.h"
#include "cli/report.h"
#include "cli/show.h"
#include "config/value.h"

enum { VALUE_SHOWN_MAX = 8192, PROBLEM_MAX = 16 * 1024, TOLD_MAX = 4 * 1024 * 1024 };

static exs_status
show_setting(writer *w, const settings *s, setting_id id, exs_error *error)
{
	EXS_SCOPED(jsonobject) row = {0};
	EXS_SCOPED(buf) value = BUF(VALUE_SHOWN_MAX);
	const setting *set = &s->at[id];
	span           json;

	if (set->value == NULL)
		return EXS_OK;
	value_show(id, set->value, &value);
	jsonobject_init(&row);
	jsonobject_text(&row, "setting", setting_row_of(id)->key);
	jsonobject_text(&row, "value", buf_text(&value));
	jsonobject_text(&row, "from", set->place);
	json = jsonobject_end(&row);
	return writer_row(w, json.at, json.len, error);
}

static exs_status
show_profile_name(writer *w, const settings *s, exs_error *error)
{
	EXS_SCOPED(jsonobject) row = {0};
	span json;

	jsonobject_init(&row);
	jsonobject_text(&row, "setting", "profile");
	jsonobject_text(&row, "value", s->profile);
	jsonobject_text(&row, "from", s->profile_place);
	json = jsonobject_end(&row);
	return writer_row(w, json.at, json.len, error);
}

static exs_status
show_all(writer *w, const settings *s, exs_error *error)
{
	EXS_TRY(show_profile_name(w, s, error));
	for (size_t i = 0; i < SETTINGS; i++)
		EXS_TRY(show_setting(w, s, (setting_id)i, error));
	return EXS_OK;
}

exs_status
run_config_show(invocation *inv, exs_error *error)
{
	EXS_AUTO(writer) *w = NULL;

	EXS_TRY(open_settings(inv, error));
	EXS_TRY(show_list(inv, "setting,value,from", &w, error));
	return show_end(w, show_all(w, &inv->settings, error), error);
}

/* What the check met. Each problem is reported as it comes but the newest, which the command ends with. */
typedef struct findings {
	bool       json;
	exs_error *newest; /* NULL: none */
	buf        told;   /* for what comes up once for each profile, such as a variable */
} findings;

static void
findings_done(findings *f)
{
	exs_error_free(f->newest);
	buf_done(&f->told);
}

static void
take_problem(void *self, const exs_error *problem)
{
	findings *f = self;
	exs_error *kept;
	EXS_SCOPED(buf) text = BUF(PROBLEM_MAX);

	buf_addf(&text, "\n%s\t%s\n", exs_error_message(problem), exs_error_why(problem));
	if (span_find(buf_span(&f->told), buf_text(&text)) >= 0)
		return;
	buf_add(&f->told, buf_span(&text));
	kept = exs_error_new();
	if (kept == NULL)
		return;
	error_copy(kept, problem);
	if (f->newest != NULL)
		(void)report(f->newest, f->json, 0);
	exs_error_free(f->newest);
	f->newest = kept;
}

static exs_status
resolve_and_check(const invocation *inv, const config_overrides *overrides, unsigned needs,
                  exs_error *error)
{
	EXS_SCOPED(settings) s = {0};

	EXS_TRY(settings_resolve(&inv->files, overrides, &s, error));
	return profile_check(&s, needs, overrides->critic, error);
}

static exs_status
check_profile(const invocation *inv, const config_profile *named, const config_critic *critic,
              exs_error *error)
{
	config_overrides overrides = open_overrides(inv);

	overrides.profile = named->name;
	overrides.profile_place = named->place;
	overrides.critic = critic;
	return resolve_and_check(inv, &overrides, PROFILE_KEY | PROFILE_DIRECTORY, error);
}

static exs_status
show_profile(writer *w, const config_profile *named, exs_error *error)
{
	EXS_SCOPED(jsonobject) row = {0};
	span json;

	jsonobject_init(&row);
	jsonobject_text(&row, "profile", named->name);
	jsonobject_text(&row, "place", named->place);
	jsonobject_text(&row, "state", "good");
	json = jsonobject_end(&row);
	return writer_row(w, json.at, json.len, error);
}

static exs_status
show_profiles(const invocation *inv, writer *w, exs_error *error)
{
	for (size_t i = 0; i < inv->files.n_profiles; i++)
		EXS_TRY(show_profile(w, &inv->files.profiles[i], error));
	return EXS_OK;
}

/* The profile that a command without --profile would use is there; its contents come with the others. */
static exs_status
check_choice(const invocation *inv, const config_critic *critic, exs_error *error)
{
	config_overrides overrides = open_overrides(inv);
	EXS_SCOPED(error_scratch) problem = exs_error_new();

	if (problem == NULL)
		return mem_fail(error);
	overrides.critic = critic;
	if (resolve_and_check(inv, &overrides, 0, problem) != EXS_OK)
		critic->take(critic->self, problem);
	return EXS_OK;
}

exs_status
run_config_check(invocation *inv, exs_error *error)
{
	EXS_AUTO(writer) *w = NULL;
	EXS_SCOPED(findings) f = {.json = show_is_json(inv->given), .told = BUF(TOLD_MAX)};
	const config_critic critic = {take_problem, &f};

	EXS_TRY(open_files(inv, &critic, error));
	EXS_TRY(check_choice(inv, &critic, error));
	for (size_t i = 0; i < inv->files.n_profiles; i++)
		EXS_TRY(check_profile(inv, &inv->files.profiles[i], &critic, error));
	if (f.newest != NULL) {
		error_copy(error, f.newest);
		return exs_error_status(f.newest);
	}
	if (inv->files.n_profiles == 0)
		logger_warn("no configuration file has a profile");
	EXS_TRY(show_list(inv, "profile,state,place", &w, error));
	return show_end(w, show_profiles(inv, w, error), error);
}
