/*
 * Graph's operations. See graph_route.h.
 *
 * "applications(appId='x')" is cut into "applications" and "(appId='x')", so that one row serves both
 * ways of naming an object.
 */
#include "graph_route.h"

#include <string.h>
#include <strings.h>

#include "graph_application.h"
#include "graph_grant.h"
#include "graph_policies.h"
#include "graph_principal.h"
#include "graph_role.h"
#include "graph_roll.h"
#include "graph_tenant.h"

#define APPLICATION "applications/*"
#define PRINCIPAL   "servicePrincipals/*"
#define DIRECTORY   "roleManagement/directory/"
#define POLICIES    "policies/appManagementPolicies"

static const struct graph_route routes[] = {
	{ "GET", "applications", "application.list", NEED_APP_READ, application_list },
	{ "POST", "applications", "application.create", NEED_APP_WRITE, application_create },
	{ "GET", APPLICATION, "application.get", NEED_APP_READ, application_get },
	{ "PATCH", APPLICATION, "application.update", NEED_APP_WRITE, application_update },
	{ "DELETE", APPLICATION, "application.delete", NEED_APP_WRITE, application_delete },
	{ "POST", APPLICATION "/addKey", "application.addKey", NEED_NOTHING, key_roll_add },
	{ "POST", APPLICATION "/removeKey", "application.removeKey", NEED_NOTHING,
	  key_roll_remove },
	{ "GET", APPLICATION "/owners", "application.owners", NEED_APP_READ, owner_list },
	{ "POST", APPLICATION "/owners/$ref", "application.addOwner", NEED_APP_WRITE, owner_add },
	{ "DELETE", APPLICATION "/owners/*/$ref", "application.removeOwner", NEED_APP_WRITE,
	  owner_remove },

	{ "GET", "servicePrincipals", "principal.list", NEED_APP_READ, principal_list },
	{ "POST", "servicePrincipals", "principal.create", NEED_APP_WRITE, principal_create },
	{ "GET", PRINCIPAL, "principal.get", NEED_APP_READ, principal_get },
	{ "PATCH", PRINCIPAL, "principal.update", NEED_APP_WRITE, principal_update },
	{ "DELETE", PRINCIPAL, "principal.delete", NEED_APP_WRITE, principal_delete },

	{ "GET", PRINCIPAL "/appRoleAssignments", "grant.list", NEED_GRANT_READ, grant_list },
	{ "POST", PRINCIPAL "/appRoleAssignments", "grant.create", NEED_GRANT_WRITE, grant_create },
	{ "DELETE", PRINCIPAL "/appRoleAssignments/*", "grant.delete", NEED_GRANT_WRITE,
	  grant_delete },
	{ "GET", PRINCIPAL "/appRoleAssignedTo", "grant.listTo", NEED_GRANT_READ, grant_list_to },
	{ "POST", PRINCIPAL "/appRoleAssignedTo", "grant.createTo", NEED_GRANT_WRITE,
	  grant_create_to },
	{ "DELETE", PRINCIPAL "/appRoleAssignedTo/*", "grant.deleteTo", NEED_GRANT_WRITE,
	  grant_delete_to },
	{ "GET", "oauth2PermissionGrants", "delegation.list", NEED_GRANT_READ, delegation_list },
	{ "POST", "oauth2PermissionGrants", "delegation.create", NEED_GRANT_WRITE,
	  delegation_create },
	{ "DELETE", "oauth2PermissionGrants/*", "delegation.delete", NEED_GRANT_WRITE,
	  delegation_delete },

	{ "GET", DIRECTORY "roleDefinitions", "definition.list", NEED_ROLE_READ, definition_list },
	{ "GET", DIRECTORY "roleDefinitions/*", "definition.get", NEED_ROLE_READ, definition_get },
	{ "GET", DIRECTORY "roleAssignments", "assignment.list", NEED_ROLE_READ, assignment_list },
	{ "POST", DIRECTORY "roleAssignments", "assignment.create", NEED_ROLE_WRITE,
	  assignment_create },
	{ "GET", DIRECTORY "roleAssignments/*", "assignment.get", NEED_ROLE_READ, assignment_get },
	{ "DELETE", DIRECTORY "roleAssignments/*", "assignment.delete", NEED_ROLE_WRITE,
	  assignment_delete },

	{ "GET", "policies/defaultAppManagementPolicy", "defaultPolicy.get", NEED_POLICY_READ,
	  default_policy_get },
	{ "PATCH", "policies/defaultAppManagementPolicy", "defaultPolicy.update", NEED_POLICY_WRITE,
	  default_policy_update },
	{ "GET", POLICIES, "policy.list", NEED_POLICY_READ, policy_list },
	{ "POST", POLICIES, "policy.create", NEED_POLICY_WRITE, policy_create },
	{ "GET", POLICIES "/*", "policy.get", NEED_POLICY_READ, policy_get },
	{ "PATCH", POLICIES "/*", "policy.update", NEED_POLICY_WRITE, policy_update },
	{ "DELETE", POLICIES "/*", "policy.delete", NEED_POLICY_WRITE, policy_delete },
	{ "GET", APPLICATION "/appManagementPolicies", "application.policies", NEED_POLICY_READ,
	  app_policy_list },
	{ "POST", APPLICATION "/appManagementPolicies/$ref", "application.addPolicy",
	  NEED_POLICY_WRITE, app_policy_add },
	{ "DELETE", APPLICATION "/appManagementPolicies/*/$ref", "application.removePolicy",
	  NEED_POLICY_WRITE, app_policy_remove },

	{ "GET", "organization", "organization.list", NEED_ORGANIZATION, organization_list },
	{ "GET", "me", "me.get", NEED_PERSON, me_get },
};

