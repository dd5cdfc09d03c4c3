/*
 * Policies of applications as objects of Graph. See graph_policies.h; what they do is in
 * graph_policy.c.
 */
#include "graph_policies.h"

#include <string.h>
#include <strings.h>

#include "graph_application.h"
#include "graph_policy.h"
#include "graph_query.h"

#define DEFAULT_ID "00000000-0000-0000-0000-000000000000"

static cJSON *
array_of(cJSON *object, const char *name)
{
	cJSON *array = cJSON_GetObjectItemCaseSensitive(object, name);

	return array != NULL ? array : cJSON_AddArrayToObject(object, name);
}

static void
add_restrictions(cJSON *policy, const char *name)
{
	cJSON *restrictions = cJSON_AddObjectToObject(policy, name);

	cJSON_AddArrayToObject(restrictions, "passwordCredentials");
	cJSON_AddArrayToObject(restrictions, "keyCredentials");
}

/* The tenant's own, made when nobody has changed it yet. */
static cJSON *
default_policy(struct graph *graph)
{
	cJSON *policy = cJSON_GetObjectItemCaseSensitive(graph->apps.more, "defaultPolicy");

	if (policy != NULL)
		return policy;
	policy = cJSON_AddObjectToObject(graph->apps.more, "defaultPolicy");
	cJSON_AddStringToObject(policy, "id", DEFAULT_ID);
	cJSON_AddStringToObject(policy, "displayName", "Default app management tenant policy");
	cJSON_AddStringToObject(policy, "description", "Default tenant policy that enforces app "
	                        "management restrictions on applications and service principals.");
	cJSON_AddBoolToObject(policy, "isEnabled", false);
	add_restrictions(policy, "applicationRestrictions");
	add_restrictions(policy, "servicePrincipalRestrictions");
	return policy;
}

/* Sets what the body names, of the members the policy has. False: refused. */
static bool
apply_body(struct graph *graph, cJSON *policy)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, graph->body)
	{
		const cJSON *known = cJSON_GetObjectItemCaseSensitive(policy, item->string);

		if (item->string[0] == '@')
			continue;
		if (known == NULL || strcmp(item->string, "id") == 0)
			return graph_fail_bad(graph, "Invalid property '%s'.", item->string);
		if (cJSON_IsBool(known) ? !cJSON_IsBool(item)
		                        : (known->type & 0xff) != (item->type & 0xff))
			return graph_fail_bad(graph, "Invalid value specified for property '%s'.",
			                      item->string);
		if (cJSON_IsObject(item) && !policy_check_restrictions(graph, item))
			return false;
		cJSON_ReplaceItemInObjectCaseSensitive(policy, item->string,
		                                       cJSON_Duplicate(item, true));
	}
	return true;
}

void
default_policy_get(struct graph *graph)
{
	query_answer_one(graph, "policies/defaultAppManagementPolicy/$entity",
	                 cJSON_Duplicate(default_policy(graph), true));
}

void
default_policy_update(struct graph *graph)
{
	if (!apply_body(graph, default_policy(graph)))
		return;
	graph->changed = true;
	graph_answer_nothing(graph);
}

static cJSON *
policies_of(struct graph *graph)
{
	return array_of(graph->apps.more, "appManagementPolicies");
}

/* The index of the policy of that id; -1. */
static int
index_of(struct graph *graph, const char *id)
{
	int n = cJSON_GetArraySize(policies_of(graph));

	for (int i = 0; i < n; i++) {
		const cJSON *policy = cJSON_GetArrayItem(policies_of(graph), i);

		if (strcasecmp(cJSON_GetObjectItemCaseSensitive(policy, "id")->valuestring, id) == 0)
			return i;
	}
	return -1;
}

/* The policy the path names. NULL: refused. */
static cJSON *
policy_named(struct graph *graph)
{
	int index = index_of(graph, graph->segments[2]);

	if (index < 0)
		graph_fail_missing(graph, graph->segments[2]);
	return index < 0 ? NULL : cJSON_GetArrayItem(policies_of(graph), index);
}

void
policy_list(struct graph *graph)
{
	query_answer_list(graph, "policies/appManagementPolicies",
	                  cJSON_Duplicate(policies_of(graph), true));
}

void
policy_create(struct graph *graph)
{
	cJSON *policy = cJSON_CreateObject(), *made;
	char id[GUID_SIZE];

	guid_make(id);
	cJSON_AddStringToObject(policy, "id", id);
	cJSON_AddStringToObject(policy, "displayName", "");
	cJSON_AddStringToObject(policy, "description", "");
	cJSON_AddBoolToObject(policy, "isEnabled", true);
	add_restrictions(policy, "restrictions");
	cJSON_AddItemToArray(policies_of(graph), policy);
	if (!apply_body(graph, policy))
		return;
	graph->changed = true;
	made = cJSON_Duplicate(policy, true);
	graph_context(made, "policies/appManagementPolicies/$entity");
	graph_answer(graph, 201, made);
}

void
policy_get(struct graph *graph)
{
	const cJSON *policy = policy_named(graph);

	if (policy != NULL)
		query_answer_one(graph, "policies/appManagementPolicies/$entity",
		                 cJSON_Duplicate(policy, true));
}

void
policy_update(struct graph *graph)
{
	cJSON *policy = policy_named(graph);

	if (policy == NULL || !apply_body(graph, policy))
		return;
	graph->changed = true;
	graph_answer_nothing(graph);
}

void
policy_delete(struct graph *graph)
{
	if (policy_named(graph) == NULL)
		return;
	cJSON_DeleteItemFromArray(policies_of(graph), index_of(graph, graph->segments[2]));
	graph->changed = true;
	graph_answer_nothing(graph);
}

void
app_policy_list(struct graph *graph)
{
	struct app *app = application_named(graph);
	const cJSON *id;
	cJSON *list;

	if (app == NULL)
		return;
	list = cJSON_CreateArray();
	cJSON_ArrayForEach(id, array_of(app->more, "appManagementPolicies"))
	{
		int index = index_of(graph, id->valuestring);

		if (index >= 0)
			cJSON_AddItemToArray(list, cJSON_Duplicate(
				cJSON_GetArrayItem(policies_of(graph), index), true));
	}
	query_answer_list(graph, "appManagementPolicies", list);
}

void
app_policy_add(struct graph *graph)
{
	struct app *app = application_named(graph);
	const char *link = graph_body_string(graph, "@odata.id");
	const char *slash = link != NULL ? strrchr(link, '/') : NULL;

	if (app == NULL)
		return;
	if (slash == NULL || index_of(graph, slash + 1) < 0) {
		graph_fail_missing(graph, slash != NULL ? slash + 1 : "");
		return;
	}
	cJSON_AddItemToArray(array_of(app->more, "appManagementPolicies"),
	                     cJSON_CreateString(slash + 1));
	graph->changed = true;
	graph_answer_nothing(graph);
}

void
app_policy_remove(struct graph *graph)
{
	struct app *app = application_named(graph);
	cJSON *ids;
	int n;

	if (app == NULL)
		return;
	ids = array_of(app->more, "appManagementPolicies");
	n = cJSON_GetArraySize(ids);
	for (int i = 0; i < n; i++) {
		if (strcasecmp(cJSON_GetArrayItem(ids, i)->valuestring, graph->segments[3]) != 0)
			continue;
		cJSON_DeleteItemFromArray(ids, i);
		graph->changed = true;
		graph_answer_nothing(graph);
		return;
	}
	graph_fail_missing(graph, graph->segments[3]);
}
