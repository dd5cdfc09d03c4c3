/*
 * Grants. See graph_grant.h.
 *
 * They are the roles of apps.json, and nothing beside: an assignment's id follows from who holds what.
 */
#include "graph_grant.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "graph_authorise.h"
#include "graph_delay.h"
#include "graph_principal.h"
#include "graph_query.h"

struct grant_row {
	struct app                 *app;
	const struct resource      *resource;
	const struct resource_role *role;
	size_t                      index; /* among the roles of the application */
	char                        id[GUID_SIZE + 16];
};

/* The grant at that index; false when no service has such a role. */
static bool
read_row(struct app *app, size_t index, struct grant_row *row)
{
	char role[GUID_SIZE], id[GUID_SIZE];
	struct text text = { 0 };

	*row = (struct grant_row){ .app = app, .index = index };
	if (app->object_id[0] == '\0' ||
	    !resource_role_find(app->roles[index], &row->resource, &row->role))
		return false;
	resource_role_id(row->role, role);
	guid_derive(id, app->object_id, role);
	base64url_add(&text, id, GUID_SIZE - 1);
	snprintf(row->id, sizeof(row->id), "%s", text.at);
	text_done(&text);
	return true;
}

static cJSON *
render(const struct grant_row *row)
{
	cJSON *object = cJSON_CreateObject();
	char role[GUID_SIZE], resource[GUID_SIZE];

	resource_role_id(row->role, role);
	resource_id(row->resource, resource);
	cJSON_AddStringToObject(object, "id", row->id);
	cJSON_AddNullToObject(object, "deletedDateTime");
	cJSON_AddStringToObject(object, "appRoleId", role);
	cJSON_AddStringToObject(object, "createdDateTime", "2024-01-01T00:00:00Z");
	cJSON_AddStringToObject(object, "principalDisplayName", row->app->name);
	cJSON_AddStringToObject(object, "principalId", row->app->object_id);
	cJSON_AddStringToObject(object, "principalType", "ServicePrincipal");
	cJSON_AddStringToObject(object, "resourceDisplayName", row->resource->name);
	cJSON_AddStringToObject(object, "resourceId", resource);
	return object;
}

/* Every grant that the principal of the path holds, or gives; visit returns false to stop. */
static void
each_row(struct graph *graph, const struct principal *from,
         bool (*visit)(struct grant_row *row, void *self), void *self)
{
	struct grant_row row;

	for (size_t i = 0; i < graph->apps.n; i++) {
		struct app *app = &graph->apps.list[i];

		if (from->app != NULL && from->app != app)
			continue;
		for (size_t j = 0; j < app->n_roles; j++) {
			if (read_row(app, j, &row) &&
			    (from->resource == NULL || from->resource == row.resource) &&
			    !visit(&row, self))
				return;
		}
	}
}

static bool
add_to_list(struct grant_row *row, void *self)
{
	cJSON_AddItemToArray(self, render(row));
	return true;
}

static void
list(struct graph *graph, bool holder)
{
	struct principal principal;
	cJSON *rows;

	if (!principal_named(graph, &principal))
		return;
	rows = cJSON_CreateArray();
	if (holder == (principal.app != NULL))
		each_row(graph, &principal, add_to_list, rows);
	query_answer_list(graph, "appRoleAssignments", rows);
}

/* Who gets what from whom, as the body says. */
static bool
read_body(struct graph *graph, struct principal *holder, struct principal *giver,
          const struct resource_role **ret_role)
{
	const char *principal = graph_body_string(graph, "principalId");
	const char *resource = graph_body_string(graph, "resourceId");
	const char *role = graph_body_string(graph, "appRoleId");

	if (principal == NULL || resource == NULL || role == NULL || !guid_is(principal) ||
	    !guid_is(resource) || !guid_is(role))
		return graph_fail_bad(graph, "An app role assignment needs the GUIDs principalId, "
		                      "resourceId and appRoleId.");
	if (!principal_of_id(graph, principal, holder) || holder->app == NULL)
		return graph_fail_missing(graph, principal);
	if (!principal_of_id(graph, resource, giver) || giver->resource == NULL)
		return graph_fail_missing(graph, resource);
	*ret_role = resource_role_of_id(giver->resource, role);
	if (*ret_role == NULL)
		return graph_fail_bad(graph, "Permission being assigned was not found on application "
		                      "'%s'.", giver->resource->app_id);
	return authorise_grant(graph, giver->resource->app_id);
}

static bool
check_free(struct graph *graph, const struct app *app, const char *role)
{
	for (size_t i = 0; i < app->n_roles; i++) {
		if (strcmp(app->roles[i], role) == 0)
			return graph_fail_bad(graph, "Permission being assigned already exists on the "
			                      "object");
	}
	return app->n_roles < APP_GRANTS_MAX ||
	       graph_fail(graph, 400, "Directory_QuotaExceeded", "Too many grants.");
}

static void
create(struct graph *graph, bool holder_in_path)
{
	struct principal named, holder, giver;
	const struct resource_role *role = NULL;
	struct grant_row row;
	char in_path[GUID_SIZE], in_body[GUID_SIZE];
	cJSON *made;

	if (!principal_named(graph, &named) || !read_body(graph, &holder, &giver, &role))
		return;
	principal_id(&named, in_path);
	principal_id(holder_in_path ? &holder : &giver, in_body);
	if (strcasecmp(in_path, in_body) != 0) {
		graph_fail_bad(graph, "The id in the path is not the %s of the body.",
		               holder_in_path ? "principalId" : "resourceId");
		return;
	}
	if (!check_free(graph, holder.app, role->value))
		return;
	snprintf(holder.app->roles[holder.app->n_roles++], APP_NAME_SIZE, "%s", role->value);
	delay_grant_made(holder.app->object_id, role->value);
	graph->changed = true;
	read_row(holder.app, holder.app->n_roles - 1, &row);
	made = render(&row);
	graph_context(made, "appRoleAssignments/$entity");
	graph_answer(graph, 201, made);
}

struct wanted {
	const char      *id;
	struct grant_row row;
};

static bool
is_wanted(struct grant_row *row, void *self)
{
	struct wanted *wanted = self;

	if (strcmp(row->id, wanted->id) != 0)
		return true;
	wanted->row = *row;
	return false;
}

static void
delete(struct graph *graph)
{
	struct wanted wanted = { .id = graph->segments[3] };
	struct principal named;
	struct app *app;
	size_t index;

	if (!principal_named(graph, &named))
		return;
	each_row(graph, &named, is_wanted, &wanted);
	app = wanted.row.app;
	index = wanted.row.index;
	if (app == NULL) {
		graph_fail_missing(graph, wanted.id);
		return;
	}
	if (!authorise_grant(graph, wanted.row.resource->app_id))
		return;
	app->n_roles--;
	memmove(app->roles[index], app->roles[index + 1], (app->n_roles - index) * APP_NAME_SIZE);
	graph->changed = true;
	graph_answer_nothing(graph);
}

void
grant_list(struct graph *graph)
{
	list(graph, true);
}

void
grant_list_to(struct graph *graph)
{
	list(graph, false);
}

void
grant_create(struct graph *graph)
{
	create(graph, true);
}

void
grant_create_to(struct graph *graph)
{
	create(graph, false);
}

void
grant_delete(struct graph *graph)
{
	delete(graph);
}

void
grant_delete_to(struct graph *graph)
{
	delete(graph);
}
