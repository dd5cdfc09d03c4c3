/*
 * The table of Graph's operations: method, path, name, what the caller must hold, and who answers.
 */
#ifndef SANDBOX_GRAPH_ROUTE_H
#define SANDBOX_GRAPH_ROUTE_H

#include "graph_authorise.h"
#include "graph_call.h"

struct graph_route {
	const char     *method;
	const char     *path; /* segments between slashes; a star stands for any one */
	const char     *name; /* as the ledger and `fault --cmdlet` call it */
	enum graph_need need;
	void (*answer)(struct graph *graph);
};

/* Cuts the path of the request into the call's segments. False: too long, or not percent-encoded well. */
bool route_cut(struct graph *graph);

/* Finds the row; NULL: refused, with 405 when only the method is wrong. */
const struct graph_route *route_find(struct graph *graph);

#endif
