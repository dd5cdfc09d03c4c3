/*
 * A host whose clock stands still until it is told to move, that gives up when told to, and that keeps its log.
 */
#ifndef SUPPORT_FAKE_HOST_H
#define SUPPORT_FAKE_HOST_H

#include "base/buf.h"
#include "base/context.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct fake_host {
	_Atomic int64_t now;      /* seconds since 1970; starts at FAKE_NOW */
	atomic_bool     gave_up;
	pthread_mutex_t lock;
	buf             log;      /* "oauth.grant scope=... status=200\n" for each event */
	exs_context    *context;
} fake_host;

#define FAKE_NOW      1795300200 /* Sat, 21 Nov 2026 22:30:00 GMT */
#define FAKE_NOW_DATE "Sat, 21 Nov 2026 22:30:00 GMT"

/* Fails the program when there is no memory. */
fake_host *fake_host_new(void);
void fake_host_free(fake_host *host);

/* How often the text stands in the log. */
size_t fake_host_logged(fake_host *host, const char *text);

#endif
