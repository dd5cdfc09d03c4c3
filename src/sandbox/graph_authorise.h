/*
 * Who may do what in Graph: an application by the roles in its token; a person by the scopes of the
 * program and the person's own directory roles, both.
 */
#ifndef SANDBOX_GRAPH_AUTHORISE_H
#define SANDBOX_GRAPH_AUTHORISE_H

#include "graph_call.h"

enum graph_need {
	NEED_NOTHING,     /* a good token */
	NEED_PERSON,      /* a person's token */
	NEED_APP_READ,
	NEED_APP_WRITE,   /* ... of an application that owns what it touches: authorise_object */
	NEED_GRANT_READ,
	NEED_GRANT_WRITE, /* for Graph's own roles: authorise_grant */
	NEED_ROLE_READ,
	NEED_ROLE_WRITE,
	NEED_POLICY_READ,
	NEED_POLICY_WRITE,
	NEED_ORGANIZATION,
};

/* Verifies the bearer and its audience. False: refused with 401. */
bool authorise_caller(struct graph *graph);

/* Holds the route's need against the caller. False: refused with 403. */
bool authorise_route(struct graph *graph, enum graph_need need);

/* May the caller change this application? Application.ReadWrite.OwnedBy means the owned ones. */
bool authorise_object(struct graph *graph, const struct app *app);

/* May the caller grant roles of this resource? Graph's own are for two roles of people only. */
bool authorise_grant(struct graph *graph, const char *resource_app_id);

/* Is the caller an application that may act on what it owns and nothing more? */
bool authorise_is_owner_only(const struct graph *graph);

#endif
