/*
 * The routes of the login service. See entra.h.
 *
 *   GET  /TENANT/v2.0/.well-known/openid-configuration
 *   GET  /TENANT/discovery/v2.0/keys
 *   GET  /common/discovery/instance
 *   POST /TENANT/oauth2/v2.0/token
 *   POST /issuer/token, GET /issuer/.well-known/openid-configuration   (entra_issuer.c)
 */
#include "entra.h"

#include <string.h>
#include <strings.h>

#include "entra_answer.h"
#include "entra_discovery.h"
#include "entra_issuer.h"
#include "entra_token.h"
#include "tenant.h"

static bool
is_shared(const char *tenant, size_t len)
{
	return (len == 6 && strncasecmp(tenant, "common", 6) == 0) ||
	       (len == 13 && strncasecmp(tenant, "organizations", 13) == 0);
}

/* Documents of a tenant that does not exist are refused as the real service does: AADSTS90002. */
static bool
tenant_known(const struct web_request *request, const char *tenant, size_t len,
             struct web_answer *answer)
{
	struct grant grant;

	if (tenant_is(tenant, len) || is_shared(tenant, len))
		return true;
	grant_begin(&grant, request, answer);
	return grant_refuse(&grant, 90002, "Tenant '%.*s' not found. Check to make sure you have "
	                    "the correct tenant ID and are signing into the correct cloud.",
	                    (int)(len < 256 ? len : 256), tenant);
}

bool
entra_serve(const struct web_request *request, struct web_answer *answer)
{
	const char *tenant = request->path + 1;
	size_t len;
	const char *rest;

	if (request->path[0] != '/')
		return false;
	if (issuer_serve(request, answer))
		return true;
	if (strcasecmp(request->path, "/common/discovery/instance") == 0) {
		discovery_instance(request, answer);
		return true;
	}
	len = strcspn(tenant, "/");
	rest = tenant + len;
	if (strcmp(rest, "/oauth2/v2.0/token") == 0) {
		token_serve(request, tenant, len, answer);
		return true;
	}
	if (strcmp(rest, "/v2.0/.well-known/openid-configuration") == 0) {
		if (tenant_known(request, tenant, len, answer))
			discovery_openid(answer);
		return true;
	}
	if (strcmp(rest, "/discovery/v2.0/keys") == 0) {
		if (tenant_known(request, tenant, len, answer))
			discovery_keys(answer);
		return true;
	}
	return false;
}
