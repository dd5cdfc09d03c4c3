/*
 * Who may do what. See graph_authorise.h.
 */
#include "graph_authorise.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "tenant.h"

#define GRAPH_APP_ID "00000003-0000-0000-c000-000000000000"
#define OWNED_BY     "Application.ReadWrite.OwnedBy"

/* Permissions between blanks, directory roles by name between bars. */
static const struct {
	enum graph_need need;
	const char     *permissions;
	const char     *roles; /* of a person; NULL: any member of the tenant */
} needs[] = {
	{ NEED_APP_READ, "Application.Read.All Application.ReadWrite.All " OWNED_BY
	  " Directory.Read.All Directory.ReadWrite.All", NULL },
	{ NEED_APP_WRITE, "Application.ReadWrite.All Directory.ReadWrite.All " OWNED_BY,
	  "Global Administrator|Application Administrator|Cloud Application Administrator" },
	{ NEED_GRANT_READ, "Application.Read.All Application.ReadWrite.All Directory.Read.All "
	  "Directory.ReadWrite.All AppRoleAssignment.ReadWrite.All", NULL },
	{ NEED_GRANT_WRITE, "AppRoleAssignment.ReadWrite.All",
	  "Global Administrator|Privileged Role Administrator|Application Administrator|"
	  "Cloud Application Administrator" },
	{ NEED_ROLE_READ, "RoleManagement.Read.Directory RoleManagement.Read.All "
	  "RoleManagement.ReadWrite.Directory Directory.Read.All Directory.ReadWrite.All", NULL },
	{ NEED_ROLE_WRITE, "RoleManagement.ReadWrite.Directory",
	  "Global Administrator|Privileged Role Administrator" },
	{ NEED_POLICY_READ, "Policy.Read.All Policy.Read.ApplicationConfiguration "
	  "Policy.ReadWrite.ApplicationConfiguration", NULL },
	{ NEED_POLICY_WRITE, "Policy.ReadWrite.ApplicationConfiguration",
	  "Global Administrator|Application Administrator|Cloud Application Administrator" },
	{ NEED_ORGANIZATION, "Organization.Read.All Organization.ReadWrite.All Directory.Read.All "
	  "Directory.ReadWrite.All User.Read", NULL },
};

static bool
refuse(struct graph *graph, const char *message)
{
	graph_fail(graph, 401, "InvalidAuthenticationToken", "%s", message);
	web_set(graph->answer, "WWW-Authenticate", "Bearer realm=\"\", authorization_uri=\"%s/common/"
	        "oauth2/authorize\", client_id=\"" GRAPH_APP_ID "\"", tenant_origin());
	return false;
}

static bool
refuse_with_claims(struct graph *graph)
{
	char claims[128], encoded[256];
	int len = snprintf(claims, sizeof(claims),
	                   "{\"access_token\":{\"nbf\":{\"essential\":true,\"value\":\"%lld\"}}}",
	                   (long long)time(NULL));

	EVP_EncodeBlock((unsigned char *)encoded, (const unsigned char *)claims, len);
	graph_fail(graph, 401, "InvalidAuthenticationToken", "Continuous access evaluation resulted in "
	           "challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocation"
	           "Timestamp");
	web_set(graph->answer, "WWW-Authenticate", "Bearer realm=\"\", authorization_uri=\"%s/common/"
	        "oauth2/authorize\", client_id=\"" GRAPH_APP_ID "\", error=\"insufficient_claims\", "
	        "claims=\"%s\"", tenant_origin(), encoded);
	return false;
}

static bool
audience_is_ours(const char *audience)
{
	return strcasecmp(audience, "https://graph.microsoft.com") == 0 ||
	       strcasecmp(audience, "https://graph.microsoft.com/") == 0 ||
	       strcasecmp(audience, GRAPH_APP_ID) == 0;
}

bool
authorise_caller(struct graph *graph)
{
	switch (bearer_check(graph->request, &graph->bearer)) {
	case BEARER_MISSING:
		return refuse(graph, "Access token is empty.");
	case BEARER_MALFORMED:
		return refuse(graph, "Access token validation failure. Invalid signature.");
	case BEARER_EXPIRED:
		return refuse(graph, "Lifetime validation failed, the token is expired.");
	case BEARER_REVOKED:
		return refuse_with_claims(graph);
	case BEARER_GOOD:
		break;
	}
	if (!audience_is_ours(graph->bearer.audience))
		return refuse(graph, "Access token validation failure. Invalid audience.");
	return true;
}

/* Takes the next of the words between the separators. */
static bool
next_word(const char **at, char separator, char word[96])
{
	size_t len;

	if (**at == '\0')
		return false;
	len = (size_t)(strchrnul(*at, separator) - *at);
	snprintf(word, 96, "%.*s", (int)len, *at);
	*at += len;
	*at += **at != '\0' ? 1 : 0;
	return true;
}

static bool
holds_permission(const struct bearer_facts *bearer, const char *permissions)
{
	char word[96];

	while (next_word(&permissions, ' ', word)) {
		if (bearer->delegated ? strcmp(word, OWNED_BY) != 0 && bearer_has_scope(bearer, word)
		                      : bearer_has_role(bearer, word))
			return true;
	}
	return false;
}

static bool
holds_role(const struct bearer_facts *bearer, const char *roles)
{
	char word[96];

	while (next_word(&roles, '|', word)) {
		if (bearer_has_wid(bearer, directory_role_id(word)))
			return true;
	}
	return false;
}

bool
authorise_route(struct graph *graph, enum graph_need need)
{
	const struct bearer_facts *bearer = &graph->bearer;

	if (need == NEED_NOTHING || (need == NEED_PERSON && bearer->delegated))
		return true;
	if (need == NEED_PERSON)
		return graph_fail_bad(graph, "/me request is only valid with delegated authentication "
		                      "flow.");
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
		if (needs[i].need == need && holds_permission(bearer, needs[i].permissions) &&
		    (!bearer->delegated || needs[i].roles == NULL ||
		     holds_role(bearer, needs[i].roles)))
			return true;
	}
	return graph_fail_denied(graph);
}

bool
authorise_is_owner_only(const struct graph *graph)
{
	return !graph->bearer.delegated &&
	       !holds_permission(&graph->bearer, "Application.ReadWrite.All Directory.ReadWrite.All");
}

bool
authorise_object(struct graph *graph, const struct app *app)
{
	const cJSON *owner;

	if (!authorise_is_owner_only(graph))
		return true;
	cJSON_ArrayForEach(owner, cJSON_GetObjectItemCaseSensitive(app->more, "owners"))
	{
		if (cJSON_IsString(owner) && strcasecmp(owner->valuestring, graph->bearer.oid) == 0)
			return true;
	}
	return graph_fail_denied(graph);
}

bool
authorise_grant(struct graph *graph, const char *resource_app_id)
{
	if (!graph->bearer.delegated || strcasecmp(resource_app_id, GRAPH_APP_ID) != 0 ||
	    holds_role(&graph->bearer, "Global Administrator|Privileged Role Administrator"))
		return true;
	return graph_fail_denied(graph);
}
