/* What a setup or a renewal remembers between runs. */
#include "lifecycle/logbook.h"

#include "base/error.h"
#include "base/jsonobject.h"
#include "base/jsontext.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>

enum { PATH_LENGTH_MAX = 4096 };

void
logbook_done(logbook *j)
{
	for (size_t i = 0; i < j->n; i++) {
		mem_free(j->facts[i].name);
		mem_free(j->facts[i].value);
	}
	j->n = 0;
	mem_free(j->path);
	j->path = NULL;
	descriptor_done(&j->lock);
}

/* Where the fact stands; j->n when it is not known. */
static size_t
find(const logbook *j, const char *name)
{
	size_t i = 0;

	while (i < j->n && strcmp(j->facts[i].name, name) != 0)
		i++;
	return i;
}

const char *
logbook_get(const logbook *j, const char *name)
{
	size_t i = find(j, name);

	return i == j->n ? "" : j->facts[i].value;
}

static void
forget(logbook *j, size_t i)
{
	if (i == j->n)
		return;
	mem_free(j->facts[i].name);
	mem_free(j->facts[i].value);
	j->facts[i] = j->facts[--j->n];
}

/* Changes memory alone. */
static bool
put(logbook *j, const char *name, const char *value)
{
	size_t       i = find(j, name);
	logbook_fact fact;

	if (value == NULL || value[0] == '\0') {
		forget(j, i);
		return true;
	}
	if (strlen(value) > LOGBOOK_VALUE_MAX || strlen(name) > LOGBOOK_NAME_MAX ||
	    (i == j->n && j->n == LOGBOOK_FACTS_MAX))
		return false;
	fact = (logbook_fact){mem_text(name, strlen(name)), mem_text(value, strlen(value))};
	if (fact.name == NULL || fact.value == NULL) {
		mem_free(fact.name);
		mem_free(fact.value);
		return false;
	}
	forget(j, i);
	j->facts[j->n++] = fact;
	return true;
}

static bool
take(logbook *j, span name, span value)
{
	EXS_SCOPED(buf) key = BUF(LOGBOOK_NAME_MAX + 1);
	EXS_SCOPED(buf) text = BUF(LOGBOOK_VALUE_MAX + 1);

	if (jsontext_kind_of(value) != JSONTEXT_STRING)
		return false;
	jsontext_decode(&key, name);
	jsontext_decode(&text, value);
	if (buf_check(&key, "a name", NULL) != EXS_OK || buf_check(&text, "a fact", NULL) != EXS_OK ||
	    memchr(buf_text(&key), '\0', key.len) != NULL || memchr(buf_text(&text), '\0', text.len) != NULL ||
	    key.len == 0 || find(j, buf_text(&key)) != j->n)
		return false;
	return put(j, buf_text(&key), buf_text(&text));
}

bool
logbook_read(span text, logbook *ret)
{
	jsontext_walk walk;
	span          name, value;
	size_t        at;

	text = span_trim(text);
	if (!jsontext_check(text, &at) || jsontext_kind_of(text) != JSONTEXT_OBJECT)
		return false;
	walk = jsontext_open(text);
	while (jsontext_next(&walk, &name, &value))
		if (!take(ret, name, value))
			return false;
	return true;
}

static exs_status
save(logbook *j, exs_error *error)
{
	EXS_SCOPED(jsonobject) text = {0};

	if (!j->kept)
		return EXS_OK;
	jsonobject_init(&text);
	for (size_t i = 0; i < j->n; i++)
		jsonobject_text(&text, j->facts[i].name, j->facts[i].value);
	return file_replace(j->path, jsonobject_end(&text), 0600, error);
}

exs_status
logbook_set_all(logbook *j, const logbook_wish *wishes, size_t n, exs_error *error)
{
	for (size_t i = 0; i < n; i++)
		if (!put(j, wishes[i].name, wishes[i].value))
			return exs_fail(error, E_JOURNAL, "%s cannot be kept in the journal", wishes[i].name);
	return save(j, error);
}

exs_status
logbook_set(logbook *j, const char *name, const char *value, exs_error *error)
{
	return logbook_set_all(j, &(logbook_wish){name, value}, 1, error);
}

/* Names become files: what else than letters, digits, dash, dot and underscore stands in them becomes its code. */
static void
add_file_name(buf *to, const char *name)
{
	for (const char *c = name; *c != '\0'; c++) {
		bool good = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
		            *c == '-' || *c == '_' || (*c == '.' && c != name);

		if (good)
			buf_byte(to, *c);
		else
			buf_addf(to, "%%%02X", (unsigned)(unsigned char)*c);
	}
}

/* The lock is the file's, so it goes when the process does, however it ends. */
static exs_status
take_lock(const char *path, logbook *j, exs_error *error)
{
	EXS_SCOPED(buf) lock = BUF(PATH_LENGTH_MAX);
	exs_status status;

	buf_addf(&lock, "%s.lock", path);
	EXS_TRY(buf_check(&lock, "a file name", error));
	j->lock = open(buf_text(&lock), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (j->lock < 0)
		return exs_fail(error, E_JOURNAL, "%s cannot be opened: %s", buf_text(&lock), strerrordesc_np(errno));
	while (flock(j->lock, LOCK_EX | LOCK_NB) < 0) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK)
			return exs_fail(error, E_JOURNAL, "%s cannot be locked: %s", buf_text(&lock),
			                strerrordesc_np(errno));
		status = exs_fail(error, E_APP_BUSY, "another setup or renewal of this app is running");
		error_why(error, "it holds %s", buf_text(&lock));
		return status;
	}
	return EXS_OK;
}

static exs_status
read_file(logbook *j, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(LOGBOOK_FILE_MAX);
	exs_status status;

	if (file_is_missing(j->path))
		return EXS_OK;
	EXS_TRY(file_read(j->path, FILE_PRIVATE, &text, error));
	if (logbook_read(buf_span(&text), j))
		return EXS_OK;
	status = exs_fail(error, E_JOURNAL, "%s is not what exosign wrote", j->path);
	error_fix(error, "move it away: what was done is found out again from the device and the directory");
	return status;
}

exs_status
logbook_open(const char *directory, const char *name, bool kept, logbook *ret, exs_error *error)
{
	EXS_SCOPED(buf) path = BUF(PATH_LENGTH_MAX);

	if (directory == NULL)
		return exs_fail(error, E_JOURNAL, "there is no state directory for the journal");
	buf_addf(&path, "%s/lifecycle", directory);
	EXS_TRY(buf_check(&path, "a file name", error));
	if (kept)
		EXS_TRY(file_private_directory(buf_text(&path), error));
	buf_byte(&path, '/');
	add_file_name(&path, name);
	buf_puts(&path, ".json");
	EXS_TRY(buf_take(&path, "a file name", &ret->path, error));
	ret->kept = kept;
	if (kept)
		EXS_TRY(take_lock(ret->path, ret, error));
	return read_file(ret, error);
}
