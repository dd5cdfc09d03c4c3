/* Where the value of a parameter that is a secret comes from. */
#include "cli/secret_source.h"

#include "base/error.h"
#include "base/file.h"
#include "cli/prompt.h"
#include "cli/secret_fd.h"

#include <fcntl.h>
#include <unistd.h>

enum { SECRET_SOURCE_MAX = 4096, FD_MAX = 65535 };

bool
secret_source_is_fd(span source)
{
	return span_starts(source, "fd:");
}

static exs_status
no_secret(exs_error *error, const char *name, const char *why)
{
	return exs_fail(error, E_SECRET_SOURCE, "there is no value for -%s: %s", name, why);
}

static exs_status
from_fd(const char *name, span number, secret **ret, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	EXS_AUTO(secret) *s = NULL;
	uint64_t fd;

	if (cause == NULL)
		return mem_fail(error);
	if (!span_unsigned(number, &fd) || fd > FD_MAX || fd == STDOUT_FILENO || fd == STDERR_FILENO)
		return no_secret(error, name, "fd: wants the number of an open descriptor, 0 or above 2");
	if (fcntl((int)fd, F_GETFD) < 0)
		return no_secret(error, name, "that descriptor is not open");
	if (secret_fd_read((int)fd, "the descriptor", SECRET_SOURCE_MAX, SECRET_FD_WAIT_MS, &s, cause) != EXS_OK) {
		if (!error_is(cause, E_INTERRUPTED))
			return no_secret(error, name, exs_error_message(cause));
		error_copy(error, cause);
		return exs_error_status(cause);
	}
	if (secret_length(s) == 0)
		return no_secret(error, name, "the descriptor gave nothing");
	EXS_GIVE(ret, s);
	return EXS_OK;
}

static exs_status
from_file(const char *name, const char *path, secret **ret, exs_error *error)
{
	EXS_AUTO(secret) *s = NULL;
	exs_status status = file_read_secret(path, FILE_PRIVATE, SECRET_SOURCE_MAX, &s, error);

	if (status != EXS_OK) {
		error_why(error, "it is to hold the secret for -%s, which only its owner may read", name);
		return status;
	}
	if (secret_length(s) == 0)
		return no_secret(error, name, "the file is empty");
	EXS_GIVE(ret, s);
	return EXS_OK;
}

exs_status
secret_source_read(const char *name, const char *source, secret **ret, exs_error *error)
{
	static const char fd[] = "fd:";

	if (source[0] == '\0')
		return no_secret(error, name, "@ wants a file or fd:N behind it");
	if (secret_source_is_fd(span_of(source)))
		return from_fd(name, span_of(source + strlen(fd)), ret, error);
	return from_file(name, source, ret, error);
}

exs_status
secret_source_ask(const char *cmdlet, const char *name, bool no_input, secret **ret, exs_error *error)
{
	EXS_SCOPED(buf) question = BUF(1024);

	if (no_input || !prompt_possible())
		return no_secret(error, name, no_input ? "--no-input lets nobody be asked"
		                                       : "there is no terminal to ask at");
	buf_addf(&question, "-%s for %s: ", name, cmdlet);
	return prompt_secret(buf_text(&question), ret, error);
}
