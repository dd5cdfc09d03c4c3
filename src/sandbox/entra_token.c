/*
 * The v2.0 token endpoint. See entra_token.h.
 */
#include "entra_token.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "entra_assertion.h"
#include "entra_bearer.h"
#include "entra_signin.h"
#include "fault.h"
#include "tenant.h"

static const char assertion_type[] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/* The fields that count; what else a client sends is ignored. */
struct form {
	char *client_id, *grant_type, *scope, *assertion_type, *assertion, *claims;
	char *secret, *resource;
};

static char *
field_of(const struct web_request *request, const char *name)
{
	char *value = malloc(request->body_len + 1);

	if (value == NULL)
		abort();
	if (web_field(request->body, name, value, request->body_len + 1))
		return value;
	free(value);
	return NULL;
}

static void
form_read(const struct web_request *request, struct form *form)
{
	const char *type = web_header(request, "Content-Type");

	*form = (struct form){ 0 };
	if (type == NULL || strncasecmp(type, "application/x-www-form-urlencoded", 33) != 0)
		return;
	form->client_id = field_of(request, "client_id");
	form->grant_type = field_of(request, "grant_type");
	form->scope = field_of(request, "scope");
	form->assertion_type = field_of(request, "client_assertion_type");
	form->assertion = field_of(request, "client_assertion");
	form->claims = field_of(request, "claims");
	form->secret = field_of(request, "client_secret");
	form->resource = field_of(request, "resource");
}

static void
form_done(struct form *form)
{
	free(form->client_id);
	free(form->grant_type);
	free(form->scope);
	free(form->assertion_type);
	free(form->assertion);
	free(form->claims);
	free(form->secret);
	free(form->resource);
}

static bool
check_tenant(struct grant *grant, const char *tenant, size_t len)
{
	static const char *const shared[] = { "common", "organizations", "consumers" };

	if (tenant_is(tenant, len))
		return true;
	for (size_t i = 0; i < 3; i++) {
		if (strlen(shared[i]) == len && strncasecmp(shared[i], tenant, len) == 0)
			return grant_refuse(grant, 50194, "The application is not configured as a "
			                    "multi-tenant application. Use of the /%s endpoint is "
			                    "not supported for it.", shared[i]);
	}
	return grant_refuse(grant, 90002, "Tenant '%.*s' not found. Check to make sure you have the "
	                    "correct tenant ID and are signing into the correct cloud. Check with "
	                    "your subscription administrator, this may happen if there are no "
	                    "active subscriptions for the tenant.",
	                    (int)(len < 256 ? len : 256), tenant);
}

static bool
check_form(struct grant *grant, const struct form *form)
{
	const struct {
		const char *name;
		const char *value;
	} musts[] = {
		{ "grant_type", form->grant_type },
		{ "client_id", form->client_id },
		{ "scope", form->scope },
	};

	if (strcmp(grant->request->method, "POST") != 0)
		return grant_refuse(grant, 900561, "The endpoint only accepts POST requests. "
		                    "Received a %s request.", grant->request->method);
	if (form->resource != NULL)
		return grant_refuse(grant, 901002, "The 'resource' request parameter is not "
		                    "supported.");
	for (size_t i = 0; i < sizeof(musts) / sizeof(musts[0]); i++) {
		if (musts[i].value == NULL || musts[i].value[0] == '\0')
			return grant_refuse(grant, 900144, "The request body must contain the "
			                    "following parameter: '%s'.", musts[i].name);
	}
	if (strcmp(form->grant_type, "client_credentials") != 0)
		return grant_refuse(grant, 70003, "The app requested an unsupported grant type "
		                    "'%s'.", form->grant_type);
	if (form->secret != NULL)
		return grant_refuse(grant, 7000215, "Invalid client secret provided.");
	if (form->assertion == NULL)
		return grant_refuse(grant, 7000218, "The request body must contain the following "
		                    "parameter: 'client_assertion' or 'client_secret'.");
	if (form->assertion_type == NULL || strcmp(form->assertion_type, assertion_type) != 0)
		return grant_refuse(grant, 90013, "Invalid input received from the user: "
		                    "client_assertion_type must be '%s'.", assertion_type);
	return true;
}

