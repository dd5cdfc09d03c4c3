/* Where the value of a parameter that is a secret comes from. */
#include "cli/secret_source.h"

#include "base/error.h"
#include "base/file.h"
#include "base/moment.h"
#include "cli/interrupt.h"
#include "cli/prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

enum { SECRET_SOURCE_MAX = 4096, FD_WAIT_MS = 60 * 1000, FD_MAX = 65535 };

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

/* Ready to be read before `until`? */
static exs_status
wait_readable(int fd, const char *name, int64_t until, exs_error *error)
{
	for (;;) {
		struct pollfd wanted = {.fd = fd, .events = POLLIN};
		int64_t       left = until - moment_steady_ms();
		int           n;

		if (interrupt_met())
			return exs_fail(error, E_INTERRUPTED, "interrupted");
		if (left <= 0)
			return no_secret(error, name, "nothing came from the descriptor within 60 seconds");
		n = poll(&wanted, 1, (int)left);
		if (n > 0)
			return EXS_OK;
		if (n < 0 && errno != EINTR)
			return no_secret(error, name, "the descriptor cannot be read");
	}
}

/* Byte by byte, because what stands behind the newline may be another parameter's. */
static exs_status
read_fd(int fd, const char *name, buf *to, exs_error *error)
{
	int64_t until = moment_steady_ms() + FD_WAIT_MS;

	for (;;) {
		char    c;
		ssize_t n;

		EXS_TRY(wait_readable(fd, name, until, error));
		n = read(fd, &c, 1);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return no_secret(error, name, "the descriptor cannot be read");
		if (n == 0 || c == '\n')
			break;
		buf_byte(to, c);
		explicit_bzero(&c, 1);
		if (to->over_ceiling)
			return no_secret(error, name, "the descriptor gives more than 4096 bytes");
	}
	if (to->len > 0 && to->at[to->len - 1] == '\r')
		to->len--;
	return buf_check(to, "a secret", error);
}

static exs_status
from_fd(const char *name, span number, secret **ret, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(SECRET_SOURCE_MAX);
	uint64_t fd;

	if (!span_unsigned(number, &fd) || fd > FD_MAX || fd == STDOUT_FILENO || fd == STDERR_FILENO)
		return no_secret(error, name, "fd: wants the number of an open descriptor, 0 or above 2");
	if (fcntl((int)fd, F_GETFD) < 0)
		return no_secret(error, name, "that descriptor is not open");
	EXS_TRY(read_fd((int)fd, name, &text, error));
	if (text.len == 0)
		return no_secret(error, name, "the descriptor gave nothing");
	return secret_new(buf_span(&text), ret, error);
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
