/*
 * The tenant itself, who asks, and delegated grants.
 */
#ifndef SANDBOX_GRAPH_TENANT_H
#define SANDBOX_GRAPH_TENANT_H

#include "graph_call.h"

void organization_list(struct graph *graph);
void me_get(struct graph *graph);

/* /oauth2PermissionGrants: kept, without an effect here: nobody signs in with a registration's scopes. */
void delegation_list(struct graph *graph);
void delegation_create(struct graph *graph);
void delegation_delete(struct graph *graph);

#endif
