/*
 * Directory roles. See graph_role.h.
 *
 * An application's are those of apps.json, so that they are in its next token; people's are their own
 * and stay. A built-in role's definition has its template's id.
 */
#include "graph_role.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "graph_delay.h"
#include "graph_principal.h"
#include "graph_query.h"
#include "users.h"

struct assignment {
	struct app *app;   /* NULL: a person's */
	size_t      index; /* among the roles of the application */
	char        principal[GUID_SIZE];
	char        role[GUID_SIZE];
	char        id[96];
};

static cJSON *
render_definition(const char *name, const char *id)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddStringToObject(object, "id", id);
	cJSON_AddStringToObject(object, "description", name);
	cJSON_AddStringToObject(object, "displayName", name);
	cJSON_AddBoolToObject(object, "isBuiltIn", true);
	cJSON_AddBoolToObject(object, "isEnabled", true);
	cJSON_AddStringToObject(object, "templateId", id);
	cJSON_AddStringToObject(object, "version", "1");
	return object;
}

void
definition_list(struct graph *graph)
{
	cJSON *list = cJSON_CreateArray();
	const char *name, *id;

	for (size_t i = 0; directory_role_at(i, &name, &id); i++)
		cJSON_AddItemToArray(list, render_definition(name, id));
	query_answer_list(graph, "roleManagement/directory/roleDefinitions", list);
}

static bool
definition_of(const char *wanted, const char **ret_name, const char **ret_id)
{
	for (size_t i = 0; directory_role_at(i, ret_name, ret_id); i++) {
		if (strcasecmp(*ret_id, wanted) == 0)
			return true;
	}
	return false;
}

void
definition_get(struct graph *graph)
{
	const char *name, *id;

	if (definition_of(graph->segments[3], &name, &id))
		query_answer_one(graph, "roleManagement/directory/roleDefinitions/$entity",
		                 render_definition(name, id));
	else
		graph_fail_missing(graph, graph->segments[3]);
}

static void
name_assignment(struct assignment *assignment)
{
	char id[GUID_SIZE];
	struct text text = { 0 };

	guid_derive(id, assignment->principal, assignment->role);
	base64url_add(&text, id, GUID_SIZE - 1);
	snprintf(assignment->id, sizeof(assignment->id), "%s", text.at);
	text_done(&text);
}

static cJSON *
render_assignment(const struct assignment *assignment)
{
	cJSON *object = cJSON_CreateObject();

	cJSON_AddStringToObject(object, "id", assignment->id);
	cJSON_AddStringToObject(object, "principalId", assignment->principal);
	cJSON_AddStringToObject(object, "directoryScopeId", "/");
	cJSON_AddStringToObject(object, "roleDefinitionId", assignment->role);
	return object;
}

/* Every assignment of the tenant; visit returns false to stop. */
static void
each_assignment(struct graph *graph, bool (*visit)(const struct assignment *assignment, void *self),
                void *self)
{
	struct assignment one;

	for (size_t i = 0; i < users_count; i++) {
		for (size_t j = 0; j < USER_ROLES_MAX && users[i].roles[j] != NULL; j++) {
			one = (struct assignment){ .app = NULL };
			user_id(&users[i], one.principal);
			snprintf(one.role, sizeof(one.role), "%s",
			         directory_role_id(users[i].roles[j]));
			name_assignment(&one);
			if (!visit(&one, self))
				return;
		}
	}
	for (size_t i = 0; i < graph->apps.n; i++) {
		struct app *app = &graph->apps.list[i];

		for (size_t j = 0; j < app->n_wids; j++) {
			one = (struct assignment){ .app = app, .index = j };
			memcpy(one.principal, app->object_id, GUID_SIZE);
			memcpy(one.role, app->wids[j], GUID_SIZE);
			name_assignment(&one);
			if (!visit(&one, self))
				return;
		}
	}
}

