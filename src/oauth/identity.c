/*
 * Who we are and where, checked before anything is signed or sent.
 *
 * The sandbox plays a cloud on this machine and nowhere else: its endpoints must be loopback, so that a profile with a
 * typing error cannot send what was made for a toy to a stranger.
 */
#include "oauth/identity.h"

#include "base/buf.h"
#include "base/error.h"
#include "http/url.h"

#include <stdio.h>

static const char *const loopback[] = {"localhost", "127.0.0.1", "[::1]"};

void
identity_free(identity *id)
{
	if (id == NULL)
		return;
	mem_free(id->tenant);
	mem_free(id->organization);
	mem_free(id->client_id);
	mem_free(id->token_endpoint);
	mem_free(id->audience);
	mem_free(id->kid);
	for (size_t i = 0; i < CLOUD_ENDPOINTS; i++)
		mem_free(id->origins[i]);
	for (size_t i = 0; id->hosts[i] != NULL; i++)
		mem_free(id->hosts[i]);
	mem_free(id->grant_hosts[0]);
	mem_free(id);
}

static bool
is_guid(const char *text)
{
	for (size_t i = 0; i < 36; i++) {
		char c = text[i];
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');

		if (dash ? c != '-' : !hex)
			return false;
	}
	return text[36] == '\0';
}

static bool
is_domain(const char *text)
{
	bool dotted = false;

	for (const char *c = text; *c != '\0'; c++) {
		if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
		      *c == '-' || *c == '.'))
			return false;
		dotted = dotted || *c == '.';
	}
	return dotted && text[0] != '.' && strlen(text) < 254;
}

static bool
is_visible(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if (*c <= 0x20 || *c > 0x7E)
			return false;
	return text[0] != '\0';
}

static exs_status
check_names(const identity *id, exs_error *error)
{
	exs_status status;

	if (id->client_id[0] == '\0')
		return exs_fail(error, E_CONFIG_MISSING, "client-id is not set");
	if (id->entra && !is_guid(id->client_id)) {
		status = exs_fail(error, E_CONFIG_VALUE, "client-id \"%s\" is no GUID", id->client_id);
		error_fix(error, "client-id is the app registration's \"Application (client) ID\"");
		return status;
	}
	if (!is_visible(id->client_id) || (id->kid != NULL && !is_visible(id->kid)))
		return exs_fail(error, E_CONFIG_VALUE, "client-id and kid must be visible ASCII");
	if (id->entra && id->tenant[0] == '\0')
		return exs_fail(error, E_CONFIG_MISSING, "tenant is not set");
	if (id->tenant[0] != '\0' && !is_guid(id->tenant) && !is_domain(id->tenant)) {
		status = exs_fail(error, E_CONFIG_VALUE, "tenant \"%s\" is neither a GUID nor a domain",
		                  id->tenant);
		error_fix(error, "tenant is the directory's GUID or one of its domains; \"common\" and "
		                 "\"organizations\" do not work for an application");
		return status;
	}
	if (id->organization[0] != '\0' && !is_domain(id->organization))
		return exs_fail(error, E_CONFIG_VALUE, "organization \"%s\" is no domain",
		                id->organization);
	if (id->entra && id->tls_client_auth) {
		status = exs_fail(error, E_CONFIG_VALUE, "client-auth = tls goes only with token-endpoint");
		error_why(error, "Entra identifies an application by an assertion");
		return status;
	}
	if (id->lifetime < IDENTITY_LIFETIME_MIN_S || id->lifetime > IDENTITY_LIFETIME_MAX_S)
		return exs_fail(error, E_CONFIG_VALUE,
		                "an assertion cannot live %lld s; %d to %d s are possible",
		                (long long)id->lifetime, IDENTITY_LIFETIME_MIN_S,
		                IDENTITY_LIFETIME_MAX_S);
	return EXS_OK;
}

static exs_status
check_loopback(const identity *id, const url *where, const char *key, exs_error *error)
{
	exs_status status;

	if (strcmp(id->cloud->name, "sandbox") != 0)
		return EXS_OK;
	for (size_t i = 0; i < sizeof loopback / sizeof loopback[0]; i++)
		if (span_is_nocase(where->host, loopback[i]))
			return EXS_OK;
	status = exs_fail(error, E_CONFIG_VALUE, "%s leads to " SPAN_FORMAT
	                                         ", which is not this machine", key,
	                  SPAN_PRINT(where->host));
	error_fix(error, "a sandbox is localhost, 127.0.0.1 or [::1]; for a real tenant set cloud");
	return status;
}