/* {"access_token":{"xms_cc":{"values":["cp1"]}}}: the client can take a claims challenge. */
static bool
read_claims(struct grant *grant, const struct form *form, bool *ret_cae)
{
	cJSON *claims;
	const cJSON *of_token, *values, *item;

	if (form->claims == NULL || form->claims[0] == '\0')
		return true;
	claims = cJSON_Parse(form->claims);
	if (!cJSON_IsObject(claims)) {
		cJSON_Delete(claims);
		return grant_refuse(grant, 90013, "Invalid input received from the user: the claims "
		                    "parameter is not a JSON object.");
	}
	of_token = cJSON_GetObjectItemCaseSensitive(claims, "access_token");
	values = cJSON_GetObjectItemCaseSensitive(
		cJSON_GetObjectItemCaseSensitive(of_token, "xms_cc"), "values");
	cJSON_ArrayForEach(item, values)
	{
		if (cJSON_IsString(item) && strcasecmp(item->valuestring, "cp1") == 0)
			*ret_cae = true;
	}
	if (cJSON_GetObjectItemCaseSensitive(of_token, "nbf") != NULL)
		ledger_count("token.challenge"); /* a challenge of ours came back */
	cJSON_Delete(claims);
	return true;
}

static void
issue(struct grant *grant, const struct bearer_wish *wish)
{
	struct text token = { 0 };

	bearer_make(&token, wish);
	web_json(grant->answer, 200, "{\"token_type\":\"Bearer\",\"expires_in\":%u,"
	         "\"ext_expires_in\":%u", bearer_lifetime_seconds, bearer_lifetime_seconds);
	if (bearer_refresh_seconds != 0)
		text_addf(&grant->answer->body, ",\"refresh_in\":%u", bearer_refresh_seconds);
	text_addf(&grant->answer->body, ",\"access_token\":\"%s\"}", token.at);
	text_done(&token);
	grant_headers(grant, 0);
	ledger_count("token.issued");
}

static void
redeem(struct grant *grant, const struct form *form)
{
	const struct apps *apps = apps_hold();
	char resource[RESOURCE_SIZE], issuer[128];
	struct bearer_wish wish = { .audience = resource, .issuer = issuer };

	snprintf(issuer, sizeof(issuer), "https://sts.windows.net/%s/", the_tenant.id);
	if (assertion_accept(grant, apps, form->client_id, form->assertion, &wish.app) &&
	    scope_read(grant, form->scope, resource, &wish.kind) &&
	    read_claims(grant, form, &wish.cae))
		issue(grant, &wish);
	apps_release(apps);
}

/* People may come by way of /organizations too: which tenant is theirs shows when they sign in. */
static void
redeem_for_person(struct grant *grant, const struct form *form, const char *tenant, size_t len)
{
	bool shared = len == strlen("organizations") &&
	              strncasecmp(tenant, "organizations", len) == 0;

	if (shared || check_tenant(grant, tenant, len))
		signin_redeem(grant, form->grant_type);
}

void
token_serve(const struct web_request *request, const char *tenant, size_t tenant_len,
            struct web_answer *answer)
{
	struct grant grant;
	struct form form;

	ledger_count("token.request");
	if (token_faults_before(answer))
		return;
	grant_begin(&grant, request, answer);
	form_read(request, &form);
	if (fault_acts("token-90024", NULL, NULL))
		grant_refuse(&grant, 90024, "The service is temporarily unavailable: a request "
		             "budget was exceeded or a transient error occurred.");
	else if (signin_is_grant(form.grant_type))
		redeem_for_person(&grant, &form, tenant, tenant_len);
	else if (check_tenant(&grant, tenant, tenant_len) && check_form(&grant, &form))
		redeem(&grant, &form);
	form_done(&form);
	token_faults_after(answer);
}
