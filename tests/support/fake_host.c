/* A host whose clock stands still until it is told to move. */
#include "support/fake_host.h"

#include <stdlib.h>

static int64_t
tell_time(void *self)
{
	fake_host *host = self;

	return atomic_load(&host->now) * 1000;
}

static bool
has_given_up(void *self)
{
	fake_host *host = self;

	return atomic_load(&host->gave_up);
}

static void
keep(void *self, exs_log_level level, const char *area, const char *event, const exs_field *fields,
     size_t n_fields)
{
	fake_host *host = self;

	(void)level;
	pthread_mutex_lock(&host->lock);
	buf_addf(&host->log, "%s.%s", area, event);
	for (size_t i = 0; i < n_fields; i++) {
		if (fields[i].text != NULL)
			buf_addf(&host->log, " %s=%s", fields[i].name, fields[i].text);
		else
			buf_addf(&host->log, " %s=%lld", fields[i].name, (long long)fields[i].number);
	}
	buf_byte(&host->log, '\n');
	pthread_mutex_unlock(&host->lock);
}

fake_host *
fake_host_new(void)
{
	fake_host *host = calloc(1, sizeof *host);

	if (host == NULL)
		abort();
	pthread_mutex_init(&host->lock, NULL);
	host->log = BUF(16 * 1024 * 1024);
	atomic_store(&host->now, FAKE_NOW);
	if (exs_context_new(&(exs_hooks){sizeof(exs_hooks), host, keep, tell_time, has_given_up},
	                    &host->context, NULL) != EXS_OK)
		abort();
	return host;
}

void
fake_host_free(fake_host *host)
{
	exs_context_free(host->context);
	buf_done(&host->log);
	pthread_mutex_destroy(&host->lock);
	free(host);
}

size_t
fake_host_logged(fake_host *host, const char *text)
{
	size_t    n = 0;
	ptrdiff_t at;
	span      rest;

	pthread_mutex_lock(&host->lock);
	rest = buf_span(&host->log);
	while ((at = span_find(rest, text)) >= 0) {
		n++;
		rest = span_from(rest.at + at + 1, rest.len - (size_t)at - 1);
	}
	pthread_mutex_unlock(&host->lock);
	return n;
}
