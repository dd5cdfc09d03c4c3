/*
 * Bearers kept until shortly before they expire, by scope.
 *
 * One thread fetches while the others wait for what it brings, be it a bearer or the reason why there is none: a thousand
 * callers cost one signature, and one wrong PIN is not tried a thousand times.
 */
#ifndef OAUTH_CACHE_H
#define OAUTH_CACHE_H

#include "base/context.h"

#include <exosign/credential.h>

enum {
	CACHE_SCOPES_MAX = 64,   /* a bearer for one more is fetched and not kept */
	CACHE_MARGIN_S = 300,    /* with less left a bearer counts as expired; a tenth of a short life */
	CACHE_REFRESH_REST_S = 60, /* after an early refresh failed, the next is not before */
};

typedef struct cache cache;

/* What brings a bearer when there is none; called from the thread that asks, without locks held. */
typedef struct cache_source {
	void *self;
	exs_status (*fetch)(void *self, const char *scope, const char *challenge, exs_bearer **ret,
	                    exs_error *error);
} cache_source;

typedef struct cache_wish {
	const char       *scope;
	bool              past;      /* not the kept one, whatever it is */
	const exs_bearer *refused;   /* the service did not take this one; NULL: none */
	const char       *challenge; /* JSON the new one must answer; NULL: none */
} cache_wish;

EXS_MUST_USE exs_status cache_new(const exs_context *context, cache_source source, cache **ret,
                                  exs_error *error);
void cache_free(cache *c);
EXS_DEFINE_AUTO(cache)

EXS_MUST_USE exs_status cache_bearer(cache *c, const cache_wish *wish, exs_bearer **ret,
                                     exs_error *error);

#endif
