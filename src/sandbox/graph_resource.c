/*
 * The services of the tenant. See graph_resource.h.
 */
#include "graph_resource.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "tenant.h"

static const struct resource_role exchange_roles[] = {
	{ "dc50a0fb-09a3-484d-be87-e023b12c6440", "Exchange.ManageAsApp",
	  "Manage Exchange As Application" },
	{ NULL, "Exchange.ManageAsAppV2", "Manage Exchange configuration as application" },
	{ NULL, "Exchange.AdminAPI.ManageAsApp", "Manage Exchange through its Admin API" },
	{ "dc890d15-9560-4a4c-9b7f-a736ec74ec40", "full_access_as_app",
	  "Use Exchange Web Services with full access to all mailboxes" },
};

static const struct resource_role exchange_scopes[] = {
	{ NULL, "Exchange.Manage", "Manage Exchange configuration" },
	{ NULL, "Exchange.ManageV2", "Manage Exchange configuration through its Admin API" },
};

static const struct resource_role graph_roles[] = {
	{ "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30", "Application.Read.All", "Read all applications" },
	{ "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9", "Application.ReadWrite.All",
	  "Read and write all applications" },
	{ "18a4783c-866b-4cc7-a460-3d5e5662c884", "Application.ReadWrite.OwnedBy",
	  "Manage apps that this app creates or owns" },
	{ "06b708a9-e830-4db3-a914-8e69da51d44f", "AppRoleAssignment.ReadWrite.All",
	  "Manage app permission grants and app role assignments" },
	{ "7ab1d382-f21e-4acd-a863-ba3e13f7da61", "Directory.Read.All", "Read directory data" },
	{ "483bed4a-2ad3-4361-a73b-c83ccdbdc53c", "RoleManagement.Read.Directory",
	  "Read all directory RBAC settings" },
	{ "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8", "RoleManagement.ReadWrite.Directory",
	  "Read and write all directory RBAC settings" },
	{ "246dd0d5-5bd0-4def-940b-0421030a5b68", "Policy.Read.All",
	  "Read your organization's policies" },
	{ "be74164b-cff1-491c-8741-e671cb536e13", "Policy.ReadWrite.ApplicationConfiguration",
	  "Read and write your organization's application configuration policies" },
	{ "498476ce-e0fe-48b0-b801-37ba7e2685c6", "Organization.Read.All",
	  "Read organization information" },
};

static const struct resource_role graph_scopes[] = {
	{ "e1fe6dd8-ba31-4d61-89e7-88639da4683d", "User.Read", "Sign in and read user profile" },
	{ NULL, "Application.ReadWrite.All", "Read and write all applications" },
	{ NULL, "AppRoleAssignment.ReadWrite.All",
	  "Manage app permission grants and app role assignments" },
	{ NULL, "RoleManagement.ReadWrite.Directory", "Read and write directory RBAC settings" },
};

static const struct resource_role vault_scopes[] = {
	{ "f53da476-18e3-4152-8e01-aec403e6edc0", "user_impersonation",
	  "Have full access to the Azure Key Vault service" },
};

const struct resource resources[] = {
	{ "00000002-0000-0ff1-ce00-000000000000", "Office 365 Exchange Online", exchange_roles,
	  exchange_scopes, sizeof(exchange_roles) / sizeof(exchange_roles[0]),
	  sizeof(exchange_scopes) / sizeof(exchange_scopes[0]) },
	{ "00000003-0000-0000-c000-000000000000", "Microsoft Graph", graph_roles, graph_scopes,
	  sizeof(graph_roles) / sizeof(graph_roles[0]),
	  sizeof(graph_scopes) / sizeof(graph_scopes[0]) },
	{ "cfa8b339-82a2-471a-a3c9-0fc0be7a4093", "Azure Key Vault", NULL, vault_scopes, 0,
	  sizeof(vault_scopes) / sizeof(vault_scopes[0]) },
};

const size_t resources_count = sizeof(resources) / sizeof(resources[0]);

void
resource_id(const struct resource *resource, char id[GUID_SIZE])
{
	guid_derive(id, the_tenant.id, resource->app_id);
}

void
resource_role_id(const struct resource_role *role, char id[GUID_SIZE])
{
	if (role->id != NULL)
		snprintf(id, GUID_SIZE, "%s", role->id);
	else
		guid_derive(id, the_tenant.id, role->about);
}

const struct resource *
resource_of_id(const char *id)
{
	char its[GUID_SIZE];

	for (size_t i = 0; i < resources_count; i++) {
		resource_id(&resources[i], its);
		if (strcasecmp(its, id) == 0)
			return &resources[i];
	}
	return NULL;
}

const struct resource *
resource_of_app_id(const char *app_id)
{
	for (size_t i = 0; i < resources_count; i++) {
		if (strcasecmp(resources[i].app_id, app_id) == 0)
			return &resources[i];
	}
	return NULL;
}

const struct resource_role *
resource_role_of_id(const struct resource *resource, const char *id)
{
	char its[GUID_SIZE];

	for (size_t i = 0; i < resource->n_roles; i++) {
		resource_role_id(&resource->roles[i], its);
		if (strcasecmp(its, id) == 0)
			return &resource->roles[i];
	}
	return NULL;
}

bool
resource_role_find(const char *value, const struct resource **ret_resource,
                   const struct resource_role **ret_role)
{
	for (size_t i = 0; i < resources_count; i++) {
		for (size_t j = 0; j < resources[i].n_roles; j++) {
			if (strcmp(resources[i].roles[j].value, value) != 0)
				continue;
			*ret_resource = &resources[i];
			*ret_role = &resources[i].roles[j];
			return true;
		}
	}
	return false;
}

cJSON *
resource_roles_render(const struct resource *resource)
{
	cJSON *roles = cJSON_CreateArray();

	for (size_t i = 0; i < resource->n_roles; i++) {
		const struct resource_role *role = &resource->roles[i];
		cJSON *object = cJSON_CreateObject(), *members;
		char id[GUID_SIZE];

		resource_role_id(role, id);
		members = cJSON_AddArrayToObject(object, "allowedMemberTypes");
		cJSON_AddItemToArray(members, cJSON_CreateString("Application"));
		cJSON_AddStringToObject(object, "description", role->about);
		cJSON_AddStringToObject(object, "displayName", role->about);
		cJSON_AddStringToObject(object, "id", id);
		cJSON_AddBoolToObject(object, "isEnabled", true);
		cJSON_AddStringToObject(object, "origin", "Application");
		cJSON_AddStringToObject(object, "value", role->value);
		cJSON_AddItemToArray(roles, object);
	}
	return roles;
}

cJSON *
resource_scopes_render(const struct resource *resource)
{
	cJSON *scopes = cJSON_CreateArray();

	for (size_t i = 0; i < resource->n_scopes; i++) {
		const struct resource_role *scope = &resource->scopes[i];
		cJSON *object = cJSON_CreateObject();
		char id[GUID_SIZE];

		resource_role_id(scope, id);
		cJSON_AddStringToObject(object, "adminConsentDisplayName", scope->about);
		cJSON_AddStringToObject(object, "id", id);
		cJSON_AddBoolToObject(object, "isEnabled", true);
		cJSON_AddStringToObject(object, "type", "Admin");
		cJSON_AddStringToObject(object, "value", scope->value);
		cJSON_AddItemToArray(scopes, object);
	}
	return scopes;
}
