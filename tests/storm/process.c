/* One run of the program under test. See process.h. */
#include "process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

off_t
file_length(const char *path)
{
	struct stat facts;

	return stat(path, &facts) == 0 ? facts.st_size : 0;
}

static void
redirect(const char *path, int flags, int to)
{
	int fd = open(path, flags, 0600);

	if (fd < 0 || dup2(fd, to) < 0)
		_exit(125);
	if (fd != to)
		close(fd);
}

static void
become(const char *const *argv, const watch *w)
{
	char *const *words;

	/* nothing is left behind when the storm itself is ended */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* a shell lets what runs in its background ignore it, and so would the program */
	signal(SIGINT, SIG_DFL);
	redirect(w->in != NULL ? w->in : "/dev/null", O_RDONLY, 0);
	redirect(w->out, O_WRONLY | O_CREAT | O_TRUNC, 1);
	redirect(w->err, O_WRONLY | O_CREAT | O_TRUNC, 2);
	if (w->file_limit != 0) {
		const struct rlimit limit = { (rlim_t)w->file_limit, (rlim_t)w->file_limit };

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
	}
	/* execv changes nothing of what it is given; its type is older than const */
	memcpy(&words, &argv, sizeof words);
	execv(argv[0], words);
	_exit(126);
}

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int
process_run(const char *const *argv, const watch *w)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	double deadline = seconds() + PROCESS_DEADLINE_SECONDS;
	bool happened = w->happens == NULL, hangs = false;
	pid_t pid = fork();
	int status;

	if (pid == 0)
		become(argv, w);
	if (pid < 0) {
		perror("fork");
		exit(1);
	}
	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (!happened && file_length(w->file) >= w->length) {
			happened = true;
			w->happens(w->self, pid);
		}
		if (!hangs && seconds() > deadline) {
			hangs = true;
			kill(pid, SIGKILL);
		}
		nanosleep(&pause, NULL);
	}
	if (hangs)
		return PROCESS_HANGS;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
