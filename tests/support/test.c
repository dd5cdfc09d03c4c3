/* Asserts for our own words, and a directory to work in. */
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void
support_assert_span(span s, const char *text, size_t len, const char *file, int line)
{
	if (s.len == len && (len == 0 || memcmp(s.at, text, len) == 0))
		return;
	print_error("\"%.*s\" (%zu bytes) is not \"%.*s\" (%zu bytes)\n", (int)s.len,
	            s.at == NULL ? "" : s.at, s.len, (int)len, text, len);
	_fail(file, line);
}

void
support_assert_fails(exs_status status, exs_error *error, error_id id, const char *expression,
                     const char *file, int line)
{
	const error_row *row = error_row_of(id);

	if (status == row->status && error_is(error, id)) {
		exs_error_clear(error);
		return;
	}
	print_error("%s: status %d, %s: %s; expected status %d, %s\n", expression, (int)status,
	            exs_error_code(error), exs_error_message(error), (int)row->status, row->code);
	_fail(file, line);
}

exs_error *
test_error(void)
{
	static exs_error *error;

	if (error == NULL)
		error = exs_error_new();
	exs_error_clear(error);
	return error;
}

static const char *
directory(void)
{
	static char own[256];

	if (own[0] == '\0') {
		const char *tmp = getenv("TMPDIR");

		snprintf(own, sizeof own, "%s/exosign-test.XXXXXX", tmp == NULL ? "/tmp" : tmp);
		if (mkdtemp(own) == NULL)
			fail_msg("no directory to work in: %s", own);
	}
	return own;
}

const char *
test_path(const char *name)
{
	static char     paths[8][512];
	static unsigned next;
	char           *path = paths[next++ % 8];

	snprintf(path, sizeof paths[0], "%s/%s", directory(), name);
	return path;
}

const char *
test_file(const char *name, span contents, unsigned mode)
{
	const char *path = test_path(name);
	int         fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, contents.at, contents.len) != (ssize_t)contents.len ||
	    fchmod(fd, (mode_t)mode) < 0)
		fail_msg("cannot write %s", path);
	close(fd);
	return path;
}
