/* The configuration files, read and checked. */
#include "config/files.h"

#include "base/error.h"
#include "base/file.h"
#include "config/ini.h"
#include "config/value.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

enum { PLACE_MAX = 4200 };

typedef struct loading {
	config_files *files;
	config_layer  layer;
	const char   *path;
	char         *directory; /* of the file, for relative names */
	size_t        first_entry;
	const config_critic *critic;
} loading;

static exs_status
print_place(const ini_line *line, char **ret, exs_error *error)
{
	EXS_SCOPED(buf) place = BUF(PLACE_MAX);

	buf_addf(&place, "%s:%u", line->path, line->number);
	return buf_take(&place, "a path", ret, error);
}

static exs_status
take_copy(span text, char **ret, exs_error *error)
{
	char *copy = mem_text(text.at, text.len);

	if (copy == NULL)
		return mem_fail(error);
	*ret = copy;
	return EXS_OK;
}

/* One more element; the old ones keep their contents. */
static exs_status
grow(void **elements, size_t n, size_t *room, size_t size, exs_error *error)
{
	void  *bigger;
	size_t more = *room == 0 ? 16 : *room * 2;

	if (n < *room)
		return EXS_OK;
	bigger = mem_new(more, size);
	if (bigger == NULL)
		return mem_fail(error);
	if (n > 0)
		memcpy(bigger, *elements, n * size);
	mem_free(*elements);
	*elements = bigger;
	*room = more;
	return EXS_OK;
}

static exs_status
add_profile(loading *l, const ini_line *line, exs_error *error)
{
	config_files  *files = l->files;
	config_profile added = {0};
	void          *profiles = files->profiles;
	exs_status     status;

	for (size_t i = 0; i < files->n_profiles; i++)
		if (span_is(line->profile, files->profiles[i].name))
			return EXS_OK;
	status = grow(&profiles, files->n_profiles, &files->room_profiles, sizeof added, error);
	files->profiles = profiles;
	EXS_TRY(status);
	EXS_TRY(take_copy(line->profile, &added.name, error));
	status = print_place(line, &added.place, error);
	if (status != EXS_OK) {
		mem_free(added.name);
		return status;
	}
	files->profiles[files->n_profiles++] = added;
	return EXS_OK;
}

static exs_status
unknown_key(const ini_line *line, const char *nearest, exs_error *error)
{
	exs_status status = exs_fail(error, E_CONFIG_KEY,
	                             "%s:%u: there is no setting \"" SPAN_FORMAT "\"", line->path,
	                             line->number, SPAN_PRINT(line->key));
	const char *advice = setting_secret_advice(line->key);

	if (advice != NULL)
		error_fix(error, "%s", advice);
	else if (nearest != NULL)
		error_fix(error, "perhaps %s was meant", nearest);
	else
		error_fix(error, "man exosign.conf lists the settings");
	return status;
}

static exs_status
refuse_twice(const loading *l, const ini_line *line, setting_id id, exs_error *error)
{
	for (size_t i = l->first_entry; i < l->files->n_entries; i++) {
		const config_entry *e = &l->files->entries[i];

		if (e->id == id && span_is(line->profile, e->profile))
			return exs_fail(error, E_CONFIG_SYNTAX, "%s:%u: %s is set twice, first at %s",
			                line->path, line->number, setting_row_of(id)->key, e->place);
	}
	return EXS_OK;
}

static exs_status
add_entry(loading *l, const ini_line *line, exs_error *error)
{
	EXS_AUTO(chars) *place = NULL;
	EXS_AUTO(chars) *profile = NULL;
	EXS_SCOPED(buf) value = BUF(VALUE_MAX + PLACE_MAX);
	config_files *files = l->files;
	const char   *nearest = NULL;
	setting_id    id;
	exs_status    status;
	void         *entries = files->entries;
	config_entry *added;

	if (!setting_find(line->key, &id, &nearest))
		return unknown_key(line, nearest, error);
	EXS_TRY(refuse_twice(l, line, id, error));
	EXS_TRY(print_place(line, &place, error));
	EXS_TRY(value_check(id, line->value, place, error));
	value_anchor(id, line->value, l->directory, &value);
	EXS_TRY(buf_check(&value, "a setting", error));
	EXS_TRY(take_copy(line->profile, &profile, error));
	status = grow(&entries, files->n_entries, &files->room_entries, sizeof *added, error);
	files->entries = entries;
	EXS_TRY(status);
	added = &files->entries[files->n_entries];
	EXS_TRY(buf_take(&value, "a setting", &added->value, error));
	added->layer = l->layer;
	added->id = id;
	EXS_GIVE(&added->profile, profile);
	EXS_GIVE(&added->place, place);
	files->n_entries++;
	return EXS_OK;
}

