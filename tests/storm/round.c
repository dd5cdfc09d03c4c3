/*
 * One round. See round.h.
 *
 * The input, the faults, where the program and the tenant are killed: all follow from the seed and
 * the round's number. What a kill meets is the machine's affair, so a round that failed may need to be
 * repeated more than once before it fails again.
 */
#include "round.h"

#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "judge.h"
#include "process.h"
#include "weather.h"

enum { PEOPLE_A_ROUND = ITEMS_MAX, ARGUMENTS_MAX = 48, PATH_MAX_HERE = 256, TOKEN_FILES = 4096 };

typedef struct round_of {
	stage        *stage;
	dice          dice;
	unsigned long number;
	items         items;
	char          directory[PATH_MAX_HERE - 64];
	char          input[PATH_MAX_HERE], journal[PATH_MAX_HERE], complaints[PATH_MAX_HERE];
	bool          names_journal;
	FILE         *log;
	weather       weather;
	storm         storm; /* of the process that runs now */
	unsigned      processes;
	bool          good, hangs;
} round_of;

static void
happens(void *self, pid_t pid)
{
	round_of *r = self;

	if (r->storm.end == END_TENANT_KILLED) {
		tenant_kill(r->stage->tenant);
		r->stage->sum.tenant_kills++;
	} else {
		kill(pid, r->storm.end == END_INTERRUPTED ? SIGINT : SIGKILL);
	}
}

static int
remove_one(const char *path, const struct stat *facts, int type, struct FTW *where)
{
	(void)facts;
	(void)type;
	(void)where;
	return remove(path);
}

/* What the storm does to the program is set up in the tenant and in the watch. */
static void
brew(round_of *r, watch *w)
{
	const tenant *t = r->stage->tenant;
	bool by_ledger = r->storm.by_ledger;

	for (size_t i = 0; i < r->storm.n_faults; i++)
		tenant_fault(t, r->storm.faults[i].what->name, r->storm.faults[i].what->argument,
		             r->storm.faults[i].after, r->storm.faults[i].count, NULL);
	tenant_throttle(t, r->storm.latency, r->storm.requests, r->storm.at_once);
	if (r->storm.end == END_ALONE)
		return;
	if (r->storm.end == END_FULL) {
		/* the limit is for every file it writes, and the token's are small */
		w->file_limit = (long)file_length(r->journal) + (long)r->storm.after_bytes;
		w->file_limit = w->file_limit < TOKEN_FILES ? TOKEN_FILES : w->file_limit;
		return;
	}
	w->file = by_ledger ? t->writes : r->journal;
	w->length = file_length(w->file) + r->storm.after_bytes;
	w->happens = happens;
	w->self = r;
}

static bool
exit_is_sound(const round_of *r, int code)
{
	/* 9: the bearer was refused more often than a new one is asked for */
	static const int any[] = { 0, 7, 8, 9, 11, 12 };

	for (size_t i = 0; i < sizeof any / sizeof any[0]; i++) {
		if (code == any[i])
			return true;
	}
	return (r->storm.end == END_KILLED && code == 128 + SIGKILL) ||
	       (r->storm.end == END_INTERRUPTED && (code == 130 || code == 128 + SIGINT)) ||
	       (r->storm.end == END_FULL && (code == 1 || code == 3));
}

/* Runs exosign once on the batch; only: NULL or what --only takes. */
static int
run_batch(round_of *r, const char *only)
{
	const char *argv[ARGUMENTS_MAX] = { r->stage->tenant->exosign, "--config", r->stage->tenant->config,
		                            "--timeout", "4", "batch" };
	char out[PATH_MAX_HERE], err[PATH_MAX_HERE], concurrency[16], failures[16];
	watch w = { .out = out, .err = err };
	size_t n = 6;
	int code;

	snprintf(out, sizeof out, "%s/out.%u", r->directory, r->processes);
	snprintf(err, sizeof err, "%s/err.%u", r->directory, r->processes);
	snprintf(concurrency, sizeof concurrency, "%u", r->storm.concurrency);
	snprintf(failures, sizeof failures, "%u", r->storm.max_failures);
	if (r->items.form == FORM_STDIN)
		w.in = r->input;
	argv[n++] = r->items.form == FORM_STDIN ? "-" : r->input;
	if (r->names_journal) {
		argv[n++] = "--journal";
		argv[n++] = r->journal;
	}
	if (r->processes > 0)
		argv[n++] = "--resume";
	if (only != NULL) {
		argv[n++] = "--only";
		argv[n++] = only;
	}
	if (r->storm.concurrency != 0) {
		argv[n++] = "--concurrency";
		argv[n++] = concurrency;
	}
	if (r->storm.max_failures != 0) {
		argv[n++] = "--max-failures";
		argv[n++] = failures;
	}
	n += items_arguments(&r->items, argv + n);
	brew(r, &w);
	code = process_run(argv, &w);
	fprintf(r->log, "process %u:", r->processes);
	for (size_t i = 6; i < n; i++)
		fprintf(r->log, " %s", argv[i]);
	storm_tell(&r->storm, r->log);
	fprintf(r->log, " -> %d\n", code);
	r->processes++;
	return code;
}

