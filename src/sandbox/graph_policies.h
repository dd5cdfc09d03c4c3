/*
 * /policies of applications, and which application has which.
 */
#ifndef SANDBOX_GRAPH_POLICIES_H
#define SANDBOX_GRAPH_POLICIES_H

#include "graph_call.h"

/* /policies/defaultAppManagementPolicy: the tenant's (tenantAppManagementPolicy) */
void default_policy_get(struct graph *graph);
void default_policy_update(struct graph *graph);

/* /policies/appManagementPolicies */
void policy_list(struct graph *graph);
void policy_create(struct graph *graph);
void policy_get(struct graph *graph);
void policy_update(struct graph *graph);
void policy_delete(struct graph *graph);

/* /applications/.../appManagementPolicies */
void app_policy_list(struct graph *graph);
void app_policy_add(struct graph *graph);
void app_policy_remove(struct graph *graph);

#endif
