/* One profile's settings. */
#include "config/resolve.h"

#include "base/error.h"
#include "config/value.h"

enum { NEAREST_AMONG = 64 };

static exs_status
put(setting *to, config_layer layer, const char *value, const char *place, exs_error *error)
{
	EXS_AUTO(chars) *value_copy = NULL;
	EXS_AUTO(chars) *place_copy = NULL;

	EXS_TRY(mem_copy(value, &value_copy, error));
	EXS_TRY(mem_copy(place, &place_copy, error));
	mem_free(to->value);
	mem_free(to->place);
	EXS_GIVE(&to->value, value_copy);
	EXS_GIVE(&to->place, place_copy);
	to->layer = layer;
	return EXS_OK;
}

static exs_status
no_profile(const config_files *files, const config_overrides *overrides, const char *name,
           const char *place, exs_error *error)
{
	EXS_SCOPED(buf) known = BUF(1024);
	exs_status status = exs_fail(error, E_PROFILE, "there is no profile \"%s\" (%s)", name, place);
	const char *names[NEAREST_AMONG], *nearest;
	size_t      n = 0;

	for (size_t i = 0; i < files->n_profiles; i++) {
		buf_addf(&known, "%s%s", i > 0 ? ", " : "", files->profiles[i].name);
		if (n < NEAREST_AMONG)
			names[n++] = files->profiles[i].name;
	}
	error_why(error, "the profiles are: %s", known.len > 0 ? buf_text(&known) : "none");
	nearest = span_nearest(span_of(name), names, n);
	if (nearest != NULL)
		error_fix(error, "perhaps %s was meant", nearest);
	if (overrides->profile != NULL && strcmp(name, "sandbox") == 0)
		error_fix(error, "exosign sandbox up");
	return status;
}

/* The one asked for, the default, or the only one there is. */
static exs_status
choose(const config_files *files, const config_overrides *overrides, settings *s, exs_error *error)
{
	const char *name = "", *place = "no file has a profile";

	if (overrides->profile != NULL) {
		name = overrides->profile;
		place = overrides->profile_place;
	} else if (files->default_profile != NULL) {
		name = files->default_profile;
		place = files->default_place;
	} else if (files->n_profiles == 1) {
		name = files->profiles[0].name;
		place = "the only profile";
	} else if (files->n_profiles > 1) {
		place = "several profiles and no default-profile";
	}
	if (name[0] != '\0' && config_files_profile(files, name) == NULL)
		return no_profile(files, overrides, name, place, error);
	EXS_TRY(mem_copy(name, &s->profile, error));
	return mem_copy(place, &s->profile_place, error);
}

typedef struct resolving {
	const config_files     *files;
	const config_overrides *overrides;
	settings               *settings;
} resolving;

typedef exs_status (*resolve_step)(const resolving *r, setting_id id, exs_error *error);

/* A step for every setting. With a critic the others are not lost because of one. */
static exs_status
for_each(const resolving *r, resolve_step step, exs_error *error)
{
	const config_critic *critic = r->overrides->critic;

	for (size_t i = 0; i < SETTINGS; i++) {
		EXS_SCOPED(error_scratch) problem = NULL;

		if (critic == NULL) {
			EXS_TRY(step(r, (setting_id)i, error));
			continue;
		}
		problem = exs_error_new();
		if (problem == NULL)
			return mem_fail(error);
		if (step(r, (setting_id)i, problem) != EXS_OK)
			critic->take(critic->self, problem);
	}
	return EXS_OK;
}

/* The first of the other programs' variables that is set. */
static exs_status
take_ambient(const resolving *r, setting_id id, exs_error *error)
{
	const config_overrides *overrides = r->overrides;
	settings *s = r->settings;
	span rest = span_of(setting_row_of(id)->ambient);

	while (rest.len > 0 && overrides->variable != NULL) {
		char        name[64];
		span        word = span_cut(&rest, ' ');
		const char *value;

		if (word.len >= sizeof name)
			continue;
		memcpy(name, word.at, word.len);
		name[word.len] = '\0';
		value = overrides->variable(name);
		if (value == NULL || value[0] == '\0')
			continue;
		EXS_TRY(value_check(id, span_of(value), name, error));
		return put(&s->at[id], LAYER_AMBIENT, value, name, error);
	}
	return EXS_OK;
}