/* Did the last process say that? */
static bool
says(const round_of *r, const char *code)
{
	char err[PATH_MAX_HERE], *text;
	bool found;

	snprintf(err, sizeof err, "%s/err.%u", r->directory, r->processes - 1);
	text = read_whole(err);
	found = text != NULL && strstr(text, code) != NULL;
	free(text);
	return found;
}

/* What a process left: its exit code and its output against the journal. */
static void
look(round_of *r, int code)
{
	char out[PATH_MAX_HERE];
	fates f;

	snprintf(out, sizeof out, "%s/out.%u", r->directory, r->processes - 1);
	if (code == PROCESS_HANGS || !exit_is_sound(r, code)) {
		fprintf(r->log, "the exit code %d is none that may be\n", code);
		r->good = false;
		r->hangs = code == PROCESS_HANGS;
	}
	r->good = fates_read(&f, &r->items, r->journal, r->log) && r->good;
	outcomes_check(&r->items, &f, says(r, "E-BATCH-RECORD"), out, r->log, &r->good);
}

static void
stormy_process(round_of *r)
{
	tallies *sum = &r->stage->sum;
	unsigned acted;
	int code;

	storm_make(&r->storm, &r->dice, r->items.count);
	code = run_batch(r, NULL);
	look(r, code);
	acted = tenant_acted(r->stage->tenant, NULL);
	sum->processes++;
	sum->faults += acted;
	sum->killed += code == 128 + SIGKILL;
	sum->interrupted += r->storm.end == END_INTERRUPTED && code == 130;
	sum->full += says(r, "E-BATCH-RECORD");
	if (r->storm.end != END_ALONE || (acted > 0 && storm_loses(&r->storm)))
		r->weather.lost = true;
	tenant_calm(r->stage->tenant);
}

/* Without faults: takes up what is left, then what may be tried again. */
static void
calm_processes(round_of *r)
{
	static const char *const passes[] = { NULL, "retryable", "unknown" };
	int code = 0;

	storm_none(&r->storm);
	tenant_throttle(r->stage->tenant, 0, 0, 0);
	for (size_t p = 0; p < sizeof passes / sizeof passes[0] && !r->hangs; p++) {
		fates f;

		fates_read(&f, &r->items, r->journal, r->log);
		if (p > 0 && f.done == r->items.count)
			break;
		code = run_batch(r, passes[p]);
		look(r, code);
		r->stage->sum.processes++;
		if (code != 0 && code != 12) {
			fprintf(r->log, "a process that nobody disturbed ended with %d\n", code);
			r->good = false;
		}
	}
}

static void
judge(round_of *r)
{
	cJSON *ledger = tenant_ledger(r->stage->tenant, r->stage->written);
	const cJSON *last = cJSON_GetArrayItem(ledger, cJSON_GetArraySize(ledger) - 1);
	tallies *sum = &r->stage->sum;
	fates f;

	r->good = fates_read(&f, &r->items, r->journal, r->log) && r->good;
	fates_count_runs(&f, &r->items, ledger);
	r->weather.settled = !r->hangs;
	r->good = fates_judge(&f, &r->items, r->weather, r->log) && r->good;
	if (last != NULL)
		r->stage->written = (unsigned long)cJSON_GetObjectItem(last, "n")->valuedouble;
	sum->items += r->items.count;
	sum->done += f.done;
	sum->failed += f.failed;
	sum->unknown += f.unknown;
	sum->runs += (unsigned long)cJSON_GetArraySize(ledger);
	for (size_t n = 0; n < r->items.count; n++)
		sum->twice += f.list[n].runs > 1;
	cJSON_Delete(ledger);
}

static bool
close_round(round_of *r)
{
	char *told;

	fclose(r->log);
	r->stage->sum.rounds++;
	if (!r->good) {
		r->stage->sum.bad++;
		told = read_whole(r->complaints);
		fprintf(stderr, "round %lu of seed %llu (files in %s):\n%s\n", r->number,
		        (unsigned long long)r->stage->seed, r->directory, told != NULL ? told : "");
		free(told);
		return false;
	}
	nftw(r->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	return true;
}

bool
round_play(stage *s, unsigned long number, unsigned turn)
{
	round_of r = { .stage = s, .dice = dice_of(s->seed, number), .number = number, .good = true };
	char *const *people = s->tenant->people + (size_t)turn * PEOPLE_A_ROUND;
	unsigned processes;

	snprintf(r.directory, sizeof r.directory, "%s/r%lu", s->directory, number);
	nftw(r.directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	mkdir(r.directory, 0700);
	snprintf(r.input, sizeof r.input, "%s/input", r.directory);
	snprintf(r.complaints, sizeof r.complaints, "%s/log", r.directory);
	r.log = fopen(r.complaints, "w");
	if (r.log == NULL) {
		perror(r.complaints);
		exit(1);
	}
	items_make(&r.items, &r.dice, s->form, (unsigned)number, (const char *const *)people);
	if (!items_write(&r.items, r.input)) {
		perror(r.input);
		exit(1);
	}
	r.names_journal = r.items.form == FORM_STDIN || dice_percent(&r.dice, 30);
	snprintf(r.journal, sizeof r.journal, r.names_journal ? "%s/the.journal" : "%s/input.journal",
	         r.directory);
	processes = dice_between(&r.dice, 1, 3);
	for (unsigned p = 0; p < processes && !r.hangs; p++)
		stormy_process(&r);
	calm_processes(&r);
	judge(&r);
	return close_round(&r);
}
