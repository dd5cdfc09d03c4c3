/*
 * versus ROUNDS COMMAND... -- COMMAND...: runs two commands in turn and prints one line,
 *
 *   median-ms-of-the-first median-ms-of-the-second ratio peak-KiB-of-the-first peak-KiB-of-the-second
 *
 * The ratio is the median of the ratios of neighbouring runs, so that a machine that slows down half way hurts both
 * alike. One run of each is thrown away first. stdin and stdout are /dev/null. A command that fails ends it.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { ROUNDS_MAX = 1000 };

static double
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double
run(char **command, long *peak_kib)
{
	posix_spawn_file_actions_t actions;
	struct rusage              used;
	double                     before = now_ms(), took;
	pid_t                      child;
	int                        status;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	if (posix_spawnp(&child, command[0], &actions, NULL, command, environ) != 0 ||
	    wait4(child, &status, 0, &used) != child) {
		fprintf(stderr, "cannot run %s\n", command[0]);
		exit(2);
	}
	took = now_ms() - before;
	posix_spawn_file_actions_destroy(&actions);
	if (status != 0) {
		fprintf(stderr, "%s ended with %d\n", command[0],
		        WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
		exit(1);
	}
	if (used.ru_maxrss > *peak_kib)
		*peak_kib = used.ru_maxrss;
	return took;
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *values, int n)
{
	qsort(values, (size_t)n, sizeof *values, ascending);
	return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

int
main(int argc, char **argv)
{
	static double first[ROUNDS_MAX], second[ROUNDS_MAX], ratio[ROUNDS_MAX];
	int           rounds = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 0, n;
	char        **a = argv + 2, **b = NULL;
	long          peak[2] = {0, 0};

	for (int i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--") == 0) {
			argv[i] = NULL;
			b = argv + i + 1;
			break;
		}
	}
	if (rounds < 1 || rounds > ROUNDS_MAX || b == NULL || *a == NULL || *b == NULL) {
		fprintf(stderr, "usage: versus ROUNDS COMMAND... -- COMMAND...\n");
		return 2;
	}
	(void)run(a, &peak[0]);
	(void)run(b, &peak[1]);
	for (n = 0; n < rounds; n++) {
		first[n] = run(a, &peak[0]);
		second[n] = run(b, &peak[1]);
		ratio[n] = first[n] / second[n];
	}
	printf("%.2f %.2f %.3f %ld %ld\n", median(first, n), median(second, n), median(ratio, n),
	       peak[0], peak[1]);
	return 0;
}
