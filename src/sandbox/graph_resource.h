/*
 * The services of the tenant that applications are granted roles of: Exchange, Graph, Key Vault.
 *
 * Their application ids are the same everywhere; the object ids of their service principals are this
 * tenant's own. Role ids that no document names are made up here, another for every sandbox, so that
 * nobody can know them beforehand.
 */
#ifndef SANDBOX_GRAPH_RESOURCE_H
#define SANDBOX_GRAPH_RESOURCE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "encoding.h"

struct resource_role {
	const char *id; /* NULL: this sandbox's own */
	const char *value;
	const char *about;
};

struct resource {
	const char                 *app_id;
	const char                 *name;
	const struct resource_role *roles, *scopes;
	size_t                      n_roles, n_scopes;
};

extern const struct resource resources[];
extern const size_t          resources_count;

void resource_id(const struct resource *resource, char id[GUID_SIZE]);
void resource_role_id(const struct resource_role *role, char id[GUID_SIZE]);

/* By the object id of its principal, or by its application id; NULL. */
const struct resource *resource_of_id(const char *id);
const struct resource *resource_of_app_id(const char *app_id);

/* The role of that id; NULL. */
const struct resource_role *resource_role_of_id(const struct resource *resource, const char *id);

/* The role an application holds, by its value, and whose it is. False: no service has such a role. */
bool resource_role_find(const char *value, const struct resource **ret_resource,
                        const struct resource_role **ret_role);

/* Arrays as a service principal shows them. */
cJSON *resource_roles_render(const struct resource *resource);
cJSON *resource_scopes_render(const struct resource *resource);

#endif
