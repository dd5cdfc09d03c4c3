/* No SIGPIPE for the host while it is in libcurl. */
#include "http/pipe_guard.h"

#include <pthread.h>
#include <time.h>

static sigset_t
only_sigpipe(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	return set;
}

pipe_guard
pipe_guard_begin(void)
{
	pipe_guard guard = {0};
	sigset_t   pending, pipe = only_sigpipe();

	/* one that is pending already is somebody else's and must stay */
	if (sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 0)
		guard.active = pthread_sigmask(SIG_BLOCK, &pipe, &guard.before) == 0;
	return guard;
}

void
pipe_guard_done(pipe_guard *guard)
{
	sigset_t pending, pipe = only_sigpipe();

	if (!guard->active)
		return;
	if (sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1)
		(void)sigtimedwait(&pipe, NULL, &(struct timespec){0});
	pthread_sigmask(SIG_SETMASK, &guard->before, NULL);
}
