/* Where rows leave the program. */
#include "output/sink.h"

#include "base/error.h"
#include "base/moment.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { READER_SLICE_MS = 1000 };

void
sink_init(sink *s, int fd, bool (*cancelled)(void))
{
	*s = (sink){.fd = fd, .waiting = BUF(SINK_ROW_MAX), .cancelled = cancelled};
	s->since_ms = moment_steady_ms();
}

void
sink_done(sink *s)
{
	buf_done(&s->waiting);
}

static exs_status
fail(sink *s, int number, exs_error *error)
{
	char       reason[128];
	exs_status status;

	s->broken = true;
	status = exs_fail(error, E_OUTPUT, "the output could not be written: %s",
	                  strerror_r(number, reason, sizeof reason));
	if (number == EPIPE)
		error_native(error, "EPIPE");
	return status;
}

/* Waits until the reader takes something; a reader that never does is left by an interrupt. */
static exs_status
wait_for_reader(sink *s, exs_error *error)
{
	struct pollfd wanted = {.fd = s->fd, .events = POLLOUT};

	for (;;) {
		int n = poll(&wanted, 1, READER_SLICE_MS);

		if (s->cancelled != NULL && s->cancelled() && n <= 0) {
			s->broken = true;
			return exs_fail(error, E_INTERRUPTED, "interrupted");
		}
		if (n > 0)
			return EXS_OK;
		if (n < 0 && errno != EINTR)
			return fail(s, errno, error);
	}
}

exs_status
sink_flush(sink *s, exs_error *error)
{
	size_t done = 0;

	if (s->broken)
		return exs_fail(error, E_OUTPUT, "the output could not be written");
	EXS_TRY(buf_check(&s->waiting, "a row", error));
	while (done < s->waiting.len) {
		size_t  left = s->waiting.len - done;
		ssize_t n;

		EXS_TRY(wait_for_reader(s, error));
		/* it may still block for the rest of the piece; a signal then ends it with what was written */
		n = write(s->fd, s->waiting.at + done, left);
		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return fail(s, errno, error);
		if (n > 0)
			done += (size_t)n;
	}
	buf_clear(&s->waiting);
	s->since_ms = moment_steady_ms();
	return EXS_OK;
}

exs_status
sink_row(sink *s, exs_error *error)
{
	if (s->waiting.len < SINK_PIECE && moment_steady_ms() - s->since_ms < SINK_WAIT_MS)
		return EXS_OK;
	return sink_flush(s, error);
}
