/* Standard input, kept. */
#include "exchange/batch_keep.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PIECE = 64 * 1024, NAME_MAX_BYTES = 4096, SLICE_MS = 200 };

static exs_status
failed(exs_error *error, const char *doing, const char *path)
{
	char reason[128];

	return exs_fail(error, E_FILE, "cannot %s %s: %s", doing, path,
	                strerror_r(errno, reason, sizeof reason));
}

static exs_status
write_piece(int to, const char *path, span piece, exs_error *error)
{
	while (piece.len > 0) {
		ssize_t n = write(to, piece.at, piece.len);

		if (n < 0 && errno != EINTR)
			return failed(error, "write", path);
		if (n > 0)
			piece = span_from(piece.at + n, piece.len - (size_t)n);
	}
	return EXS_OK;
}

/* Until its end; who feeds it may take all the time, and we may be asked to stop meanwhile. */
static exs_status
copy(const exs_context *context, int from, int to, const char *path, exs_error *error)
{
	char    piece[PIECE];
	ssize_t n;

	for (;;) {
		struct pollfd ready = {.fd = from, .events = POLLIN};

		EXS_TRY(context_check(context, error));
		if (poll(&ready, 1, SLICE_MS) == 0)
			continue;
		n = read(from, piece, sizeof piece);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return failed(error, "read", "standard input");
		if (n == 0)
			return EXS_OK;
		EXS_TRY(write_piece(to, path, span_from(piece, (size_t)n), error));
	}
}

/* Without a journal nobody will ever need it again. */
static exs_status
keep_without_name(const exs_context *context, int fd, descriptor *ret_fd, char **ret_path,
                  exs_error *error)
{
	EXS_SCOPED(descriptor) to = -1;
	char path[64];

	to = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (to < 0)
		return failed(error, "make a file in", "/tmp");
	snprintf(path, sizeof path, "/proc/self/fd/%d", to);
	EXS_TRY(copy(context, fd, to, path, error));
	EXS_TRY(mem_copy(path, ret_path, error));
	*ret_fd = to;
	to = -1;
	return EXS_OK;
}

static exs_status
copy_beside(const exs_context *context, int fd, const char *path, exs_error *error)
{
	EXS_SCOPED(buf) beside = BUF(NAME_MAX_BYTES);
	EXS_SCOPED(descriptor) to = -1;
	exs_status status;

	buf_addf(&beside, "%s.XXXXXX", path);
	EXS_TRY(buf_check(&beside, "a file name", error));
	to = mkostemp(beside.at, O_CLOEXEC);
	if (to < 0)
		return failed(error, "make", buf_text(&beside));
	status = copy(context, fd, to, path, error);
	if (status == EXS_OK && (fsync(to) < 0 || rename(buf_text(&beside), path) < 0))
		status = failed(error, "write", path);
	if (status != EXS_OK)
		unlink(buf_text(&beside));
	return status;
}

exs_status
keep_input(const exs_context *context, int fd, const char *journal, bool goes_on, descriptor *ret_fd,
           char **ret_path, exs_error *error)
{
	EXS_SCOPED(buf) path = BUF(NAME_MAX_BYTES);

	if (journal == NULL)
		return keep_without_name(context, fd, ret_fd, ret_path, error);
	buf_addf(&path, "%s.input", journal);
	EXS_TRY(buf_check(&path, "a file name", error));
	if (!goes_on)
		EXS_TRY(copy_beside(context, fd, buf_text(&path), error));
	return buf_take(&path, "a file name", ret_path, error);
}