/* "host:port" in lower case, as the list of hosts wants it; before: "*." for the hosts below it. */
static exs_status
host_pattern(const char *before, const url *where, char **ret, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(512);

	buf_puts(&text, before);
	for (size_t i = 0; i < where->host.len; i++) {
		char c = where->host.at[i];

		buf_byte(&text, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
	}
	buf_addf(&text, ":%u", where->port);
	return buf_take(&text, "a host", ret, error);
}

static exs_status
parse_as(const char *key, const char *text, url *ret, exs_error *error)
{
	exs_status status = url_parse(text, ret, error);

	if (status != EXS_OK)
		error_aim(error, "%s", key);
	return status;
}

static exs_status
set_origin(identity *id, cloud_endpoint endpoint, const char *override, size_t *n_hosts,
           exs_error *error)
{
	char            key[32];
	url             where;
	EXS_SCOPED(buf) origin = BUF(512);

	if (override == NULL)
		return mem_copy(id->cloud->origins[endpoint], &id->origins[endpoint], error);
	snprintf(key, sizeof key, "endpoint.%s", cloud_endpoint_name(endpoint));
	EXS_TRY(parse_as(key, override, &where, error));
	if (where.query.at != NULL || !(where.path.len == 0 || span_is(where.path, "/")))
		return exs_fail(error, E_URL, "%s is \"https://host\" or \"https://host:port\", without "
		                              "a path", key);
	EXS_TRY(check_loopback(id, &where, key, error));
	EXS_TRY(host_pattern("", &where, &id->hosts[*n_hosts], error));
	buf_addf(&origin, "https://%s", id->hosts[*n_hosts]);
	/* the regions' hosts (exchange-rest.md 4) */
	if (endpoint == CLOUD_COMPLIANCE)
		EXS_TRY(host_pattern("*.", &where, &id->hosts[++*n_hosts], error));
	EXS_TRY(buf_check(&origin, "an endpoint", error));
	if (where.port == 443)
		origin.at[origin.len -= strlen(":443")] = '\0';
	*n_hosts += 1;
	return buf_take(&origin, "an endpoint", &id->origins[endpoint], error);
}

static exs_status
set_origins(identity *id, const exs_identity *given, exs_error *error)
{
	const char *const overrides[CLOUD_ENDPOINTS] = {
		given->endpoint_login,      given->endpoint_graph, given->endpoint_exchange,
		given->endpoint_compliance, given->endpoint_vault,
	};
	size_t n = 0;

	for (; id->cloud->hosts[n] != NULL; n++)
		EXS_TRY(mem_copy(id->cloud->hosts[n], &id->hosts[n], error));
	for (cloud_endpoint e = CLOUD_LOGIN; e < CLOUD_ENDPOINTS; e++)
		EXS_TRY(set_origin(id, e, overrides[e], &n, error));
	return EXS_OK;
}

static exs_status
set_token_endpoint(identity *id, const exs_identity *given, exs_error *error)
{
	EXS_SCOPED(buf) address = BUF(2048);
	url             where;

	if (!id->entra) {
		buf_puts(&address, given->token_endpoint);
	} else if (id->origins[CLOUD_LOGIN][0] == '\0') {
		return exs_fail(error, E_CONFIG_MISSING,
		                "endpoint.login is not set, and the cloud \"%s\" has none of its own",
		                id->cloud->name);
	} else {
		buf_addf(&address, "%s/%s/oauth2/v2.0/token", id->origins[CLOUD_LOGIN], id->tenant);
	}
	EXS_TRY(buf_take(&address, "token-endpoint", &id->token_endpoint, error));
	EXS_TRY(parse_as("token-endpoint", id->token_endpoint, &where, error));
	EXS_TRY(check_loopback(id, &where, "token-endpoint", error));
	EXS_TRY(host_pattern("", &where, &id->grant_hosts[0], error));
	return mem_copy(given->assertion_audience != NULL ? given->assertion_audience
	                                                  : id->token_endpoint,
	                &id->audience, error);
}

static exs_status
find_cloud(const char *name, const cloud **ret, exs_error *error)
{
	const char *const *names = cloud_names();
	const char        *near;
	size_t             n = 0;
	exs_status         status;

	*ret = cloud_find(name == NULL ? "public" : name);
	if (*ret != NULL)
		return EXS_OK;
	while (names[n] != NULL)
		n++;
	near = span_nearest(span_of(name), names, n);
	status = exs_fail(error, E_CONFIG_VALUE, "there is no cloud \"%s\"", name);
	if (near != NULL)
		error_why(error, "did you mean \"%s\"?", near);
	error_fix(error, "cloud = public, usgov, usgovdod, china or sandbox");
	return status;
}

exs_status
identity_new(const exs_identity *given, identity **ret, exs_error *error)
{
	EXS_AUTO(identity) *id = mem_new(1, sizeof *id);

	if (id == NULL)
		return mem_fail(error);
	EXS_TRY(find_cloud(given->cloud, &id->cloud, error));
	id->entra = given->token_endpoint == NULL;
	id->x5c = given->x5c;
	id->tls_client_auth = given->tls_client_auth;
	id->lifetime = given->assertion_lifetime == 0 ? IDENTITY_LIFETIME_S
	                                              : given->assertion_lifetime;
	EXS_TRY(mem_copy(given->tenant == NULL ? "" : given->tenant, &id->tenant, error));
	EXS_TRY(mem_copy(given->organization == NULL ? "" : given->organization, &id->organization,
	                 error));
	EXS_TRY(mem_copy(given->client_id == NULL ? "" : given->client_id, &id->client_id, error));
	EXS_TRY(mem_copy(given->kid, &id->kid, error));
	EXS_TRY(check_names(id, error));
	EXS_TRY(set_origins(id, given, error));
	EXS_TRY(set_token_endpoint(id, given, error));
	EXS_GIVE(ret, id);
	return EXS_OK;
}
