/* A well of bearers: what a cache draws from in tests. */
#include "support/fake_well.h"

#include "oauth/bearer.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void
fake_well_nap(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static exs_status
draw(void *self, const char *scope, const char *challenge, exs_bearer **ret, exs_error *error)
{
	fake_well *w = self;
	int        nth = atomic_fetch_add(&w->calls, 1) + 1;
	int64_t    now = atomic_load(&w->host->now);
	long       refresh = atomic_load(&w->refresh_in);
	char       token[32];

	if (challenge != NULL)
		snprintf(w->challenge, sizeof w->challenge, "%s", challenge);
	while (atomic_load(&w->held))
		fake_well_nap();
	if (atomic_load(&w->failure) != E_NONE)
		return exs_fail(error, atomic_load(&w->failure), "the well is dry");
	snprintf(token, sizeof token, "bearer-%d", nth);
	return bearer_new(scope, span_of(token), now, refresh > 0 ? now + refresh : 0,
	                  now + atomic_load(&w->lifetime), ret, error);
}

fake_well *
fake_well_new(void)
{
	fake_well *w = calloc(1, sizeof *w);

	if (w == NULL)
		abort();
	w->host = fake_host_new();
	atomic_store(&w->lifetime, 3600);
	if (cache_new(w->host->context, (cache_source){w, draw}, &w->cache, NULL) != EXS_OK)
		abort();
	return w;
}

void
fake_well_free(fake_well *w)
{
	cache_free(w->cache);
	fake_host_free(w->host);
	free(w);
}
