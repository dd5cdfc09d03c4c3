/*
 * /roleManagement/directory: directory roles and who holds them.
 */
#ifndef SANDBOX_GRAPH_ROLE_H
#define SANDBOX_GRAPH_ROLE_H

#include "graph_call.h"

void definition_list(struct graph *graph);
void definition_get(struct graph *graph);

void assignment_list(struct graph *graph);
void assignment_create(struct graph *graph);
void assignment_get(struct graph *graph);
void assignment_delete(struct graph *graph);

#endif
