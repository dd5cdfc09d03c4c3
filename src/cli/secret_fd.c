/* A secret from an open descriptor. */
#include "cli/secret_fd.h"

#include "base/error.h"
#include "base/moment.h"
#include "cli/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

enum { FD_MAX = 65535, SLICE_MS = 1000 };

exs_status
secret_fd_parse(const char *option, const char *text, int *ret, exs_error *error)
{
	exs_status status;
	uint64_t   number;

	if (!span_unsigned(span_of(text), &number) || number > FD_MAX || number <= STDERR_FILENO)
		return exs_fail(error, E_USAGE, "%s takes the number of an open descriptor above 2, not \"%.40s\"", option,
		                text);
	if (fcntl((int)number, F_GETFD) < 0) {
		status = exs_fail(error, E_USAGE, "descriptor %d of %s is not open", (int)number, option);
		error_fix(error, "open it on the command line: exosign ... %s %d %d<FILE", option, (int)number, (int)number);
		return status;
	}
	*ret = (int)number;
	return EXS_OK;
}

/* Ready to be read before `until`? In slices, so that a signal that came just before is met too. */
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
			return exs_fail(error, E_FILE, "%s gave nothing whole in time", name);
		n = poll(&wanted, 1, left < SLICE_MS ? (int)left : SLICE_MS);
		if (n > 0)
			return EXS_OK;
		if (n < 0 && errno != EINTR)
			return exs_fail(error, E_FILE, "%s cannot be read", name);
	}
}

static exs_status
read_line(int fd, const char *name, int64_t until, buf *to, exs_error *error)
{
	for (;;) {
		char    c;
		ssize_t n;

		EXS_TRY(wait_readable(fd, name, until, error));
		n = read(fd, &c, 1);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return exs_fail(error, E_FILE, "%s cannot be read", name);
		if (n == 0 || c == '\n')
			return EXS_OK;
		buf_byte(to, c);
		explicit_bzero(&c, 1);
		if (to->over_ceiling)
			return exs_fail(error, E_FILE, "%s gives more than %zu bytes", name, to->ceiling);
	}
}

exs_status
secret_fd_read(int fd, const char *name, size_t ceiling, int64_t wait_ms, secret **ret, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(ceiling);
	int64_t until = wait_ms == SECRET_FD_PATIENT ? INT64_MAX : moment_steady_ms() + wait_ms;
	span    line;

	EXS_TRY(read_line(fd, name, until, &text, error));
	EXS_TRY(buf_check(&text, name, error));
	line = buf_span(&text);
	if (line.len > 0 && line.at[line.len - 1] == '\r')
		line.len--;
	return secret_new(line, ret, error);
}
