/*
 * The routes of the login service. See entra.h.
 *
 *   GET  /TENANT/v2.0/.well-known/openid-configuration
 *   GET  /TENANT/discovery/v2.0/keys
 *   GET  /common/discovery/instance
 *   POST /TENANT/oauth2/v2.0/token
 *   POST /TENANT/oauth2/v2.0/devicecode, GET /devicelogin              (entra_devicecode.c)
 *   GET  /TENANT/oauth2/v2.0/authorize, /TENANT/v2.0/adminconsent, /TENANT/adminconsent,
 *        /signin/wait                                                  (entra_authorize.c)
 *   POST /issuer/token, GET /issuer/.well-known/openid-configuration   (entra_issuer.c)
 */
#include "entra.h"

#include <string.h>
#include <strings.h>

#include "entra_answer.h"
#include "entra_discovery.h"
#include "entra_issuer.h"
#include "entra_signin.h"
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

static void
serve_openid(const struct web_request *request, struct web_answer *answer)
{
	(void)request;
	discovery_openid(answer);
}

static void
serve_keys(const struct web_request *request, struct web_answer *answer)
{
	(void)request;
	discovery_keys(answer);
}

struct row {
	const char *path;
	void (*serve)(const struct web_request *request, struct web_answer *answer);
};

static const struct row fixed[] = {
	{ "/common/discovery/instance", discovery_instance },
	{ "/devicelogin", devicelogin_serve },
	{ "/signin/wait", wait_serve },
};

/* Behind /TENANT. */
static const struct row of_tenant[] = {
	{ "/v2.0/.well-known/openid-configuration", serve_openid },
	{ "/discovery/v2.0/keys", serve_keys },
	{ "/oauth2/v2.0/devicecode", devicecode_serve },
	{ "/oauth2/v2.0/authorize", authorize_serve },
	{ "/v2.0/adminconsent", consent_serve },
	{ "/adminconsent", consent_serve },
};

bool
entra_serve(const struct web_request *request, struct web_answer *answer)
{
	const char *tenant = request->path + 1;
	size_t len;

	if (request->path[0] != '/')
		return false;
	if (issuer_serve(request, answer))
		return true;
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		if (strcasecmp(request->path, fixed[i].path) == 0) {
			fixed[i].serve(request, answer);
			return true;
		}
	}
	len = strcspn(tenant, "/");
	if (strcmp(tenant + len, "/oauth2/v2.0/token") == 0) {
		token_serve(request, tenant, len, answer);
		return true;
	}
	for (size_t i = 0; i < sizeof(of_tenant) / sizeof(of_tenant[0]); i++) {
		if (strcmp(tenant + len, of_tenant[i].path) != 0)
			continue;
		if (tenant_known(request, tenant, len, answer))
			of_tenant[i].serve(request, answer);
		return true;
	}
	return false;
}
