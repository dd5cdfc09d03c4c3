/*
 * storm: runs `exosign batch` under random faults, kills it and the tenant, goes on, and compares what
 * exosign says with what the tenant ran.
 *
 *   storm --exosign PATH [--rounds N] [--first N] [--seed N] [--workers N] [--directory DIR]
 *         [--form ndjson|csv|template|stdin|any]
 *
 *   storm --twin     tells the judge every kind of lie, and wants it to see each
 *
 * Each worker has a sandbox of its own and takes every so-manieth round. The seed is printed; the same
 * seed and round make the same input, faults and kills. Exit 0: everything held in every round.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "items.h"
#include "round.h"
#include "twin.h"

enum { WORKERS_MAX = 16, ROUNDS_A_TENANT = PEOPLE / ITEMS_MAX };

typedef struct plan {
	const char   *exosign, *directory, *form;
	unsigned long rounds, first, seed, workers;
} plan;

static int
usage(void)
{
	fputs("usage: storm --twin | storm --exosign PATH [--rounds N] [--first N] [--seed N] [--workers N] [--directory DIR] "
	      "[--form ndjson|csv|template|stdin|any]\n",
	      stderr);
	return 2;
}

static bool
read_plan(int argc, char **argv, plan *p)
{
	for (int i = 1; i + 1 < argc; i += 2) {
		const struct {
			const char    *name;
			const char   **text;
			unsigned long *number;
		} rows[] = {
			{ "--exosign", &p->exosign, NULL },   { "--directory", &p->directory, NULL },
			{ "--form", &p->form, NULL },
			{ "--rounds", NULL, &p->rounds },     { "--first", NULL, &p->first },
			{ "--seed", NULL, &p->seed },         { "--workers", NULL, &p->workers },
		};
		bool known = false;

		for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
			if (strcmp(rows[r].name, argv[i]) != 0)
				continue;
			known = true;
			if (rows[r].text != NULL)
				*rows[r].text = argv[i + 1];
			else if (isdigit((unsigned char)argv[i + 1][0]))
				*rows[r].number = strtoul(argv[i + 1], NULL, 10);
			else
				known = false;
		}
		if (!known)
			return false;
	}
	return argc % 2 == 1 && p->exosign != NULL && p->workers > 0 && p->workers <= WORKERS_MAX;
}

static tallies
work(const plan *p, unsigned long worker)
{
	static tenant t;
	stage s = { .tenant = &t, .seed = p->seed, .form = form_of(p->form) };
	char home[160], directory[160];
	unsigned turn = 0;

	snprintf(home, sizeof home, "%s/w%lu", p->directory, worker);
	mkdir(home, 0700);
	setenv("HOME", home, 1);
	setenv("XDG_RUNTIME_DIR", home, 1);
	snprintf(directory, sizeof directory, "%s", home);
	s.directory = directory;
	t.exosign = p->exosign;
	snprintf(t.directory, sizeof t.directory, "%.100s/sb", home);
	/* on every other tenant tokens end in the middle of things */
	t.lifetime = worker % 2 == 0 ? "3599" : "2";
	tenant_up(&t, true);
	tenant_meet(&t);
	for (unsigned long r = p->first + worker; r < p->first + p->rounds; r += p->workers) {
		if (turn == ROUNDS_A_TENANT) {
			tenant_renew(&t);
			s.written = 0;
			turn = 0;
		}
		round_play(&s, r, turn++);
	}
	tenant_down(&t);
	return s.sum;
}

static void
add(tallies *to, const tallies *more)
{
	unsigned long *into = (unsigned long *)to;
	const unsigned long *from = (const unsigned long *)more;

	for (size_t i = 0; i < sizeof *to / sizeof *into; i++)
		into[i] += from[i];
}

/* Starts the workers, each a process; the read ends of their pipes. */
static void
start(const plan *p, int pipes[WORKERS_MAX])
{
	for (unsigned long w = 0; w < p->workers; w++) {
		int ends[2];
		pid_t pid;

		if (pipe(ends) != 0 || (pid = fork()) < 0) {
			perror("storm");
			exit(1);
		}
		if (pid == 0) {
			tallies sum;

			prctl(PR_SET_PDEATHSIG, SIGKILL);
			sum = work(p, w);
			exit(write(ends[1], &sum, sizeof sum) == (ssize_t)sizeof sum ? 0 : 1);
		}
		close(ends[1]);
		pipes[w] = ends[0];
	}
}

int
main(int argc, char **argv)
{
	static char own[] = "/tmp/storm.XXXXXX";
	plan p = { .form = "any", .rounds = 200, .seed = (unsigned long)time(NULL), .workers = 4 };
	int pipes[WORKERS_MAX];
	tallies sum = { 0 };
	bool whole = true;

	if (argc == 2 && strcmp(argv[1], "--twin") == 0)
		return twin_run();
	if (!read_plan(argc, argv, &p))
		return usage();
	if (p.directory == NULL)
		p.directory = mkdtemp(own);
	if (p.directory == NULL || (mkdir(p.directory, 0700) != 0 && errno != EEXIST)) {
		perror("storm");
		return 1;
	}
	printf("seed %lu, rounds %lu to %lu\n", p.seed, p.first, p.first + p.rounds - 1);
	fflush(stdout);
	start(&p, pipes);
	for (unsigned long w = 0; w < p.workers; w++) {
		tallies one;
		int status;

		if (read(pipes[w], &one, sizeof one) == (ssize_t)sizeof one)
			add(&sum, &one);
		else
			whole = false;
		close(pipes[w]);
		wait(&status);
	}
	printf("%lu rounds, %lu of them bad; %lu items: %lu done, %lu failed, %lu unknown; the tenant ran %lu writes, "
	       "%lu items more than once (those that may)\n"
	       "%lu processes: %lu killed, %lu interrupted, %lu met a full disk; the tenant was killed %lu times; "
	       "%lu faults acted\n",
	       sum.rounds, sum.bad, sum.items, sum.done, sum.failed, sum.unknown, sum.runs, sum.twice, sum.processes,
	       sum.killed, sum.interrupted, sum.full, sum.tenant_kills, sum.faults);
	return whole && sum.bad == 0 && sum.rounds == p.rounds ? 0 : 1;
}
