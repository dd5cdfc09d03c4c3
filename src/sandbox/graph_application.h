/*
 * /applications: registrations, and who owns them.
 */
#ifndef SANDBOX_GRAPH_APPLICATION_H
#define SANDBOX_GRAPH_APPLICATION_H

#include "graph_call.h"

void application_list(struct graph *graph);
void application_create(struct graph *graph);
void application_get(struct graph *graph);
void application_update(struct graph *graph);
void application_delete(struct graph *graph);

void owner_list(struct graph *graph);
void owner_add(struct graph *graph);
void owner_remove(struct graph *graph);

/*
 * The application that the second segment names, by object id or as (appId='...'), as far as it has
 * been replicated. NULL: refused.
 */
struct app *application_named(struct graph *graph);

#endif
