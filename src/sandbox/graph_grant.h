/*
 * Grants: the roles of services that an application holds, seen from either end.
 */
#ifndef SANDBOX_GRAPH_GRANT_H
#define SANDBOX_GRAPH_GRANT_H

#include "graph_call.h"

/* .../appRoleAssignments: the principal of the path holds them. */
void grant_list(struct graph *graph);
void grant_create(struct graph *graph);
void grant_delete(struct graph *graph);

/* .../appRoleAssignedTo: the principal of the path gives them. */
void grant_list_to(struct graph *graph);
void grant_create_to(struct graph *graph);
void grant_delete_to(struct graph *graph);

#endif
