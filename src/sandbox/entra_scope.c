/*
 * What a token is for. See entra_scope.h.
 */
#include "entra_scope.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "tenant.h"

static const char suffix[] = "/.default";

static const struct {
	const char        *resource;
	enum resource_kind kind;
} resources[] = {
	{ "https://outlook.office365.com", RESOURCE_EXCHANGE },
	{ "https://outlook.office.com", RESOURCE_EXCHANGE },
	{ "00000002-0000-0ff1-ce00-000000000000", RESOURCE_EXCHANGE },
	{ "https://ps.compliance.protection.outlook.com", RESOURCE_EXCHANGE },
	{ "https://graph.microsoft.com", RESOURCE_GRAPH },
	{ "00000003-0000-0000-c000-000000000000", RESOURCE_GRAPH },
	{ "https://vault.azure.net", RESOURCE_PLAIN },
	{ "https://management.azure.com", RESOURCE_PLAIN },
	{ "api://AzureADTokenExchange", RESOURCE_PLAIN },
};

static bool
find_resource(const char *resource, enum resource_kind *ret_kind)
{
	size_t len = strlen(resource);

	/* A slash at the end is part of the name, but names the same thing. */
	if (len > 0 && resource[len - 1] == '/')
		len--;
	for (size_t i = 0; i < sizeof(resources) / sizeof(resources[0]); i++) {
		if (strlen(resources[i].resource) == len &&
		    strncasecmp(resources[i].resource, resource, len) == 0) {
			*ret_kind = resources[i].kind;
			return true;
		}
	}
	/* The sandbox itself, which plays every host of the cloud. */
	if (strlen(tenant_origin()) == len && strncasecmp(tenant_origin(), resource, len) == 0) {
		*ret_kind = RESOURCE_EXCHANGE;
		return true;
	}
	return false;
}

static bool
is_openid_word(const char *word, size_t len)
{
	static const char *const words[] = { "openid", "offline_access", "profile" };

	for (size_t i = 0; i < 3; i++) {
		if (strlen(words[i]) == len && strncmp(words[i], word, len) == 0)
			return true;
	}
	return false;
}

/* Scopes are printable, without quote and backslash (RFC 6749, 3.3). */
static bool
is_scope_text(const char *scope)
{
	for (const char *at = scope; *at != '\0'; at++) {
		if (*at < ' ' || *at > '~' || *at == '"' || *at == '\\')
			return false;
	}
	return true;
}

bool
scope_read(struct grant *grant, const char *scope, char resource[RESOURCE_SIZE],
           enum resource_kind *ret_kind)
{
	const char *asked = NULL;
	size_t asked_len = 0;

	if (!is_scope_text(scope))
		return grant_refuse(grant, 70011, "The provided value for the input parameter "
		                    "'scope' is not valid.");
	for (const char *at = scope; *at != '\0';) {
		size_t len;

		at += strspn(at, " ");
		len = strcspn(at, " ");
		if (len != 0 && !is_openid_word(at, len)) {
			if (asked != NULL)
				return grant_refuse(grant, 700022, "The scope '%s' asks for more "
				                    "than one resource.", scope);
			asked = at;
			asked_len = len;
		}
		at += len;
	}
	if (asked == NULL)
		return grant_refuse(grant, 70011, "The provided value for the input parameter "
		                    "'scope' is not valid. The scope '%s' names no resource.",
		                    scope);
	if (asked_len < strlen(suffix) ||
	    strncmp(asked + asked_len - strlen(suffix), suffix, strlen(suffix)) != 0)
		return grant_refuse(grant, 1002012, "The provided value for scope %s is not valid. "
		                    "Client credential flows must have a scope value with "
		                    "/.default suffixed to the resource identifier (application ID "
		                    "URI).", scope);
	asked_len -= strlen(suffix);
	if (asked_len == 0 || asked_len >= RESOURCE_SIZE)
		return grant_refuse(grant, 70011, "The provided value for the input parameter "
		                    "'scope' is not valid. The scope '%s' names no resource.",
		                    scope);
	snprintf(resource, RESOURCE_SIZE, "%.*s", (int)asked_len, asked);
	if (!find_resource(resource, ret_kind))
		return grant_refuse(grant, 500011, "The resource principal named %s was not found "
		                    "in the tenant named %s. It may not have been installed by the "
		                    "administrator of the tenant, or the request may have gone to "
		                    "the wrong tenant.", resource, the_tenant.display_name);
	return true;
}
