/* A configuration file changed by the program. */
#include "config/edit.h"

#include "base/error.h"
#include "base/file.h"
#include "config/ini.h"

#include <stdlib.h>

enum { PATH_ROOM = 4200, LOCK_WAIT_MS = 10000 };

typedef struct editing {
	const char          *profile;
	const config_change *changes;
	size_t               n;
	bool                 alone;
	bool                 written[SETTINGS];
	buf                 *to;
} editing;

static exs_status
take_name(void *self, const ini_line *line, exs_error *error)
{
	span *name = self;

	(void)error;
	*name = line->profile;
	return EXS_OK;
}

/* Does this line open a section, and is it the profile's? */
static bool
opens_section(span line, const char *profile, bool *ret_ours)
{
	span name = {"", 0};

	if (span_starts(line, "\xEF\xBB\xBF"))
		line = span_from(line.at + 3, line.len - 3);
	if (span_trim(line).len == 0 || span_trim(line).at[0] != '[')
		return false;
	*ret_ours = ini_parse(line, "", take_name, &name, NULL) == EXS_OK && span_is(name, profile);
	return true;
}

/* The line with its newline. */
static span
cut_line(span *rest)
{
	span line = span_cut(rest, '\n');

	/* what follows begins behind the newline, when there was one */
	if (rest->at != NULL && rest->at == line.at + line.len + 1)
		line.len++;
	return line;
}

/* Where the profile's last line that is not blank ends; 0: it has none. */
static size_t
find_end(span text, const char *profile)
{
	const char *begin = text.at;
	size_t      end = 0;
	bool        ours = false;

	while (text.len > 0) {
		span line = cut_line(&text);

		(void)opens_section(line, profile, &ours);
		if (ours && span_trim(line).len > 0)
			end = (size_t)(line.at - begin) + line.len;
	}
	return end;
}

static void
write_setting(editing *e, const config_change *change)
{
	if (change->value != NULL && !e->written[change->id])
		buf_addf(e->to, "%s = %s\n", setting_row_of(change->id)->key, change->value);
	e->written[change->id] = true;
}

static const config_change *
change_of(const editing *e, span line)
{
	const char *nearest;
	setting_id  id;

	if (!setting_find(span_trim(span_cut(&line, '=')), &id, &nearest))
		return NULL;
	for (size_t i = 0; i < e->n; i++)
		if (e->changes[i].id == id)
			return &e->changes[i];
	return NULL;
}

static void
take_line(editing *e, span line, bool ours)
{
	span plain = span_trim(line);
	const config_change *change;

	if (!ours || plain.len == 0 || plain.at[0] == '#' || plain.at[0] == '[') {
		buf_add(e->to, line);
		return;
	}
	change = change_of(e, plain);
	if (change != NULL)
		write_setting(e, change);
	else if (!e->alone)
		buf_add(e->to, line);
}

static void
add_rest(editing *e)
{
	if (e->to->len > 0 && e->to->at[e->to->len - 1] != '\n')
		buf_byte(e->to, '\n');
	for (size_t i = 0; i < e->n; i++)
		write_setting(e, &e->changes[i]);
}

static void
add_section(editing *e)
{
	if (e->to->len > 0 && e->to->at[e->to->len - 1] != '\n')
		buf_byte(e->to, '\n');
	if (e->to->len > 0)
		buf_byte(e->to, '\n');
	buf_addf(e->to, "[profile \"%s\"]\n", e->profile);
	add_rest(e);
}

exs_status
config_edit(span text, const char *profile, const config_change *changes, size_t n, bool alone,
            buf *to, exs_error *error)
{
	editing     e = {.profile = profile, .changes = changes, .n = n, .alone = alone, .to = to};
	size_t      end = find_end(text, profile);
	const char *begin = text.at;
	bool        ours = false;

	if (!ini_is_name(span_of(profile)))
		return exs_fail(error, E_USAGE, "a profile cannot be called \"%.80s\": letters, digits, '.', '-' and '_'",
		                profile);
	while (text.len > 0) {
		span line = cut_line(&text);

		(void)opens_section(line, profile, &ours);
		take_line(&e, line, ours);
		if (end > 0 && (size_t)(line.at - begin) + line.len == end)
			add_rest(&e);
	}
	if (end == 0)
		add_section(&e);
	return buf_check(to, "a configuration file", error);
}

static exs_status
prepare_directory(const char *path, exs_error *error)
{
	EXS_SCOPED(buf) directory = BUF(PATH_ROOM);
	const char *slash = strrchr(path, '/');

	if (slash == NULL || slash == path)
		return EXS_OK;
	buf_add(&directory, span_from(path, (size_t)(slash - path)));
	EXS_TRY(buf_check(&directory, "a path", error));
	return file_is_missing(buf_text(&directory)) ? file_private_directory(buf_text(&directory), error)
	                                             : EXS_OK;
}

static exs_status
check_line(void *self, const ini_line *line, exs_error *error)
{
	(void)self;
	(void)line;
	(void)error;
	return EXS_OK;
}

/* A value that cannot be read back (" #" in it, say) must not stand in a file: no profile of it could be used any more. */
static exs_status
check_after(span text, const char *path, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	exs_status status;

	if (cause == NULL)
		return mem_fail(error);
	if (ini_parse(text, path, check_line, NULL, cause) == EXS_OK)
		return EXS_OK;
	status = exs_fail(error, E_CONFIG_VALUE, "a value cannot stand in %s, which was not changed", path);
	error_why(error, "%s", exs_error_message(cause));
	return status;
}

static exs_status
edit_locked(const char *path, const char *profile, const config_change *changes, size_t n, bool alone,
            exs_error *error)
{
	EXS_SCOPED(buf) before = BUF(INI_FILE_MAX);
	EXS_SCOPED(buf) after = BUF(INI_FILE_MAX);

	if (!file_is_missing(path))
		EXS_TRY(file_read(path, FILE_SETTING, &before, error));
	EXS_TRY(ini_parse(buf_span(&before), path, check_line, NULL, error));
	EXS_TRY(config_edit(buf_span(&before), profile, changes, n, alone, &after, error));
	EXS_TRY(check_after(buf_span(&after), path, error));
	return file_replace(path, buf_span(&after), 0600 | FILE_KEEP_OWNER, error);
}

exs_status
config_edit_file(const char *path, const char *profile, const config_change *changes, size_t n,
                 bool alone, exs_error *error)
{
	EXS_AUTO(chars) *real = realpath(path, NULL);
	EXS_SCOPED(descriptor) lock = -1;
	EXS_SCOPED(buf) lock_path = BUF(PATH_ROOM);
	const char *target = real != NULL ? real : path;

	EXS_TRY(prepare_directory(target, error));
	buf_addf(&lock_path, "%s.lock", target);
	EXS_TRY(buf_check(&lock_path, "a path", error));
	EXS_TRY(file_lock(buf_text(&lock_path), LOCK_WAIT_MS, &lock, error));
	return edit_locked(target, profile, changes, n, alone, error);
}
