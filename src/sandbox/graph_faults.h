/*
 * What can go wrong in Graph: the "graph" rows of fault_table.c. `--cmdlet NAME` keeps a fault to one
 * operation, by its name in graph_route.c.
 */
#ifndef SANDBOX_GRAPH_FAULTS_H
#define SANDBOX_GRAPH_FAULTS_H

#include "graph_call.h"

/* Before anything is looked at. True: the answer is made. May end the process. */
bool graph_faults_before(struct graph *graph);

/* After everything was done. May end the process: what was changed is on disk then. */
void graph_faults_after(struct graph *graph);

/* Is the change of a good answer to be forgotten? */
bool faults_forget(struct graph *graph);

#endif
