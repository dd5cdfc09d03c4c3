/*
 * Eventual consistency on request: what was made a moment ago is not seen yet.
 *
 * The faults graph-late, graph-late-key and graph-late-grant hand out looks that fail. They are counted in the server's
 * memory: after a restart everything has been replicated.
 */
#ifndef SANDBOX_GRAPH_DELAY_H
#define SANDBOX_GRAPH_DELAY_H

#include <stdbool.h>

#include "apps.h"

/* An object was made: asks graph-late how many looks at it are to fail. */
void delay_object_made(const char *object_id);

/* Is this look at the object one of those? Counts it. */
bool delay_object_is_late(const char *object_id);

/* The same for a key and the token endpoint (graph-late-key). */
void delay_key_added(const struct app_certificate *certificate);
bool delay_key_is_late(const struct app_certificate *certificate);

/* The same for a role that a principal was given, and its tokens (graph-late-grant). */
void delay_grant_made(const char *principal, const char *role);
bool delay_grant_is_late(const char *principal, const char *role);

#endif
