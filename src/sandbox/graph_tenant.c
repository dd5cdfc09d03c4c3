/*
 * The tenant itself. See graph_tenant.h.
 */
#include "graph_tenant.h"

#include <string.h>
#include <strings.h>

#include "graph_principal.h"
#include "graph_query.h"
#include "tenant.h"
#include "users.h"

void
organization_list(struct graph *graph)
{
	cJSON *list = cJSON_CreateArray(), *object = cJSON_CreateObject(), *domains, *domain;

	cJSON_AddItemToArray(list, object);
	cJSON_AddStringToObject(object, "id", the_tenant.id);
	cJSON_AddStringToObject(object, "displayName", the_tenant.display_name);
	cJSON_AddStringToObject(object, "tenantType", "AAD");
	cJSON_AddStringToObject(object, "createdDateTime", "2024-01-01T00:00:00Z");
	domains = cJSON_AddArrayToObject(object, "verifiedDomains");
	domain = cJSON_CreateObject();
	cJSON_AddItemToArray(domains, domain);
	cJSON_AddStringToObject(domain, "capabilities", "Email, OfficeCommunicationsOnline");
	cJSON_AddBoolToObject(domain, "isDefault", true);
	cJSON_AddBoolToObject(domain, "isInitial", true);
	cJSON_AddStringToObject(domain, "name", the_tenant.domain);
	cJSON_AddStringToObject(domain, "type", "Managed");
	query_answer_list(graph, "organization", list);
}

void
me_get(struct graph *graph)
{
	const struct user *user = user_of_id(graph->bearer.oid);
	cJSON *object;

	if (user == NULL) {
		graph_fail_missing(graph, graph->bearer.oid);
		return;
	}
	object = cJSON_CreateObject();
	cJSON_AddStringToObject(object, "id", graph->bearer.oid);
	cJSON_AddStringToObject(object, "displayName", user->display_name);
	cJSON_AddStringToObject(object, "userPrincipalName", graph->bearer.upn);
	query_answer_one(graph, "users/$entity", object);
}

static cJSON *
delegations_of(struct graph *graph)
{
	cJSON *list = cJSON_GetObjectItemCaseSensitive(graph->apps.more, "oauth2PermissionGrants");

	return list != NULL ? list
	                    : cJSON_AddArrayToObject(graph->apps.more, "oauth2PermissionGrants");
}

void
delegation_list(struct graph *graph)
{
	query_answer_list(graph, "oauth2PermissionGrants",
	                  cJSON_Duplicate(delegations_of(graph), true));
}

void
delegation_create(struct graph *graph)
{
	const char *client = graph_body_string(graph, "clientId");
	const char *resource = graph_body_string(graph, "resourceId");
	const char *type = graph_body_string(graph, "consentType");
	const char *scope = graph_body_string(graph, "scope");
	struct principal principal;
	cJSON *object;
	char id[GUID_SIZE];

	if (client == NULL || resource == NULL || scope == NULL || type == NULL ||
	    strcmp(type, "AllPrincipals") != 0) {
		graph_fail_bad(graph, "A grant needs clientId, resourceId, scope, and a consentType, "
		               "which must be AllPrincipals here.");
		return;
	}
	if (!principal_of_id(graph, client, &principal) || principal.app == NULL) {
		graph_fail_missing(graph, client);
		return;
	}
	if (!principal_of_id(graph, resource, &principal) || principal.resource == NULL) {
		graph_fail_missing(graph, resource);
		return;
	}
	object = cJSON_CreateObject();
	guid_derive(id, client, resource);
	cJSON_AddStringToObject(object, "clientId", client);
	cJSON_AddStringToObject(object, "consentType", type);
	cJSON_AddStringToObject(object, "id", id);
	cJSON_AddNullToObject(object, "principalId");
	cJSON_AddStringToObject(object, "resourceId", resource);
	cJSON_AddStringToObject(object, "scope", scope);
	cJSON_AddItemToArray(delegations_of(graph), cJSON_Duplicate(object, true));
	graph->changed = true;
	graph_context(object, "oauth2PermissionGrants/$entity");
	graph_answer(graph, 201, object);
}

void
delegation_delete(struct graph *graph)
{
	cJSON *list = delegations_of(graph);
	int n = cJSON_GetArraySize(list);

	for (int i = 0; i < n; i++) {
		const cJSON *id = cJSON_GetObjectItemCaseSensitive(cJSON_GetArrayItem(list, i), "id");

		if (strcasecmp(id->valuestring, graph->segments[1]) != 0)
			continue;
		cJSON_DeleteItemFromArray(list, i);
		graph->changed = true;
		graph_answer_nothing(graph);
		return;
	}
	graph_fail_missing(graph, graph->segments[1]);
}
