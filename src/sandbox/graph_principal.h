/*
 * /servicePrincipals: what an application is in this tenant, and the services it is granted roles of.
 */
#ifndef SANDBOX_GRAPH_PRINCIPAL_H
#define SANDBOX_GRAPH_PRINCIPAL_H

#include "graph_call.h"
#include "graph_resource.h"

void principal_list(struct graph *graph);
void principal_create(struct graph *graph);
void principal_get(struct graph *graph);
void principal_update(struct graph *graph);
void principal_delete(struct graph *graph);

/* One of the two is set. */
struct principal {
	struct app            *app;
	const struct resource *resource;
};

/* By object id, as far as replicated; false, and nothing refused, when there is none. */
bool principal_of_id(struct graph *graph, const char *id, struct principal *ret_principal);

/* The one the second segment names, by id or as (appId='...'). False: refused. */
bool principal_named(struct graph *graph, struct principal *ret_principal);

void principal_id(const struct principal *principal, char id[GUID_SIZE]);
const char *principal_name(const struct principal *principal);

#endif
