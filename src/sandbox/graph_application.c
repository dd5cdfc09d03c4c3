/*
 * /applications. See graph_application.h.
 *
 * What the directory acts on has a place in struct app; the other properties are kept as they were
 * sent, those that a registration has.
 */
#include "graph_application.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "graph_authorise.h"
#include "graph_delay.h"
#include "graph_key.h"
#include "graph_query.h"
#include "tenant.h"

/* Kept as sent; the rest of a body is refused. */
static const struct property {
	const char *name;
	int         type; /* of cJSON; null is always good */
} properties[] = {
	{ "signInAudience", cJSON_String }, { "requiredResourceAccess", cJSON_Array },
	{ "description", cJSON_String },    { "notes", cJSON_String },
	{ "tags", cJSON_Array },            { "identifierUris", cJSON_Array },
	{ "isFallbackPublicClient", cJSON_True }, { "publicClient", cJSON_Object },
	{ "web", cJSON_Object },            { "spa", cJSON_Object },
	{ "api", cJSON_Object },            { "uniqueName", cJSON_String },
	{ "serviceManagementReference", cJSON_String },
	{ "servicePrincipalLockConfiguration", cJSON_Object },
};

enum { PROPERTIES = sizeof(properties) / sizeof(properties[0]) };

static cJSON *
render(const struct app *app, bool with_keys)
{
	const cJSON *created = cJSON_GetObjectItemCaseSensitive(app->more, "createdDateTime");
	cJSON *object = cJSON_CreateObject();

	cJSON_AddStringToObject(object, "id", app->application_id);
	cJSON_AddNullToObject(object, "deletedDateTime");
	cJSON_AddStringToObject(object, "appId", app->id);
	cJSON_AddStringToObject(object, "displayName", app->name);
	cJSON_AddStringToObject(object, "createdDateTime",
	                        cJSON_IsString(created) ? created->valuestring
	                                                : "2024-01-01T00:00:00Z");
	cJSON_AddStringToObject(object, "publisherDomain", the_tenant.domain);
	for (size_t i = 0; i < PROPERTIES; i++) {
		const char *name = properties[i].name;
		const cJSON *kept = cJSON_GetObjectItemCaseSensitive(app->more, name);

		if (kept != NULL)
			cJSON_AddItemToObject(object, name, cJSON_Duplicate(kept, true));
		else if (strcmp(name, "signInAudience") == 0)
			cJSON_AddStringToObject(object, name, "AzureADMyOrg");
		else if (properties[i].type == cJSON_Array)
			cJSON_AddArrayToObject(object, name);
		else
			cJSON_AddNullToObject(object, name);
	}
	cJSON_AddArrayToObject(object, "passwordCredentials");
	cJSON_AddItemToObject(object, "keyCredentials", keys_render(app, with_keys));
	return object;
}

struct app *
application_named(struct graph *graph)
{
	const char *segment = graph->segments[1];
	char id[GUID_SIZE];
	bool by_app_id = graph_key_app_id(segment, id);

	if (!by_app_id && !guid_is(segment)) {
		graph_fail_bad(graph, "Invalid object identifier '%s'.", segment);
		return NULL;
	}
	for (size_t i = 0; i < graph->apps.n; i++) {
		struct app *app = &graph->apps.list[i];

		if (strcasecmp(by_app_id ? app->id : app->application_id,
		               by_app_id ? id : segment) != 0)
			continue;
		if (!delay_object_is_late(app->application_id))
			return app;
	}
	graph_fail_missing(graph, by_app_id ? id : segment);
	return NULL;
}

void
application_list(struct graph *graph)
{
	cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < graph->apps.n; i++) {
		if (!delay_object_is_late(graph->apps.list[i].application_id))
			cJSON_AddItemToArray(list, render(&graph->apps.list[i], false));
	}
	query_answer_list(graph, "applications", list);
}

void
application_get(struct graph *graph)
{
	const struct app *app = application_named(graph);

	/* The key itself is shown only to who asks for it by name. */
	if (app != NULL)
		query_answer_one(graph, "applications/$entity",
		                 render(app, query_selects(graph, "keyCredentials")));
}

static bool
type_fits(const cJSON *item, int type)
{
	if (type == cJSON_True)
		return cJSON_IsBool(item);
	return cJSON_IsNull(item) || (item->type & 0xff) == type;
}

static bool
apply_property(struct graph *graph, struct app *app, const cJSON *item)
{
	for (size_t i = 0; i < PROPERTIES; i++) {
		if (strcmp(properties[i].name, item->string) != 0)
			continue;
		if (!type_fits(item, properties[i].type))
			return graph_fail_bad(graph, "Invalid value specified for property '%s' of "
			                      "resource 'Application'.", item->string);
		cJSON_DeleteItemFromObjectCaseSensitive(app->more, item->string);
		return cJSON_AddItemToObject(app->more, item->string, cJSON_Duplicate(item, true));
	}
	return graph_fail_bad(graph, "Invalid property '%s'.", item->string);
}

static bool
apply_name(struct graph *graph, struct app *app, const cJSON *item)
{
	if (!cJSON_IsString(item) || item->valuestring[0] == '\0' ||
	    strlen(item->valuestring) >= sizeof(app->name))
		return graph_fail_bad(graph, "Invalid value specified for property 'displayName' of "
		                      "resource 'Application'.");
	snprintf(app->name, sizeof(app->name), "%s", item->valuestring);
	return true;
}

/* Everything a body says. */
static bool
apply_body(struct graph *graph, struct app *app)
{
	const cJSON *item;
	bool good = true;

	cJSON_ArrayForEach(item, graph->body)
	{
		if (!good || item->string[0] == '@')
			continue;
		if (strcmp(item->string, "displayName") == 0)
			good = apply_name(graph, app, item);
		else if (strcmp(item->string, "keyCredentials") == 0)
			good = keys_replace(graph, app, item);
		else
			good = apply_property(graph, app, item);
	}
	return good;
}

void
application_create(struct graph *graph)
{
	struct app *app = apps_append(&graph->apps);
	char now[32];
	cJSON *owners, *made;

	guid_make(app->id);
	guid_make(app->application_id);
	app->enabled = true;
	graph_moment(time(NULL), now);
	cJSON_AddStringToObject(app->more, "createdDateTime", now);
	/* What the directory takes when nothing is said. */
	cJSON_AddStringToObject(app->more, "signInAudience", "AzureADandPersonalMicrosoftAccount");
	owners = cJSON_AddArrayToObject(app->more, "owners");
	cJSON_AddItemToArray(owners, cJSON_CreateString(graph->bearer.oid));
	if (!apply_body(graph, app))
		return;
	if (app->name[0] == '\0') {
		graph_fail_bad(graph, "Property displayName is required for the resource "
		               "'Application' but is missing.");
		return;
	}
	graph->changed = true;
	delay_object_made(app->application_id);
	made = render(app, false);
	graph_context(made, "applications/$entity");
	graph_answer(graph, 201, made);
}

void
application_update(struct graph *graph)
{
	struct app *app = application_named(graph);

	if (app == NULL || !authorise_object(graph, app) || !apply_body(graph, app))
		return;
	graph->changed = true;
	graph_answer_nothing(graph);
}

void
application_delete(struct graph *graph)
{
	struct app *app = application_named(graph);

	if (app == NULL || !authorise_object(graph, app))
		return;
	apps_remove(&graph->apps, app);
	graph->changed = true;
	graph_answer_nothing(graph);
}
