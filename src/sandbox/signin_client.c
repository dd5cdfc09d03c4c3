/*
 * Programs and their scopes. See signin_client.h.
 *
 * Microsoft's own programs are known in every tenant, each with the scopes it was pre-authorised for
 * (AADSTS65002 otherwise); the tenant's own public clients may ask for any.
 */
#include "signin_client.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "apps.h"
#include "tenant.h"

const char setup_scopes[] =
	"Application.ReadWrite.All AppRoleAssignment.ReadWrite.All "
	"RoleManagement.ReadWrite.Directory Directory.Read.All Policy.Read.All "
	"Policy.ReadWrite.ApplicationConfiguration User.Read";

static const char *const known_scopes[] = {
	"Application.Read.All", "Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All",
	"DelegatedPermissionGrant.ReadWrite.All", "Directory.AccessAsUser.All", "Directory.Read.All",
	"Directory.ReadWrite.All", "Organization.Read.All", "Policy.Read.All",
	"Policy.Read.ApplicationConfiguration", "Policy.ReadWrite.ApplicationConfiguration",
	"RoleManagement.Read.All", "RoleManagement.Read.Directory",
	"RoleManagement.ReadWrite.Directory", "User.Read", "User.Read.All",
};

static const struct {
	const char *id;
	const char *name;
	bool        roles; /* may ask for RoleManagement.* and Policy.* */
} programs[] = {
	{ "14d82eec-204b-4c2f-b7e8-296a70dab67e", "Microsoft Graph Command Line Tools", true },
	{ "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "Microsoft Azure CLI", false },
	{ "1950a258-227b-4e31-a9cf-717495945fc2", "Microsoft Azure PowerShell", false },
};

void
bootstrap_client_id(char id[GUID_SIZE])
{
	guid_derive(id, the_tenant.id, "bootstrap");
}

static bool
is_bootstrap(const char *client_id)
{
	char id[GUID_SIZE];

	bootstrap_client_id(id);
	return strcasecmp(id, client_id) == 0;
}

/* A registration can be a public client too. */
static bool
check_registration(struct grant *grant, const char *client_id)
{
	const struct apps *apps = apps_hold();
	const struct app *app = apps_find(apps, client_id);
	bool found = app != NULL;
	bool public_one = found && cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(
		app->more, "isFallbackPublicClient"));

	apps_release(apps);
	if (!found)
		return grant_refuse(grant, 700016, "Application with identifier '%s' was not found "
		                    "in the directory '%s'.", client_id, the_tenant.display_name);
	if (!public_one)
		return grant_refuse(grant, 7000218, "The request body must contain the following "
		                    "parameter: 'client_assertion' or 'client_secret'.");
	return true;
}

bool
client_check(struct grant *grant, const char *client_id)
{
	if (client_id[0] == '\0')
		return grant_refuse(grant, 900144, "The request body must contain the following "
		                    "parameter: 'client_id'.");
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		if (strcasecmp(programs[i].id, client_id) == 0)
			return true;
	}
	return is_bootstrap(client_id) || check_registration(grant, client_id);
}

static bool
may_ask(const char *client_id, const char *scope)
{
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		if (strcasecmp(programs[i].id, client_id) == 0 && !programs[i].roles)
			return strncmp(scope, "RoleManagement.", 15) != 0 &&
			       strncmp(scope, "Policy.", 7) != 0;
	}
	return true;
}

static const char *
known_scope(const char *word)
{
	for (size_t i = 0; i < sizeof(known_scopes) / sizeof(known_scopes[0]); i++) {
		if (strcasecmp(known_scopes[i], word) == 0)
			return known_scopes[i];
	}
	return NULL;
}

static bool
add_scope(struct grant *grant, const char *client_id, const char *word, struct text *scopes)
{
	static const char *const resources[] = { "https://graph.microsoft.com/",
	                                         "00000003-0000-0000-c000-000000000000/" };
	static const char *const openid[] = { "openid", "profile", "email", "offline_access" };
	const char *name = word, *known;

	for (size_t i = 0; i < sizeof(openid) / sizeof(openid[0]); i++) {
		if (strcmp(openid[i], word) == 0)
			return true;
	}
	for (size_t i = 0; i < 2; i++) {
		if (strncasecmp(word, resources[i], strlen(resources[i])) == 0)
			name = word + strlen(resources[i]);
	}
	known = strcmp(name, ".default") == 0 && name != word ? setup_scopes : known_scope(name);
	if (known == NULL)
		return grant_refuse(grant, 650053, "The application '%s' asked for scope '%s' that "
		                    "doesn't exist on the resource "
		                    "'00000003-0000-0000-c000-000000000000'.", client_id, word);
	if (known != setup_scopes && !may_ask(client_id, known))
		return grant_refuse(grant, 65002, "Consent between first party application '%s' and "
		                    "first party resource '00000003-0000-0000-c000-000000000000' must "
		                    "be configured via preauthorization.", client_id);
	text_puts(scopes, scopes->len != 0 ? " " : "");
	text_puts(scopes, known);
	return true;
}

bool
client_scopes(struct grant *grant, const char *client_id, const char *asked,
              char scopes[SIGNIN_TEXT_SIZE])
{
	struct text list = { 0 };
	bool good = true;

	for (const char *at = asked; *at != '\0' && good;) {
		size_t len;
		char word[256];

		at += strspn(at, " ");
		len = strcspn(at, " ");
		if (len >= sizeof(word))
			good = grant_refuse(grant, 70011, "The provided value for the input "
			                    "parameter 'scope' is not valid.");
		snprintf(word, sizeof(word), "%.*s", (int)(len < sizeof(word) ? len : 0), at);
		if (good && word[0] != '\0')
			good = add_scope(grant, client_id, word, &list);
		at += len;
	}
	if (good && (list.len == 0 || list.len >= SIGNIN_TEXT_SIZE))
		good = grant_refuse(grant, 70011, "The provided value for the input parameter "
		                    "'scope' is not valid. The scope '%s' names no permission.",
		                    asked);
	if (good)
		snprintf(scopes, SIGNIN_TEXT_SIZE, "%s", list.at);
	text_done(&list);
	return good;
}
