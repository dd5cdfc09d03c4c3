/* Bearers kept until shortly before they expire, by scope. */
#include "oauth/cache.h"

#include "base/error.h"
#include "oauth/access.h"
#include "oauth/bearer.h"

#include <pthread.h>
#include <time.h>

enum { WAIT_SLICE_MS = 100, LAST_USE_S = 30 };

typedef struct entry {
	char         *scope;
	exs_bearer   *bearer;        /* NULL: none yet */
	bool          fetching;
	unsigned long fetches;       /* how many ended, well or not */
	exs_status    last;          /* how the last one ended */
	exs_error    *last_error;
	int64_t       no_refresh_before;
} entry;

struct cache {
	const exs_context *context;
	cache_source       source;
	pthread_mutex_t    lock;
	pthread_cond_t     ended; /* some fetch has */
	entry              entries[CACHE_SCOPES_MAX];
	size_t             n_entries;
};

exs_status
cache_new(const exs_context *context, cache_source source, cache **ret, exs_error *error)
{
	cache             *c = mem_new(1, sizeof *c);
	pthread_condattr_t steady;

	if (c == NULL)
		return mem_fail(error);
	c->context = context;
	c->source = source;
	pthread_mutex_init(&c->lock, NULL);
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&c->ended, &steady);
	pthread_condattr_destroy(&steady);
	*ret = c;
	return EXS_OK;
}

void
cache_free(cache *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n_entries; i++) {
		mem_free(c->entries[i].scope);
		exs_bearer_free(c->entries[i].bearer);
		exs_error_free(c->entries[i].last_error);
	}
	pthread_cond_destroy(&c->ended);
	pthread_mutex_destroy(&c->lock);
	mem_free(c);
}

/* The scope's entry, made when missing; NULL when there is no room or no memory for one more. */
static entry *
entry_of(cache *c, const char *scope)
{
	entry *e;

	for (size_t i = 0; i < c->n_entries; i++)
		if (strcmp(c->entries[i].scope, scope) == 0)
			return &c->entries[i];
	if (c->n_entries == CACHE_SCOPES_MAX)
		return NULL;
	e = &c->entries[c->n_entries];
	*e = (entry){.scope = mem_text(scope, strlen(scope)), .last_error = exs_error_new()};
	if (e->scope == NULL || e->last_error == NULL) {
		mem_free(e->scope);
		exs_error_free(e->last_error);
		return NULL;
	}
	c->n_entries++;
	return e;
}

static bool
is_fresh(const exs_bearer *bearer, int64_t now)
{
	int64_t life = exs_bearer_expires(bearer) - exs_bearer_issued(bearer);
	int64_t margin = life / 10 < CACHE_MARGIN_S ? life / 10 : CACHE_MARGIN_S;

	return exs_bearer_expires(bearer) - now > margin;
}

/* A challenge is answered by any bearer that is newer than the one it was about. */
static bool
is_wanted(const entry *e, const cache_wish *wish)
{
	if (e->bearer == NULL || wish->past)
		return false;
	return wish->challenge == NULL || wish->refused != NULL; /* it is not the refused one: evict() */
}

static bool
is_due(const entry *e, int64_t now)
{
	return bearer_refresh_at(e->bearer) > 0 && now >= bearer_refresh_at(e->bearer) &&
	       now >= e->no_refresh_before && !e->fetching;
}

/* Leaves the lock while it fetches. Afterwards the entry holds the new bearer, or the old one and the failure. */
static exs_status
fetch_into(cache *c, entry *e, const cache_wish *wish)
{
	exs_bearer               *brought = NULL;
	EXS_SCOPED(error_scratch) failure = exs_error_new();
	exs_status                status;

	e->fetching = true;
	pthread_mutex_unlock(&c->lock);
	status = c->source.fetch(c->source.self, wish->scope, wish->challenge, &brought, failure);
	pthread_mutex_lock(&c->lock);
	e->fetching = false;
	e->fetches++;
	e->last = status;
	exs_error_clear(e->last_error);
	error_copy(e->last_error, failure);
	if (status == EXS_OK) {
		exs_bearer_free(e->bearer);
		e->bearer = brought;
	}
	pthread_cond_broadcast(&c->ended);
	return status;
}

/* What a service refused is handed to nobody else. */
static void
evict(entry *e, const exs_bearer *refused)
{
	if (refused == NULL || e->bearer == NULL ||
	    !secret_same(bearer_secret(e->bearer), bearer_secret(refused)))
		return;
	exs_bearer_free(e->bearer);
	e->bearer = NULL;
}

/* Asked for by the directory, not needed yet: when it fails, the kept bearer goes on. */
static void
refresh_early(cache *c, entry *e, const cache_wish *wish)
{
	if (fetch_into(c, e, wish) == EXS_OK)
		return;
	e->no_refresh_before = context_now(c->context) + CACHE_REFRESH_REST_S;
	LOG(c->context, EXS_LOG_WARNING, "oauth", "early refresh failed", LOG_TEXT("scope", e->scope),
	    LOG_TEXT("code", exs_error_code(e->last_error)));
}

static exs_status
report_last(const entry *e, exs_error *error)
{
	error_copy(error, e->last_error);
	return e->last;
}

/* The network is away, but what is kept is good for some seconds more. */
static bool
tides_over(const cache *c, const entry *e, const cache_wish *wish)
{
	return (e->last == EXS_NETWORK || e->last == EXS_THROTTLED) && is_wanted(e, wish) &&
	       exs_bearer_expires(e->bearer) - context_now(c->context) > LAST_USE_S;
}

/* Waits for somebody else's fetch; its failure is ours too. */
static exs_status
wait_for(cache *c, const entry *e, exs_error *error)
{
	unsigned long before = e->fetches;

	while (e->fetching && e->fetches == before) {
		struct timespec until;

		EXS_TRY(context_check(c->context, error));
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += WAIT_SLICE_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		pthread_cond_timedwait(&c->ended, &c->lock, &until);
	}
	return e->last == EXS_OK ? EXS_OK : report_last(e, error);
}

static exs_status
bearer_locked(cache *c, entry *e, const cache_wish *wish, exs_bearer **ret, exs_error *error)
{
	bool brought = false;

	evict(e, wish->refused);
	for (;;) {
		int64_t now = context_now(c->context);

		if (brought || (is_wanted(e, wish) && is_fresh(e->bearer, now))) {
			if (!brought && is_due(e, now))
				refresh_early(c, e, wish);
			if (e->bearer == NULL) /* refused meanwhile, by somebody else's service */
				continue;
			*ret = bearer_share(e->bearer);
			return EXS_OK;
		}
		if (e->fetching) {
			exs_status status = wait_for(c, e, error);

			if (status != EXS_OK && !tides_over(c, e, wish))
				return status;
			brought = status != EXS_OK;
			continue;
		}
		brought = fetch_into(c, e, wish) == EXS_OK || tides_over(c, e, wish);
		if (!brought)
			return report_last(e, error);
	}
}

exs_status
cache_bearer(cache *c, const cache_wish *wish, exs_bearer **ret, exs_error *error)
{
	exs_status status = EXS_OK;
	entry     *e;

	pthread_mutex_lock(&c->lock);
	e = entry_of(c, wish->scope);
	if (e != NULL)
		status = bearer_locked(c, e, wish, ret, error);
	pthread_mutex_unlock(&c->lock);
	if (e == NULL)
		return c->source.fetch(c->source.self, wish->scope, wish->challenge, ret, error);
	return status;
}
