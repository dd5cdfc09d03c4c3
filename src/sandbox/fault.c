/*
 * The faults that are on. See fault.h.
 *
 * Every request asks about dozens of names, nearly always with nothing switched on, so the first
 * look is one atomic load.
 */
#include "fault.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "fault_table.h"
#include "text.h"

enum { FAULTS_ON_MAX = 64 };

struct active {
	const struct fault_row *row;
	struct fault_hit        hit;
	char                    cmdlet[128]; /* "": any */
	unsigned long           after, count;
	unsigned long           seen, acted;
	uint64_t                moment;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct active on[FAULTS_ON_MAX];
static atomic_size_t n_on;

bool
fault_acts(const char *name, const char *cmdlet, struct fault_hit *hit)
{
	bool acts = false;

	if (atomic_load_explicit(&n_on, memory_order_acquire) == 0)
		return false;
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < n_on && !acts; i++) {
		struct active *fault = &on[i];

		if (strcmp(fault->row->name, name) != 0)
			continue;
		if (fault->cmdlet[0] != '\0' &&
		    (cmdlet == NULL || strcasecmp(fault->cmdlet, cmdlet) != 0))
			continue;
		fault->seen++;
		if (fault->seen <= fault->after)
			continue;
		if (fault->count != 0 && fault->acted >= fault->count)
			continue;
		fault->acted++;
		acts = true;
		if (hit != NULL)
			*hit = fault->hit;
	}
	pthread_mutex_unlock(&lock);
	return acts;
}

static bool
is_word_of(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = words; *at != '\0';) {
		size_t word_len = strcspn(at, "|");

		if (word_len == len && strncmp(at, word, len) == 0)
			return true;
		at += word_len;
		at += *at == '|' ? 1 : 0;
	}
	return false;
}

/* Holds the argument against the row; fills in the hit. */
static bool
read_argument(const struct fault_row *row, const char *argument, struct fault_hit *hit,
              char *why, size_t size)
{
	char *end = NULL;

	hit->number = row->number;
	if (argument == NULL || argument[0] == '\0') {
		if (row->argument == FAULT_NUMBER_MUST || row->argument == FAULT_TEXT_MUST ||
		    row->argument == FAULT_WORD_MUST) {
			snprintf(why, size, "%s needs an argument: %s=%s", row->name, row->name,
			         row->meaning);
			return false;
		}
		return true;
	}
	if (row->argument == FAULT_PLAIN) {
		snprintf(why, size, "%s takes no argument", row->name);
		return false;
	}
	if (strlen(argument) >= sizeof(hit->argument)) {
		snprintf(why, size, "the argument of %s is too long", row->name);
		return false;
	}
	if (row->argument == FAULT_WORD_MUST && !is_word_of(row->meaning, argument)) {
		snprintf(why, size, "%s takes one of %s", row->name, row->meaning);
		return false;
	}
	if (row->argument == FAULT_NUMBER || row->argument == FAULT_NUMBER_MUST) {
		errno = 0;
		hit->number = strtol(argument, &end, 10);
		if (errno != 0 || *end != '\0') {
			snprintf(why, size, "%s takes a number: %s=%s", row->name, row->name,
			         row->meaning);
			return false;
		}
	}
	snprintf(hit->argument, sizeof(hit->argument), "%s", argument);
	return true;
}

bool
fault_add(const char *name, const char *argument, unsigned long after, unsigned long count,
          const char *cmdlet, char *why, size_t why_size)
{
	struct active fault = { .row = fault_find(name), .after = after, .count = count };
	struct timespec now;
	bool room;

	if (fault.row == NULL) {
		snprintf(why, why_size, "no fault is called '%s' (fault --help lists them)", name);
		return false;
	}
	if (!read_argument(fault.row, argument, &fault.hit, why, why_size))
		return false;
	if (cmdlet != NULL)
		snprintf(fault.cmdlet, sizeof(fault.cmdlet), "%s", cmdlet);
	clock_gettime(CLOCK_REALTIME, &now);
	fault.moment = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;

	pthread_mutex_lock(&lock);
	room = n_on < FAULTS_ON_MAX;
	if (room)
		on[n_on++] = fault;
	pthread_mutex_unlock(&lock);
	if (!room)
		snprintf(why, why_size, "%d faults are on; clear some first", FAULTS_ON_MAX);
	return room;
}

unsigned
fault_clear(const char *name)
{
	unsigned cleared = 0;
	size_t kept = 0;

	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < n_on; i++) {
		if (name == NULL || strcmp(on[i].row->name, name) == 0)
			cleared++;
		else
			on[kept++] = on[i];
	}
	n_on = kept;
	pthread_mutex_unlock(&lock);
	return cleared;
}

void
fault_list(struct text *text)
{
	pthread_mutex_lock(&lock);
	text_puts(text, "[");
	for (size_t i = 0; i < n_on; i++) {
		text_puts(text, i == 0 ? "{" : ",{");
		text_member(text, "name", on[i].row->name);
		text_puts(text, ",");
		text_member(text, "where", on[i].row->where);
		text_puts(text, ",");
		text_member(text, "argument", on[i].hit.argument);
		text_puts(text, ",");
		text_member(text, "cmdlet", on[i].cmdlet);
		text_addf(text, ",\"after\":%lu,\"count\":%lu,\"seen\":%lu,\"acted\":%lu}",
		          on[i].after, on[i].count, on[i].seen, on[i].acted);
	}
	text_puts(text, "]");
	pthread_mutex_unlock(&lock);
}

uint64_t
fault_moment(const char *name)
{
	uint64_t moment = 0;

	if (atomic_load_explicit(&n_on, memory_order_acquire) == 0)
		return 0;
	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < n_on; i++) {
		if (strcmp(on[i].row->name, name) == 0 && on[i].moment > moment)
			moment = on[i].moment;
	}
	pthread_mutex_unlock(&lock);
	return moment;
}