static int
hex_digit(char c)
{
	const char *digits = "0123456789abcdefABCDEF", *at = c != '\0' ? strchr(digits, c) : NULL;

	if (at == NULL)
		return -1;
	return (int)(at - digits) < 16 ? (int)(at - digits) : (int)(at - digits) - 6;
}

static bool
decode(const char *from, size_t len, char *to)
{
	size_t used = 0;

	for (size_t i = 0; i < len; i++) {
		char c = from[i];

		if (c == '%') {
			if (i + 2 >= len || hex_digit(from[i + 1]) < 0 || hex_digit(from[i + 2]) < 0)
				return false;
			c = (char)(hex_digit(from[i + 1]) * 16 + hex_digit(from[i + 2]));
			i += 2;
		}
		if (c == '\0' || used + 1 == GRAPH_SEGMENT_SIZE)
			return false;
		to[used++] = c;
	}
	to[used] = '\0';
	return true;
}

static bool
add_segment(struct graph *graph, const char *at, size_t len)
{
	return graph->n_segments < GRAPH_SEGMENTS &&
	       decode(at, len, graph->segments[graph->n_segments++]);
}

bool
route_cut(struct graph *graph)
{
	for (const char *at = graph->request->path + strlen("/v1.0"); *at == '/';) {
		size_t len = strcspn(at + 1, "/");
		size_t name = strcspn(at + 1, "/(");

		if (!add_segment(graph, at + 1, name > 0 ? name : len) ||
		    (name > 0 && name < len && !add_segment(graph, at + 1 + name, len - name)))
			return false;
		at += 1 + len;
	}
	return true;
}

static bool
path_fits(const struct graph *graph, const char *path)
{
	for (size_t i = 0; i < graph->n_segments; i++) {
		size_t len = strcspn(path, "/");

		if (len == 0 || (!(len == 1 && *path == '*') &&
		                 (strlen(graph->segments[i]) != len ||
		                  strncasecmp(graph->segments[i], path, len) != 0)))
			return false;
		path += len;
		path += *path == '/' ? 1 : 0;
	}
	return *path == '\0';
}

const struct graph_route *
route_find(struct graph *graph)
{
	bool known = false;

	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		if (!path_fits(graph, routes[i].path))
			continue;
		known = true;
		if (strcmp(graph->request->method, routes[i].method) == 0)
			return &routes[i];
	}
	if (known)
		graph_fail(graph, 405, "Request_BadRequest",
		           "Specified HTTP method is not allowed for the request target.");
	else
		graph_fail(graph, 400, "BadRequest", "Resource not found for the segment '%s'.",
		           graph->n_segments != 0 ? graph->segments[graph->n_segments - 1] : "");
	return NULL;
}
