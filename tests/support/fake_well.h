/*
 * A well of bearers: what a cache draws from in tests. It counts, and fails or waits when told to.
 */
#ifndef SUPPORT_FAKE_WELL_H
#define SUPPORT_FAKE_WELL_H

#include "base/error.h"
#include "oauth/cache.h"
#include "support/fake_host.h"

typedef struct fake_well {
	fake_host  *host;
	cache      *cache;   /* over this well */
	atomic_int  calls;   /* the nth brings "bearer-n" */
	atomic_bool held;    /* nobody gets away while it is */
	_Atomic error_id failure;
	atomic_long lifetime, refresh_in; /* seconds; 3600 and 0 */
	char        challenge[64];        /* the last one that was brought along */
} fake_well;

fake_well *fake_well_new(void);
void fake_well_free(fake_well *w);

/* A millisecond. */
void fake_well_nap(void);

#endif
