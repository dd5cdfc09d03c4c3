/*
 * Holds what exosign says of its items against what the tenant ran. See judge.h.
 *
 * The journal's lines are read as its documentation describes them (one JSON object a line, items
 * counted from 0), with nothing of exosign's code.
 */
#include "judge.h"

#include <stdlib.h>
#include <string.h>

enum { TOLD_MAX = 4 };

static const char *
text_of(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

/* One line about an item. */
static bool
read_line(fates *f, const items *all, const cJSON *line)
{
	const cJSON *number = cJSON_GetObjectItemCaseSensitive(line, "item");
	const char *settled = text_of(line, "settled");
	fate *one;

	if (!cJSON_IsNumber(number) || number->valuedouble < 0 || number->valuedouble >= (double)all->count)
		return false;
	one = &f->list[(size_t)number->valuedouble];
	if (text_of(line, "begun") != NULL)
		one->begun++;
	if (text_of(line, "returned") != NULL && one->begun > 0)
		one->begun--;
	if (settled != NULL) {
		one->settled++;
		snprintf(one->outcome, sizeof one->outcome, "%s", settled);
	}
	return true;
}

static void
add_up(fates *f, const items *all)
{
	for (size_t n = 0; n < all->count; n++) {
		const char *outcome = f->list[n].outcome;

		if (strcmp(outcome, "done") == 0)
			f->done++;
		else if (strcmp(outcome, "failed") == 0 || strcmp(outcome, "retryable") == 0)
			f->failed++;
		else if (strcmp(outcome, "skipped") == 0)
			f->skipped++;
		else if (strcmp(outcome, "unknown") == 0)
			f->unknown++;
		else
			f->open++;
	}
}

bool
fates_read(fates *f, const items *all, const char *journal, FILE *complaints)
{
	FILE *in = fopen(journal, "r");
	char *line = NULL;
	size_t room = 0, number = 0;
	bool good = true;

	memset(f, 0, sizeof *f);
	for (size_t n = 0; n < ITEMS_MAX; n++)
		f->list[n].last_run = -1;
	if (in == NULL) {
		add_up(f, all);
		return true;
	}
	while (getline(&line, &room, in) > 0) {
		cJSON *json = cJSON_Parse(line);

		/* the first line is about the batch; the last one may be torn */
		if (number++ > 0 && json != NULL && !read_line(f, all, json)) {
			fprintf(complaints, "line %zu of the journal is about no item: %s", number, line);
			good = false;
		}
		cJSON_Delete(json);
	}
	free(line);
	fclose(in);
	add_up(f, all);
	return good;
}

void
fates_count_runs(fates *f, const items *all, const cJSON *ledger)
{
	const cJSON *line;
	int place = 0;

	cJSON_ArrayForEach(line, ledger) {
		bool ours = false;

		for (size_t n = 0; n < all->count && !ours; n++) {
			if (!item_was_run(&all->list[n], line))
				continue;
			ours = true;
			f->list[n].runs++;
			f->list[n].last_run = place;
		}
		if (!ours)
			f->strangers++;
		place++;
	}
}

/* The item that an outcome is about, or the count. */
static size_t
item_of(const items *all, const cJSON *outcome)
{
	const char *id = text_of(outcome, "id");
	char number[24];

	for (size_t n = 0; id != NULL && n < all->count; n++) {
		snprintf(number, sizeof number, "%zu", n + 1);
		if (strcmp(all->list[n].id[0] != '\0' ? all->list[n].id : number, id) == 0)
			return n;
	}
	return all->count;
}

static bool
is_outcome(const char *text)
{
	return text != NULL && (strcmp(text, "done") == 0 || strcmp(text, "failed") == 0 ||
	                        strcmp(text, "skipped") == 0 || strcmp(text, "unknown") == 0);
}

/* With a full disk: what only read, and what the journal says was sent and is unknown. */
static bool
may_be_untold(const fate *one, const item *i, const char *outcome)
{
	return !i->kind->writes || (one->begun > 0 && strcmp(outcome, "unknown") == 0);
}

static bool
check_line(const items *all, const fates *f, bool full, const char *line, bool *told, FILE *complaints)
{
	cJSON *json = cJSON_Parse(line);
	size_t n = item_of(all, json);
	const char *outcome = text_of(json, "outcome"), *why = NULL;

	if (json == NULL)
		why = "is no JSON";
	else if (n == all->count)
		why = "is about no item";
	else if (told[n])
		why = "is the second one of its item";
	else if (!is_outcome(outcome))
		why = "has no outcome";
	else if (f->list[n].settled == 0 && !(full && may_be_untold(&f->list[n], &all->list[n], outcome)))
		why = "is not in the journal";
	else if (strcmp(outcome, "done") == 0 && f->list[n].settled > 0 &&
	         strcmp(f->list[n].outcome, "done") != 0)
		why = "says done, and the journal no longer does";
	if (why != NULL)
		fprintf(complaints, "a line of the output %s: %s", why, line);
	if (n < all->count)
		told[n] = true;
	cJSON_Delete(json);
	return why == NULL;
}

unsigned
outcomes_check(const items *all, const fates *f, bool full, const char *path, FILE *complaints, bool *ret_good)
{
	FILE *in = fopen(path, "r");
	bool told[ITEMS_MAX] = { false };
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	unsigned count = 0;

	while (in != NULL && (len = getline(&line, &room, in)) > 0 && line[len - 1] == '\n') {
		*ret_good = check_line(all, f, full, line, told, complaints) && *ret_good;
		count++;
	}
	free(line);
	if (in != NULL)
		fclose(in);
	return count;
}

/* Was a later item of the same object made, which this one would undo? Then it must stay as it is. */
static bool
came_too_late(const fates *f, const items *all, size_t n)
{
	for (size_t m = n + 1; m < all->count; m++) {
		if (all->list[m].kind == all->list[n].kind && f->list[m].runs > 0 &&
		    strcmp(item_object(&all->list[m]), item_object(&all->list[n])) == 0)
			return true;
	}
	return false;
}

/* The sentence about what is wrong with one item, or NULL. */
static const char *
fault_of(const fates *f, const items *all, size_t n, weather w)
{
	const fate *one = &f->list[n];
	const item *i = &all->list[n];
	const kind *k = i->kind;
	bool done = strcmp(one->outcome, "done") == 0, unknown = strcmp(one->outcome, "unknown") == 0;
	bool failed = strcmp(one->outcome, "failed") == 0 || strcmp(one->outcome, "retryable") == 0;

	if (k->writes && !k->repeats && one->runs > 1)
		return "was done more than once";
	if (k->fails && (done || one->runs > 0))
		return "cannot have been done";
	if (done && k->writes && one->runs == 0)
		return "is said to be done and was not";
	if ((failed || strcmp(one->outcome, "skipped") == 0) && one->runs > 0)
		return "is said not to be done and was";
	if (one->outcome[0] == '\0' && one->runs > 0 && one->begun == 0)
		return "was done and the journal does not know that it was sent";
	if (unknown && !k->writes)
		return "only reads and is unknown";
	if (unknown && !w.lost)
		return "is unknown, and no answer was lost";
	if (!w.settled)
		return NULL;
	if (one->outcome[0] == '\0')
		return "has no outcome at the end";
	if (k->repeats && !k->fails && !done && !came_too_late(f, all, n))
		return "could have been done and was not";
	if (!k->repeats && !k->fails && !done && !unknown)
		return "is given up although it can be done";
	return NULL;
}

/* Items of one object: what was there last must be what stands last in the input. */
static bool
check_order(const fates *f, const items *all, FILE *complaints)
{
	bool good = true;

	for (size_t n = 0; n < all->count; n++) {
		for (size_t m = n + 1; m < all->count; m++) {
			const item *a = &all->list[n], *b = &all->list[m];

			if (strcmp(a->kind->cmdlet, "Set-Mailbox") != 0 || a->kind != b->kind ||
			    strcmp(item_object(a), item_object(b)) != 0 || f->list[n].last_run < 0 ||
			    f->list[m].last_run < 0 || f->list[n].last_run < f->list[m].last_run)
				continue;
			fprintf(complaints, "item %zu undid item %zu of the same object\n", n + 1, m + 1);
			good = false;
		}
	}
	return good;
}

bool
fates_judge(const fates *f, const items *all, weather w, FILE *complaints)
{
	unsigned sum = f->done + f->failed + f->skipped + f->unknown + f->open;
	bool good = check_order(f, all, complaints);
	unsigned told = 0;

	for (size_t n = 0; n < all->count; n++) {
		const char *wrong = fault_of(f, all, n, w);

		if (wrong == NULL)
			continue;
		good = false;
		if (told++ == TOLD_MAX)
			fprintf(complaints, "and more of this kind\n");
		if (told > TOLD_MAX)
			continue;
		fprintf(complaints, "item %zu (%s %s) %s: outcome \"%s\", run %u times, settled %u times\n", n + 1,
		        all->list[n].kind->cmdlet, all->list[n].values[0], wrong, f->list[n].outcome,
		        f->list[n].runs, f->list[n].settled);
	}
	if (sum != all->count) {
		fprintf(complaints, "%u outcomes of %zu items\n", sum, all->count);
		good = false;
	}
	if (f->strangers != 0) {
		fprintf(complaints, "the tenant ran %u writes that nobody asked for\n", f->strangers);
		good = false;
	}
	return good;
}