static bool
add_to_list(const struct assignment *assignment, void *self)
{
	cJSON_AddItemToArray(self, render_assignment(assignment));
	return true;
}

void
assignment_list(struct graph *graph)
{
	cJSON *list = cJSON_CreateArray();

	each_assignment(graph, add_to_list, list);
	query_answer_list(graph, "roleManagement/directory/roleAssignments", list);
}

struct wanted {
	const char       *id;
	bool              found;
	struct assignment assignment;
};

static bool
is_wanted(const struct assignment *assignment, void *self)
{
	struct wanted *wanted = self;

	wanted->found = strcmp(assignment->id, wanted->id) == 0;
	if (wanted->found)
		wanted->assignment = *assignment;
	return !wanted->found;
}

/* The one the path names. False: refused. */
static bool
find_named(struct graph *graph, struct wanted *wanted)
{
	*wanted = (struct wanted){ .id = graph->segments[3] };
	each_assignment(graph, is_wanted, wanted);
	return wanted->found || graph_fail_missing(graph, wanted->id);
}

void
assignment_get(struct graph *graph)
{
	struct wanted wanted;

	if (find_named(graph, &wanted))
		query_answer_one(graph, "roleManagement/directory/roleAssignments/$entity",
		                 render_assignment(&wanted.assignment));
}

/* Who is to hold what, as the body says. False: refused. */
static bool
read_body(struct graph *graph, struct assignment *made)
{
	const char *principal = graph_body_string(graph, "principalId");
	const char *role = graph_body_string(graph, "roleDefinitionId");
	const char *scope = graph_body_string(graph, "directoryScopeId");
	struct principal holder;
	const char *name, *id;

	if (principal == NULL || role == NULL || !guid_is(principal) || !guid_is(role))
		return graph_fail_bad(graph, "A role assignment needs the GUIDs principalId and "
		                      "roleDefinitionId.");
	if (scope == NULL || strcmp(scope, "/") != 0)
		return graph_fail_bad(graph, "The directoryScopeId must be '/': the sandbox has no "
		                      "administrative units.");
	if (!definition_of(role, &name, &id))
		return graph_fail_missing(graph, role);
	if (!principal_of_id(graph, principal, &holder) || holder.app == NULL)
		return graph_fail_missing(graph, principal);
	made->app = holder.app;
	memcpy(made->principal, holder.app->object_id, GUID_SIZE);
	snprintf(made->role, sizeof(made->role), "%s", id);
	name_assignment(made);
	return true;
}

void
assignment_create(struct graph *graph)
{
	struct assignment made = { .app = NULL };
	cJSON *object;

	if (!read_body(graph, &made))
		return;
	for (size_t i = 0; i < made.app->n_wids; i++) {
		if (strcasecmp(made.app->wids[i], made.role) == 0) {
			graph_fail_bad(graph, "A conflicting object with one or more of the specified "
			               "property values is present in the directory.");
			return;
		}
	}
	if (made.app->n_wids == APP_GRANTS_MAX) {
		graph_fail(graph, 400, "Directory_QuotaExceeded", "Too many roles.");
		return;
	}
	memcpy(made.app->wids[made.app->n_wids++], made.role, GUID_SIZE);
	delay_grant_made(made.principal, made.role);
	graph->changed = true;
	object = render_assignment(&made);
	graph_context(object, "roleManagement/directory/roleAssignments/$entity");
	graph_answer(graph, 201, object);
}

void
assignment_delete(struct graph *graph)
{
	struct wanted wanted;
	struct app *app;
	size_t index;

	if (!find_named(graph, &wanted))
		return;
	app = wanted.assignment.app;
	index = wanted.assignment.index;
	if (app == NULL) {
		graph_fail_denied(graph); /* people keep their roles here */
		return;
	}
	app->n_wids--;
	memmove(app->wids[index], app->wids[index + 1], (app->n_wids - index) * GUID_SIZE);
	graph->changed = true;
	graph_answer_nothing(graph);
}