static exs_status
set_default_profile(loading *l, const ini_line *line, exs_error *error)
{
	EXS_AUTO(chars) *name = NULL;
	EXS_AUTO(chars) *place = NULL;

	if (!ini_is_name(line->value))
		return exs_fail(error, E_CONFIG_VALUE,
		                "%s:%u: default-profile is the name of a profile", line->path,
		                line->number);
	EXS_TRY(take_copy(line->value, &name, error));
	EXS_TRY(print_place(line, &place, error));
	mem_free(l->files->default_profile);
	mem_free(l->files->default_place);
	EXS_GIVE(&l->files->default_profile, name);
	EXS_GIVE(&l->files->default_place, place);
	return EXS_OK;
}

static exs_status
lock_settings(loading *l, const ini_line *line, exs_error *error)
{
	span rest = line->value;

	if (l->layer != LAYER_SYSTEM)
		return exs_fail(error, E_CONFIG_KEY, "%s:%u: only the system's files can lock settings",
		                line->path, line->number);
	while (rest.len > 0) {
		ini_line    one = *line;
		const char *nearest = NULL;
		setting_id  id;

		one.key = span_trim(span_cut(&rest, ','));
		if (!setting_find(one.key, &id, &nearest))
			return unknown_key(&one, nearest, error);
		mem_free(l->files->locked[id]);
		l->files->locked[id] = NULL;
		EXS_TRY(print_place(line, &l->files->locked[id], error));
	}
	return EXS_OK;
}

static const struct {
	const char *key;
	exs_status (*take)(loading *, const ini_line *, exs_error *);
} general_keys[] = {{"default-profile", set_default_profile}, {"lock", lock_settings}};

/* Of [exosign]; a profile's setting that stands there is told where it belongs. */
static exs_status
unknown_general_key(const ini_line *line, exs_error *error)
{
	const char *names[sizeof general_keys / sizeof general_keys[0]], *nearest = NULL;
	setting_id  id;
	exs_status  status;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		names[i] = general_keys[i].key;
	if (!setting_find(line->key, &id, &nearest))
		return unknown_key(line, span_nearest(line->key, names, sizeof names / sizeof names[0]),
		                   error);
	status = exs_fail(error, E_CONFIG_KEY, "%s:%u: %s is a profile's setting and stands in [exosign]",
	                  line->path, line->number, setting_row_of(id)->key);
	error_fix(error, "put it below [profile \"NAME\"]");
	return status;
}

static exs_status
take_line(void *self, const ini_line *line, exs_error *error)
{
	loading *l = self;

	if (line->profile.len > 0)
		return line->key.len == 0 ? add_profile(l, line, error) : add_entry(l, line, error);
	if (line->key.len == 0)
		return EXS_OK;
	for (size_t i = 0; i < sizeof general_keys / sizeof general_keys[0]; i++)
		if (span_is(line->key, general_keys[i].key))
			return general_keys[i].take(l, line, error);
	return unknown_general_key(line, error);
}

static void
tell(void *self, const exs_error *problem)
{
	const loading *l = self;

	l->critic->take(l->critic->self, problem);
}

static exs_status
read_text(config_layer layer, const char *path, buf *text, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	exs_status status = file_read(path, FILE_SETTING, text, cause);

	if (status == EXS_OK)
		return EXS_OK;
	if (!error_is(cause, E_FILE)) {
		error_copy(error, cause);
		return status;
	}
	status = exs_fail(error, E_CONFIG_FILE, "%s", exs_error_message(cause));
	if (layer == LAYER_NAMED)
		error_fix(error, "correct the file's name: --config FILE, or EXOSIGN_CONFIG");
	return status;
}

