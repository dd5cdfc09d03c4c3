/* Modules that p11-kit's configuration names. */
#include "hsm/registry.h"

#include "base/error.h"
#include "base/file.h"

#include <dirent.h>
#include <stdio.h>

enum { FILE_MAX = 64 * 1024 };

const char *const registry_directories[] = {EXS_P11_MODULE_CONFIGS, "/etc/pkcs11/modules", NULL};

typedef DIR directory;

static void
directory_free(directory *d)
{
	if (d != NULL)
		closedir(d);
}
EXS_DEFINE_AUTO(directory)

void
registry_done(registry *r)
{
	mem_free(r->at);
	*r = (registry){0};
}

static bool
is_known(const registry *r, const char *name)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->at[i].name, name) == 0)
			return true;
	return false;
}

/* "module: PATH" among lines of "key: value" and comments. */
static bool
read_file_line(span text, registry_entry *entry)
{
	while (text.len > 0) {
		span line = span_trim(span_cut(&text, '\n'));
		span key = span_trim(span_cut(&line, ':')), value = span_trim(line);

		if (span_is(key, "module") && value.len > 0 && value.len < sizeof entry->file) {
			memcpy(entry->file, value.at, value.len);
			return true;
		}
	}
	return false;
}

static void
read_entry(const char *path, const char *file_name, size_t name_len, registry *r)
{
	EXS_SCOPED(buf) text = BUF(FILE_MAX), whole = BUF(4096);
	registry_entry entry = {0};

	if (name_len >= sizeof entry.name || r->n == REGISTRY_MAX)
		return;
	memcpy(entry.name, file_name, name_len);
	buf_addf(&whole, "%s/%s", path, file_name);
	/* What cannot be read p11-kit cannot read either. */
	if (is_known(r, entry.name) || file_read(buf_text(&whole), FILE_ANY, &text, NULL) != EXS_OK)
		return;
	if (read_file_line(buf_span(&text), &entry))
		r->at[r->n++] = entry;
}

static void
read_directory(const char *path, registry *r)
{
	static const char suffix[] = ".module";
	EXS_AUTO(directory) *d = opendir(path);
	struct dirent *found;

	while (d != NULL && (found = readdir(d)) != NULL) {
		size_t len = strlen(found->d_name);

		if (found->d_name[0] != '.' && len > sizeof suffix - 1 &&
		    strcmp(found->d_name + len - (sizeof suffix - 1), suffix) == 0)
			read_entry(path, found->d_name, len - (sizeof suffix - 1), r);
	}
}

exs_status
registry_read(const char *const *directories, registry *ret, exs_error *error)
{
	EXS_SCOPED(registry) r = {.at = mem_new(REGISTRY_MAX, sizeof(registry_entry))};

	if (r.at == NULL)
		return mem_fail(error);
	for (size_t i = 0; directories[i] != NULL; i++)
		read_directory(directories[i], &r);
	*ret = r;
	r = (registry){0};
	return EXS_OK;
}
