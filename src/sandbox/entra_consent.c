/*
 * What an administrator's consent does: the application gets the roles that its requiredResourceAccess
 * names, and a service principal if it had none. See entra_signin.h.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "apps.h"
#include "entra_signin.h"
#include "graph_resource.h"
#include "tenant.h"

#define GRAPH_APP_ID "00000003-0000-0000-c000-000000000000"

static bool
holds(const struct user *user, const char *role)
{
	for (size_t i = 0; i < USER_ROLES_MAX && user->roles[i] != NULL; i++) {
		if (strcmp(user->roles[i], role) == 0)
			return true;
	}
	return false;
}

/* Application administrators may consent to everything but Graph's own roles. */
static bool
may_consent(const struct user *user, bool to_graph)
{
	return holds(user, "Global Administrator") || holds(user, "Privileged Role Administrator") ||
	       (!to_graph && holds(user, "Application Administrator"));
}

static void
grant_role(struct app *app, const char *value)
{
	for (size_t i = 0; i < app->n_roles; i++) {
		if (strcmp(app->roles[i], value) == 0)
			return;
	}
	if (app->n_roles < APP_GRANTS_MAX)
		snprintf(app->roles[app->n_roles++], APP_NAME_SIZE, "%s", value);
}

static const char *
string_of(const cJSON *object, const char *name)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));

	return text != NULL ? text : "";
}

static bool
grant_required(struct app *app, const struct user *user)
{
	const cJSON *required = cJSON_GetObjectItemCaseSensitive(app->more, "requiredResourceAccess");
	const cJSON *of_resource, *access;

	cJSON_ArrayForEach(of_resource, required)
	{
		const char *id = string_of(of_resource, "resourceAppId");
		const struct resource *resource = resource_of_app_id(id);

		if (resource == NULL || !may_consent(user, strcasecmp(id, GRAPH_APP_ID) == 0))
			return false;
		cJSON_ArrayForEach(access,
		                   cJSON_GetObjectItemCaseSensitive(of_resource, "resourceAccess"))
		{
			const struct resource_role *role =
				resource_role_of_id(resource, string_of(access, "id"));

			if (role != NULL && strcmp(string_of(access, "type"), "Role") == 0)
				grant_role(app, role->value);
		}
	}
	if (app->object_id[0] == '\0')
		guid_make(app->object_id);
	return may_consent(user, false);
}

bool
consent_grant(const struct signin *signin)
{
	const struct user *user = user_find(signin->user);
	int lock = apps_lock(the_tenant.directory);
	struct apps apps = { 0 };
	char why[256];
	struct app *app;
	bool good = false;

	if (lock >= 0 && apps_read(the_tenant.directory, &apps, why, sizeof(why))) {
		app = apps_find(&apps, signin->client_id);
		good = app != NULL && user != NULL && grant_required(app, user) &&
		       apps_write(the_tenant.directory, &apps);
	}
	apps_free(&apps);
	apps_unlock(lock);
	return good;
}
