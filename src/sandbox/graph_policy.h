/*
 * What the tenant demands of credentials: the default policy of applications, and policies of single
 * ones. Only asymmetricKeyLifetime has an effect here.
 */
#ifndef SANDBOX_GRAPH_POLICY_H
#define SANDBOX_GRAPH_POLICY_H

#include "graph_call.h"

/* Are the restrictions of a body ones that can be read? False: refused. */
bool policy_check_restrictions(struct graph *graph, const cJSON *restrictions);

/* May the application have a credential with these days? False: refused. */
bool policy_allows_key(struct graph *graph, const struct app *app, time_t from, time_t until);

#endif
