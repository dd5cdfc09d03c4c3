/*
 * Service principals (what an application is in one tenant), the permissions they offer and hold, and their directory roles
 * (entra-graph.md 3.2 to 3.4).
 */
#ifndef GRAPH_PRINCIPAL_H
#define GRAPH_PRINCIPAL_H

#include "graph/graph.h"

typedef struct principal {
	char object_id[GRAPH_ID_MAX], app_id[GRAPH_ID_MAX];
	buf  text; /* the object as the directory wrote it */
} principal;

void principal_done(principal *p);

/* *ret must be zero. */
EXS_MUST_USE exs_status principal_by_app_id(graph *g, const char *app_id, principal *ret,
                                            bool *ret_found, exs_error *error);
/* For an application that may be fresh. */
EXS_MUST_USE exs_status principal_create(graph *g, const char *app_id, principal *ret,
                                         exs_error *error);

/* The id of the application permission that a resource offers under this name; false when it offers none. */
bool principal_role_id(const principal *resource, const char *value, char ret[GRAPH_ID_MAX]);
/* The name of a permission, "" when it is not among them. */
void principal_role_name(const principal *resource, const char *role_id, buf *to);

/* A permission that was granted to a principal. */
typedef struct grant_row {
	char id[GRAPH_ID_MAX], role_id[GRAPH_ID_MAX], resource_id[GRAPH_ID_MAX];
} grant_row;
typedef exs_status (*grant_visit)(void *self, const grant_row *row, exs_error *error);
EXS_MUST_USE exs_status grants_of(graph *g, const char *principal_id, grant_visit visit, void *self,
                                  exs_error *error);
EXS_MUST_USE exs_status grants_have(graph *g, const char *principal_id, const char *resource_id,
                                    const char *role_id, bool *ret, exs_error *error);
EXS_MUST_USE exs_status grant_create(graph *g, const char *principal_id, const char *resource_id,
                                     const char *role_id, exs_error *error);

/* The directory roles that make sense for an app, least first. */
typedef struct directory_role {
	const char *template_id, *name;
	const char *can;  /* what Exchange lets it do */
	bool        compliance; /* Security & Compliance knows it too */
	bool        broad;      /* more than Exchange: an app should hardly ever have it */
} directory_role;
const directory_role *directory_roles(size_t *ret_n);
/* By name (case and blanks count nothing) or template id; NULL: none of ours. */
const directory_role *directory_role_find(const char *name);

EXS_MUST_USE exs_status roles_have(graph *g, const char *principal_id, const char *template_id,
                                   bool *ret, exs_error *error);
typedef exs_status (*role_visit)(void *self, const char *template_id, exs_error *error);
EXS_MUST_USE exs_status roles_of(graph *g, const char *principal_id, role_visit visit, void *self,
                                 exs_error *error);
EXS_MUST_USE exs_status role_assign(graph *g, const char *principal_id, const char *template_id,
                                    exs_error *error);

#endif
