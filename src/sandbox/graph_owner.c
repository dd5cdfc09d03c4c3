/*
 * /applications/.../owners: who may change a registration with Application.ReadWrite.OwnedBy.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "graph_application.h"
#include "graph_authorise.h"
#include "graph_query.h"
#include "users.h"

static cJSON *
owners_of(const struct app *app)
{
	cJSON *owners = cJSON_GetObjectItemCaseSensitive(app->more, "owners");

	return owners != NULL ? owners : cJSON_AddArrayToObject(app->more, "owners");
}

static const struct app *
principal_of(const struct graph *graph, const char *id)
{
	for (size_t i = 0; i < graph->apps.n; i++) {
		if (strcasecmp(graph->apps.list[i].object_id, id) == 0)
			return &graph->apps.list[i];
	}
	return NULL;
}

static int
index_of(const cJSON *owners, const char *id)
{
	int n = cJSON_GetArraySize(owners);

	for (int i = 0; i < n; i++) {
		if (strcasecmp(cJSON_GetArrayItem(owners, i)->valuestring, id) == 0)
			return i;
	}
	return -1;
}

void
owner_list(struct graph *graph)
{
	const struct app *app = application_named(graph);
	cJSON *list = cJSON_CreateArray();
	const cJSON *owner;

	if (app == NULL) {
		cJSON_Delete(list);
		return;
	}
	cJSON_ArrayForEach(owner, owners_of(app))
	{
		const struct app *principal = principal_of(graph, owner->valuestring);
		const struct user *user = user_of_id(owner->valuestring);
		cJSON *object = cJSON_CreateObject();

		cJSON_AddStringToObject(object, "@odata.type", user != NULL
		                        ? "#microsoft.graph.user" : "#microsoft.graph.servicePrincipal");
		cJSON_AddStringToObject(object, "id", owner->valuestring);
		cJSON_AddStringToObject(object, "displayName",
		                        user != NULL        ? user->display_name
		                        : principal != NULL ? principal->name : "");
		cJSON_AddItemToArray(list, object);
	}
	query_answer_list(graph, "directoryObjects", list);
}

/* {"@odata.id":".../directoryObjects/ID"} */
void
owner_add(struct graph *graph)
{
	struct app *app = application_named(graph);
	const char *link = graph_body_string(graph, "@odata.id");
	const char *slash = link != NULL ? strrchr(link, '/') : NULL;

	if (app == NULL || !authorise_object(graph, app))
		return;
	if (slash == NULL || !guid_is(slash + 1)) {
		graph_fail_bad(graph, "The reference needs @odata.id with the id of an object.");
	} else if (principal_of(graph, slash + 1) == NULL && user_of_id(slash + 1) == NULL) {
		graph_fail_missing(graph, slash + 1);
	} else if (index_of(owners_of(app), slash + 1) >= 0) {
		graph_fail_bad(graph, "One or more added object references already exist for the "
		               "following modified properties: 'owners'.");
	} else {
		cJSON_AddItemToArray(owners_of(app), cJSON_CreateString(slash + 1));
		graph->changed = true;
		graph_answer_nothing(graph);
	}
}

void
owner_remove(struct graph *graph)
{
	struct app *app = application_named(graph);
	int index;

	if (app == NULL || !authorise_object(graph, app))
		return;
	index = index_of(owners_of(app), graph->segments[3]);
	if (index < 0) {
		graph_fail_missing(graph, graph->segments[3]);
		return;
	}
	cJSON_DeleteItemFromArray(owners_of(app), index);
	graph->changed = true;
	graph_answer_nothing(graph);
}
