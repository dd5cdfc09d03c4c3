/*
 * /servicePrincipals. See graph_principal.h.
 */
#include "graph_principal.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "graph_authorise.h"
#include "graph_delay.h"
#include "graph_query.h"
#include "tenant.h"

static cJSON *
render(const struct principal *principal)
{
	const struct resource *resource = principal->resource;
	const char *app_id = resource != NULL ? resource->app_id : principal->app->id;
	const char *name = principal_name(principal);
	cJSON *object = cJSON_CreateObject(), *names;
	char id[GUID_SIZE];

	principal_id(principal, id);
	cJSON_AddStringToObject(object, "id", id);
	cJSON_AddNullToObject(object, "deletedDateTime");
	cJSON_AddBoolToObject(object, "accountEnabled", resource != NULL || principal->app->enabled);
	cJSON_AddStringToObject(object, "appDisplayName", name);
	cJSON_AddStringToObject(object, "appId", app_id);
	/* Microsoft's own tenant, for its services. */
	cJSON_AddStringToObject(object, "appOwnerOrganizationId",
	                        resource != NULL ? "f8cdef31-a31e-4b4a-93e4-5f571e91255a"
	                                         : the_tenant.id);
	cJSON_AddBoolToObject(object, "appRoleAssignmentRequired", false);
	cJSON_AddStringToObject(object, "displayName", name);
	cJSON_AddStringToObject(object, "servicePrincipalType", "Application");
	names = cJSON_AddArrayToObject(object, "servicePrincipalNames");
	cJSON_AddItemToArray(names, cJSON_CreateString(app_id));
	cJSON_AddArrayToObject(object, "tags");
	cJSON_AddArrayToObject(object, "keyCredentials");
	cJSON_AddArrayToObject(object, "passwordCredentials");
	cJSON_AddItemToObject(object, "appRoles", resource != NULL ? resource_roles_render(resource)
	                                                           : cJSON_CreateArray());
	cJSON_AddItemToObject(object, "oauth2PermissionScopes",
	                      resource != NULL ? resource_scopes_render(resource)
	                                       : cJSON_CreateArray());
	return object;
}

void
principal_id(const struct principal *principal, char id[GUID_SIZE])
{
	if (principal->resource != NULL)
		resource_id(principal->resource, id);
	else
		memcpy(id, principal->app->object_id, GUID_SIZE);
}

const char *
principal_name(const struct principal *principal)
{
	return principal->resource != NULL ? principal->resource->name : principal->app->name;
}

static bool
find(struct graph *graph, const char *id, bool by_app_id, struct principal *ret_principal)
{
	*ret_principal = (struct principal){
		.resource = by_app_id ? resource_of_app_id(id) : resource_of_id(id),
	};
	if (ret_principal->resource != NULL)
		return true;
	for (size_t i = 0; i < graph->apps.n; i++) {
		struct app *app = &graph->apps.list[i];

		if (app->object_id[0] == '\0' ||
		    strcasecmp(by_app_id ? app->id : app->object_id, id) != 0)
			continue;
		ret_principal->app = app;
		return !delay_object_is_late(app->object_id);
	}
	return false;
}

bool
principal_of_id(struct graph *graph, const char *id, struct principal *ret_principal)
{
	return find(graph, id, false, ret_principal);
}

bool
principal_named(struct graph *graph, struct principal *ret_principal)
{
	const char *segment = graph->segments[1];
	char app_id[GUID_SIZE];
	bool by_app_id = graph_key_app_id(segment, app_id);

	if (!by_app_id && !guid_is(segment))
		return graph_fail_bad(graph, "Invalid object identifier '%s'.", segment);
	return find(graph, by_app_id ? app_id : segment, by_app_id, ret_principal) ||
	       graph_fail_missing(graph, by_app_id ? app_id : segment);
}

void
principal_list(struct graph *graph)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < resources_count; i++)
		cJSON_AddItemToArray(list, render(&(struct principal){ .resource = &resources[i] }));
	for (size_t i = 0; i < graph->apps.n; i++) {
		struct app *app = &graph->apps.list[i];

		if (app->object_id[0] != '\0' && !delay_object_is_late(app->object_id))
			cJSON_AddItemToArray(list, render(&(struct principal){ .app = app }));
	}
	query_answer_list(graph, "servicePrincipals", list);
}

void
principal_get(struct graph *graph)
{
	struct principal principal;

	if (principal_named(graph, &principal))
		query_answer_one(graph, "servicePrincipals/$entity", render(&principal));
}

/* The registration, when it has come here; the error names what a fresh one is refused with. */
static struct app *
backing_application(struct graph *graph, const char *app_id)
{
	struct app *app = apps_find(&graph->apps, app_id);

	if (app != NULL && !delay_object_is_late(app->application_id))
		return app;
	graph_fail_detailed(graph, "NoBackingApplicationObject",
	                    "The appId '%s' of the service principal does not reference a valid "
	                    "application object.", app_id);
	return NULL;
}

void
principal_create(struct graph *graph)
{
	const char *app_id = graph_body_string(graph, "appId");
	struct principal principal = { NULL, NULL };
	cJSON *made;

	if (app_id == NULL || !guid_is(app_id)) {
		graph_fail_bad(graph, "Property appId is required for the resource "
		               "'ServicePrincipal' but is missing or no GUID.");
		return;
	}
	principal.resource = resource_of_app_id(app_id);
	if (principal.resource == NULL)
		principal.app = backing_application(graph, app_id);
	if (graph->failed || (principal.app != NULL && !authorise_object(graph, principal.app)))
		return;
	if (principal.resource != NULL || principal.app->object_id[0] != '\0') {
		graph_fail(graph, 409, "Request_MultipleObjectsWithSameKeyValue",
		           "The service principal cannot be created, updated, or restored because the "
		           "service principal name %s is already in use.", app_id);
		return;
	}
	guid_make(principal.app->object_id);
	graph->changed = true;
	delay_object_made(principal.app->object_id);
	made = render(&principal);
	graph_context(made, "servicePrincipals/$entity");
	graph_answer(graph, 201, made);
}

void
principal_update(struct graph *graph)
{
	struct principal principal;
	const cJSON *item;

	if (!principal_named(graph, &principal))
		return;
	if (principal.app == NULL) {
		graph_fail_denied(graph);
		return;
	}
	if (!authorise_object(graph, principal.app))
		return;
	cJSON_ArrayForEach(item, graph->body)
	{
		if (strcmp(item->string, "accountEnabled") == 0 && cJSON_IsBool(item)) {
			principal.app->enabled = cJSON_IsTrue(item);
		} else if (strcmp(item->string, "tags") != 0 && strcmp(item->string, "notes") != 0 &&
		           strcmp(item->string, "appRoleAssignmentRequired") != 0) {
			graph_fail_bad(graph, "Invalid property '%s'.", item->string);
			return;
		}
	}
	graph->changed = true;
	graph_answer_nothing(graph);
}

void
principal_delete(struct graph *graph)
{
	struct principal principal;

	if (!principal_named(graph, &principal))
		return;
	if (principal.app == NULL) {
		graph_fail_denied(graph);
		return;
	}
	if (!authorise_object(graph, principal.app))
		return;
	/* Its grants go with it. */
	principal.app->object_id[0] = '\0';
	principal.app->n_roles = principal.app->n_wids = 0;
	graph->changed = true;
	graph_answer_nothing(graph);
}