static exs_status
read_lines(config_files *files, config_layer layer, const char *path, const config_critic *critic,
           exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(INI_FILE_MAX);
	EXS_AUTO(chars) *absolute = realpath(path, NULL);
	EXS_AUTO(chars) *directory = NULL;
	const char *slash = absolute == NULL ? NULL : strrchr(absolute, '/');
	loading     l = {files, layer, path, NULL, files->n_entries, critic};

	EXS_TRY(read_text(layer, path, &text, error));
	EXS_TRY(take_copy(span_from(absolute, slash == NULL ? 0 : (size_t)(slash - absolute)),
	                  &directory, error));
	l.directory = directory;
	if (critic == NULL)
		return ini_parse(buf_span(&text), path, take_line, &l, error);
	return ini_parse_all(buf_span(&text), path, take_line, tell, &l, error);
}

static exs_status
read_one(config_files *files, config_layer layer, const char *path, const config_critic *critic,
         exs_error *error)
{
	EXS_SCOPED(error_scratch) problem = NULL;

	if (critic == NULL)
		return read_lines(files, layer, path, critic, error);
	problem = exs_error_new();
	if (problem == NULL)
		return mem_fail(error);
	if (read_lines(files, layer, path, critic, problem) != EXS_OK)
		critic->take(critic->self, problem);
	return EXS_OK;
}

static exs_status
read_if_there(config_files *files, config_layer layer, const char *path,
              const config_critic *critic, exs_error *error)
{
	if (path == NULL || file_is_missing(path))
		return EXS_OK;
	return read_one(files, layer, path, critic, error);
}

static int
is_drop_in(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && span_ends_nocase(span_of(entry->d_name), ".conf");
}

static exs_status
read_drop_ins(config_files *files, const char *directory, const config_critic *critic,
              exs_error *error)
{
	struct dirent **names = NULL;
	exs_status      status = EXS_OK;
	int             n = scandir(directory, &names, is_drop_in, alphasort);

	if (n < 0 && errno != ENOENT && errno != ENOTDIR)
		return exs_fail(error, E_CONFIG_FILE, "the drop-ins in %s cannot be read", directory);
	for (int i = 0; i < n; i++) {
		EXS_SCOPED(buf) path = BUF(PLACE_MAX);

		buf_addf(&path, "%s/%s", directory, names[i]->d_name);
		if (status == EXS_OK)
			status = read_one(files, LAYER_SYSTEM, buf_text(&path), critic, error);
		free(names[i]);
	}
	free(names);
	return status;
}

static exs_status
read_system(config_files *files, const char *directory, const config_critic *critic,
            exs_error *error)
{
	EXS_SCOPED(buf) path = BUF(PLACE_MAX);

	if (directory == NULL)
		return EXS_OK;
	buf_addf(&path, "%s/config", directory);
	EXS_TRY(read_if_there(files, LAYER_SYSTEM, buf_text(&path), critic, error));
	buf_clear(&path);
	buf_addf(&path, "%s/conf.d", directory);
	return read_drop_ins(files, buf_text(&path), critic, error);
}

exs_status
config_files_read(const config_paths *paths, config_files *files, exs_error *error)
{
	bool wants_sandbox = paths->profile != NULL && strcmp(paths->profile, "sandbox") == 0;
	const config_critic *critic = paths->critic;

	EXS_TRY(read_system(files, paths->system_directory, critic, error));
	EXS_TRY(read_if_there(files, LAYER_USER, paths->user_file, critic, error));
	if (paths->named_file != NULL)
		EXS_TRY(read_one(files, LAYER_NAMED, paths->named_file, critic, error));
	if (wants_sandbox && config_files_profile(files, "sandbox") == NULL)
		EXS_TRY(read_if_there(files, LAYER_SANDBOX, paths->sandbox_file, critic, error));
	return EXS_OK;
}

void
config_files_done(config_files *files)
{
	for (size_t i = 0; i < files->n_entries; i++) {
		mem_free(files->entries[i].profile);
		mem_free(files->entries[i].value);
		mem_free(files->entries[i].place);
	}
	for (size_t i = 0; i < files->n_profiles; i++) {
		mem_free(files->profiles[i].name);
		mem_free(files->profiles[i].place);
	}
	for (size_t i = 0; i < SETTINGS; i++)
		mem_free(files->locked[i]);
	mem_free(files->entries);
	mem_free(files->profiles);
	mem_free(files->default_profile);
	mem_free(files->default_place);
	*files = (config_files){0};
}

const config_profile *
config_files_profile(const config_files *files, const char *name)
{
	for (size_t i = 0; i < files->n_profiles; i++)
		if (strcmp(files->profiles[i].name, name) == 0)
			return &files->profiles[i];
	return NULL;
}
