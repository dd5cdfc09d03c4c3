/* Hooks that remember: the log, a clock that can be moved, a host that can give up. */
#include "base/moment.h"
#include "support/softhsm.h"

#include <pthread.h>
#include <stdio.h>

enum { EVENTS_MAX = 4096 };

typedef struct event {
	char name[64];
	char text[700];
} event;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static event           events[EVENTS_MAX];
static size_t          n_events;
static _Atomic int64_t shift_ms;
static atomic_bool     gave_up;

static void
log_event(void *self, exs_log_level level, const char *area, const char *name,
          const exs_field *fields, size_t n)
{
	size_t used = 0;
	event *e;

	(void)self;
	pthread_mutex_lock(&lock);
	e = &events[n_events++ % EVENTS_MAX];
	snprintf(e->name, sizeof e->name, "%s", name);
	used = (size_t)snprintf(e->text, sizeof e->text, "%d %s", (int)level, area);
	for (size_t i = 0; i < n && used < sizeof e->text; i++) {
		if (fields[i].text != NULL)
			used += (size_t)snprintf(e->text + used, sizeof e->text - used, " %s=%s",
			                         fields[i].name, fields[i].text);
		else
			used += (size_t)snprintf(e->text + used, sizeof e->text - used, " %s=%lld",
			                         fields[i].name, (long long)fields[i].number);
	}
	pthread_mutex_unlock(&lock);
}

static int64_t
read_clock(void *self)
{
	(void)self;
	return moment_now_ms() + atomic_load(&shift_ms);
}

static bool
is_cancelled(void *self)
{
	(void)self;
	return atomic_load(&gave_up);
}

exs_context *
test_context(void)
{
	static exs_context *context;
	const exs_hooks hooks = {
		.size = sizeof hooks, .log = log_event, .clock = read_clock, .cancelled = is_cancelled};

	if (context == NULL && exs_context_new(&hooks, &context, NULL) != EXS_OK)
		fail_msg("no context");
	return context;
}

unsigned
test_log_count(const char *name)
{
	unsigned count = 0;

	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < n_events && i < EVENTS_MAX; i++)
		count += strcmp(events[i].name, name) == 0;
	pthread_mutex_unlock(&lock);
	return count;
}

const char *
test_log_last(const char *name)
{
	const char *last = "";

	pthread_mutex_lock(&lock);
	for (size_t i = 0; i < n_events && i < EVENTS_MAX; i++)
		if (strcmp(events[i].name, name) == 0)
			last = events[i].text;
	pthread_mutex_unlock(&lock);
	return last;
}

void
test_log_clear(void)
{
	pthread_mutex_lock(&lock);
	n_events = 0;
	pthread_mutex_unlock(&lock);
}

void
test_clock_shift(int64_t ms)
{
	atomic_store(&shift_ms, ms);
}

void
test_cancel(bool cancelled)
{
	atomic_store(&gave_up, cancelled);
}
