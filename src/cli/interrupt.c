/* Ctrl-C and its relatives. */
#include "cli/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t met, terminal = -1;
static struct termios        kept;

static void
take(int number)
{
	int saved = errno;

	(void)number;
	if (met != 0) {
		if (terminal >= 0)
			(void)tcsetattr(terminal, TCSANOW, &kept);
		_exit(EXIT_INTERRUPTED);
	}
	met = 1;
	errno = saved;
}

void
interrupt_install(void)
{
	static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	struct sigaction action, before;

	memset(&action, 0, sizeof action);
	action.sa_handler = take; /* without SA_RESTART: what waits is woken */
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		/* nohup(1) and shells that start us in the background say so by ignoring */
		if (sigaction(ends[i], NULL, &before) == 0 && before.sa_handler == SIG_IGN)
			continue;
		(void)sigaction(ends[i], &action, NULL);
	}
	action.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &action, NULL);
	/* a file that may not grow any more is an error of writing too */
	(void)sigaction(SIGXFSZ, &action, NULL);
}

void
interrupt_release(void)
{
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGXFSZ, SIG_DFL);
}

bool
interrupt_met(void)
{
	return met != 0;
}

void
interrupt_keep_terminal(int fd, const struct termios *settings)
{
	terminal = -1;
	if (settings == NULL)
		return;
	kept = *settings;
	terminal = fd;
}