static exs_status
take_initial(const resolving *r, setting_id id, exs_error *error)
{
	const setting_row *row = setting_row_of(id);

	if (row->initial[0] != '\0')
		EXS_TRY(put(&r->settings->at[id], LAYER_DEFAULT, row->initial, "default", error));
	return take_ambient(r, id, error);
}

static exs_status
take_outer(const resolving *r, setting_id id, exs_error *error)
{
	const config_overrides *overrides = r->overrides;
	settings *s = r->settings;
	const setting_row *row = setting_row_of(id);
	const char        *value = overrides->variable == NULL ? NULL
	                                                       : overrides->variable(row->variable);

	if (value != NULL && value[0] != '\0') {
		EXS_TRY(value_check(id, span_of(value), row->variable, error));
		EXS_TRY(put(&s->at[id], LAYER_VARIABLE, value, row->variable, error));
	}
	value = overrides->flags[id];
	if (value == NULL)
		return EXS_OK;
	if (value_check(id, span_of(value), row->flag, error) != EXS_OK) {
		error_status(error, EXS_USAGE);
		return EXS_USAGE;
	}
	return put(&s->at[id], LAYER_FLAG, value, row->flag, error);
}

static exs_status
check_lock(const resolving *r, setting_id id, exs_error *error)
{
	const config_files *files = r->files;
	const setting      *set = &r->settings->at[id];
	exs_status     status;

	if (files->locked[id] == NULL || set->layer == LAYER_SYSTEM || set->layer == LAYER_DEFAULT)
		return EXS_OK;
	status = exs_fail(error, E_CONFIG_LOCKED, "%s sets %s, which is locked", set->place,
	                  setting_row_of(id)->key);
	error_why(error, "%s locks it", files->locked[id]);
	error_fix(error, "remove it from %s, or ask whoever keeps that file", set->place);
	return status;
}

/* A tenant on this machine is reached directly and has its own CA: what the surroundings say is not meant for it. */
static exs_status
forget_surroundings(settings *s, exs_error *error)
{
	if (strcmp(s->at[SETTING_CLOUD].value, "sandbox") != 0)
		return EXS_OK;
	for (size_t i = 0; i < SETTINGS; i++)
		if (s->at[i].layer == LAYER_AMBIENT)
			EXS_TRY(put(&s->at[i], LAYER_DEFAULT, NULL, NULL, error));
	return EXS_OK;
}

static exs_status
resolve(const config_files *files, const config_overrides *overrides, settings *s, exs_error *error)
{
	const resolving r = {files, overrides, s};

	EXS_TRY(choose(files, overrides, s, error));
	EXS_TRY(for_each(&r, take_initial, error));
	/* entries stand in the order in which their files were read, which is the order of precedence */
	for (size_t i = 0; i < files->n_entries; i++) {
		const config_entry *e = &files->entries[i];

		if (strcmp(e->profile, s->profile) == 0)
			EXS_TRY(put(&s->at[e->id], e->layer, e->value, e->place, error));
	}
	EXS_TRY(for_each(&r, take_outer, error));
	EXS_TRY(forget_surroundings(s, error));
	return for_each(&r, check_lock, error);
}

exs_status
settings_resolve(const config_files *files, const config_overrides *overrides, settings *ret,
                 exs_error *error)
{
	EXS_SCOPED(settings) resolved = {0};

	EXS_TRY(resolve(files, overrides, &resolved, error));
	*ret = resolved;
	resolved = (settings){0};
	return EXS_OK;
}

void
settings_done(settings *s)
{
	for (size_t i = 0; i < SETTINGS; i++) {
		mem_free(s->at[i].value);
		mem_free(s->at[i].place);
	}
	mem_free(s->profile);
	mem_free(s->profile_place);
	*s = (settings){0};
}
