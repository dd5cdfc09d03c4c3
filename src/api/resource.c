/*
 * Any REST call with the right bearer.
 *
 * A scope belongs to a host by the cloud's table: the host of the scope, or one below it. Where several services share one host, as in a
 * sandbox, the path tells them apart.
 */
#include "api/resource.h"

#include "api/redirect.h"
#include "api/small.h"
#include "http/url.h"

#include <stdio.h>

enum { URL_ROOM = SMALL_URL_MAX };

void
resource_done(resource *r)
{
	mem_free(r->url);
	*r = (resource){0};
}

/* Paths by which services that share a host are told apart. */
static const struct {
	const char    *begins;
	cloud_endpoint endpoint;
} paths[] = {
	{"/secrets", CLOUD_VAULT},  {"/certificates", CLOUD_VAULT}, {"/keys", CLOUD_VAULT},
	{"/adminapi", CLOUD_EXCHANGE}, {"/v1.0", CLOUD_GRAPH},      {"/beta", CLOUD_GRAPH},
};

static bool
is_at(const exs_credential *credential, cloud_endpoint e, const url *where)
{
	const char *origin = credential_origin(credential, e);
	url own;

	return origin[0] != '\0' && url_parse(origin, &own, NULL) == EXS_OK && url_same_origin(&own, where);
}

/* "vault.azure.net" of "https://vault.azure.net/.default": the host itself or one below it. */
static bool
is_below_scope(const exs_credential *credential, cloud_endpoint e, const url *where)
{
	char suffix[300];
	url  scope;

	if (url_parse(credential_scope(credential, e), &scope, NULL) != EXS_OK || where->port != 443 ||
	    scope.host.len > 250)
		return false;
	(void)snprintf(suffix, sizeof suffix, "." SPAN_FORMAT, SPAN_PRINT(scope.host));
	return span_same_nocase(where->host, scope.host) || span_ends_nocase(where->host, suffix);
}

static bool
find_endpoint(const exs_credential *credential, const url *where, cloud_endpoint *ret)
{
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		*ret = paths[i].endpoint;
		if (span_starts(where->path, paths[i].begins) && is_at(credential, *ret, where))
			return true;
	}
	for (cloud_endpoint e = CLOUD_GRAPH; e < CLOUD_ENDPOINTS; e++) {
		*ret = e;
		if (is_at(credential, e, where) || is_below_scope(credential, e, where))
			return true;
	}
	return false;
}

static exs_status
make_absolute(const exs_credential *credential, const char *text, char **ret, exs_error *error)
{
	EXS_SCOPED(buf) whole = BUF(URL_ROOM);
	exs_status status;

	if (span_starts(span_of(text), "//"))
		return exs_fail(error, E_URL, "an address begins with https:// or, for Graph, with one slash");
	if (text[0] == '/' && credential_origin(credential, CLOUD_GRAPH)[0] == '\0') {
		status = exs_fail(error, E_CONFIG_MISSING, "endpoint.graph is not set, and the cloud has none");
		return status;
	}
	if (text[0] == '/')
		buf_puts(&whole, credential_origin(credential, CLOUD_GRAPH));
	buf_puts(&whole, text);
	return buf_take(&whole, "an address", ret, error);
}

exs_status
resource_find(exs_credential *credential, const char *text, const char *scope, resource *ret, exs_error *error)
{
	EXS_AUTO(chars) *absolute = NULL;
	cloud_endpoint endpoint;
	url            where;
	exs_status     status;

	EXS_TRY(make_absolute(credential, text, &absolute, error));
	EXS_TRY(url_parse(absolute, &where, error));
	EXS_TRY(credential_may_reach(credential, &where, error));
	ret->scope = scope;
	if (scope == NULL) {
		if (!find_endpoint(credential, &where, &endpoint)) {
			status = exs_fail(error, E_USAGE, "it is not known which scope goes with " SPAN_FORMAT,
			                  SPAN_PRINT(where.host));
			error_fix(error, "say it: --scope https://RESOURCE/.default");
			return status;
		}
		ret->scope = credential_scope(credential, endpoint);
	}
	EXS_GIVE(&ret->url, absolute);
	return EXS_OK;
}

static exs_status
bearer_of_scope(void *self, const exs_bearer *refused, const char *claims, exs_bearer **ret, exs_error *error)
{
	const resource_session *s = self;

	return credential_bearer(s->credential, s->scope, refused, claims, ret, error);
}

void
resource_session_done(resource_session *s)
{
	api_session_free(s->session);
	s->session = NULL;
}

exs_status
resource_session_begin(resource_session *s, const exs_context *context, exs_credential *credential,
                       const resource *r, const struct fault_dialect *dialect, exs_error *error)
{
	EXS_AUTO(http_client) *client = NULL;
	EXS_AUTO(chars) *origin = NULL;
	const exs_network *network = credential_network(credential);

	s->credential = credential;
	s->scope = r->scope;
	EXS_TRY(redirect_origin(r->url, &origin, error));
	EXS_TRY(credential_client(credential, &client, error));
	EXS_TRY(api_session_over(context, &client, (api_source){s, bearer_of_scope}, origin,
	                         credential_tenant(credential), credential_organization(credential), &s->session,
	                         error));
	s->session->dialect = dialect;
	if (network->attempts > 0)
		s->session->attempts = network->attempts;
	s->session->deadline_ms = network->deadline_ms;
	return EXS_OK;
}

exs_status
resource_walk(api_session *session, const pages_options *options, exs_resource_visit visit, void *self,
              exs_error *error)
{
	EXS_AUTO(pages) *p = NULL;
	span row;

	EXS_TRY(pages_open(session, options, &p, error));
	for (;;) {
		EXS_TRY(pages_next(p, &row, error));
		if (row.at == NULL)
			return EXS_OK;
		EXS_TRY(visit(self, row.at, row.len, error));
	}
}
