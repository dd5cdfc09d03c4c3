/* exosign config show|check. */
#include "base/error.h"
#include "cli/jsonobject.h"
#include "cli/show.h"
#include "config/value.h"

enum { VALUE_SHOWN_MAX = 8192 };

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

static exs_status
check_profile(const invocation *inv, writer *w, const config_profile *named, exs_error *error)
{
	EXS_SCOPED(settings) s = {0};
	EXS_SCOPED(jsonobject) row = {0};
	config_overrides overrides = open_overrides(inv);
	profile          checked;
	span             json;

	overrides.profile = named->name;
	overrides.profile_place = named->place;
	EXS_TRY(settings_resolve(&inv->files, &overrides, &s, error));
	EXS_TRY(profile_from(&s, PROFILE_KEY | PROFILE_DIRECTORY, &checked, error));
	jsonobject_init(&row);
	jsonobject_text(&row, "profile", named->name);
	jsonobject_text(&row, "place", named->place);
	jsonobject_text(&row, "state", "good");
	json = jsonobject_end(&row);
	return writer_row(w, json.at, json.len, error);
}

static exs_status
check_all(const invocation *inv, writer *w, exs_error *error)
{
	for (size_t i = 0; i < inv->files.n_profiles; i++)
		EXS_TRY(check_profile(inv, w, &inv->files.profiles[i], error));
	return EXS_OK;
}

exs_status
run_config_check(invocation *inv, exs_error *error)
{
	EXS_AUTO(writer) *w = NULL;

	EXS_TRY(open_settings(inv, error));
	EXS_TRY(show_list(inv, "profile,state,place", &w, error));
	return show_end(w, check_all(inv, w, error), error);
}
