/*
 * The tenant and its ledger. See tenant.h.
 *
 * The ledger is a short list under a lock: a busy sandbox has some thirty names in it.
 */
#include "tenant.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "text.h"

enum { LEDGER_MAX = 512 };

struct entry {
	char    *what;
	uint64_t count;
};

struct tenant the_tenant;

static pthread_mutex_t ledger_lock = PTHREAD_MUTEX_INITIALIZER;
static struct entry ledger[LEDGER_MAX];
static size_t n_ledger;

static pthread_once_t origin_once = PTHREAD_ONCE_INIT;
static char origin[96];

static void
spell_origin(void)
{
	snprintf(origin, sizeof(origin), "https://%s:%u", the_tenant.host, the_tenant.port);
}

const char *
tenant_origin(void)
{
	pthread_once(&origin_once, spell_origin);
	return origin;
}

bool
tenant_is(const char *segment, unsigned long len)
{
	return (len == strlen(the_tenant.id) && strncasecmp(segment, the_tenant.id, len) == 0) ||
	       (len == strlen(the_tenant.domain) &&
	        strncasecmp(segment, the_tenant.domain, len) == 0);
}

/* The entry of that name, made when there is room; NULL when there is none. Under the lock. */
static struct entry *
entry_of(const char *what, bool make)
{
	for (size_t i = 0; i < n_ledger; i++) {
		if (strcmp(ledger[i].what, what) == 0)
			return &ledger[i];
	}
	if (!make || n_ledger == LEDGER_MAX)
		return NULL;
	ledger[n_ledger].what = strdup(what);
	return ledger[n_ledger].what != NULL ? &ledger[n_ledger++] : NULL;
}

void
ledger_count(const char *what)
{
	struct entry *entry;

	pthread_mutex_lock(&ledger_lock);
	entry = entry_of(what, true);
	if (entry != NULL)
		entry->count++;
	pthread_mutex_unlock(&ledger_lock);
}

uint64_t
ledger_read(const char *what)
{
	const struct entry *entry;
	uint64_t count;

	pthread_mutex_lock(&ledger_lock);
	entry = entry_of(what, false);
	count = entry != NULL ? entry->count : 0;
	pthread_mutex_unlock(&ledger_lock);
	return count;
}

static int
by_name(const void *left, const void *right)
{
	return strcmp(((const struct entry *)left)->what, ((const struct entry *)right)->what);
}

void
ledger_json(struct text *text)
{
	pthread_mutex_lock(&ledger_lock);
	qsort(ledger, n_ledger, sizeof(ledger[0]), by_name);
	text_puts(text, "{");
	for (size_t i = 0; i < n_ledger; i++) {
		text_puts(text, i == 0 ? "" : ",");
		text_json(text, ledger[i].what);
		text_addf(text, ":%llu", (unsigned long long)ledger[i].count);
	}
	text_puts(text, "}");
	pthread_mutex_unlock(&ledger_lock);
}
