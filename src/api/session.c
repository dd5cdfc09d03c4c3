/* A session with one service of the cloud. */
#include "api/session.h"

#include "api/fault.h"
#include "base/error.h"

enum { ATTEMPTS = 5 }; /* exchange-rest.md 2.9 */

exs_status
api_session_over(const exs_context *context, http_client **client, api_source source,
                 const char *origin, const char *tenant, const char *organization,
                 api_session **ret, exs_error *error)
{
	EXS_AUTO(api_session) *session = mem_new(1, sizeof *session);

	if (session == NULL)
		return mem_fail(error);
	EXS_GIVE(&session->client, *client);
	session->context = context;
	session->source = source;
	session->attempts = ATTEMPTS;
	session->dialect = &fault_of_exchange;
	EXS_TRY(mem_copy(origin, &session->origin, error));
	EXS_TRY(mem_copy(tenant, &session->tenant, error));
	EXS_TRY(mem_copy(organization, &session->organization, error));
	EXS_TRY(uuid_new(&session->connection_id, error));
	EXS_GIVE(ret, session);
	return EXS_OK;
}

static exs_status
bearer_of_credential(void *self, const exs_bearer *refused, const char *claims, exs_bearer **ret,
                     exs_error *error)
{
	const api_session *session = self;

	return credential_bearer(session->credential,
	                         credential_scope(session->credential, session->endpoint), refused,
	                         claims, ret, error);
}

exs_status
api_session_new(const exs_context *context, exs_credential *credential, cloud_endpoint endpoint,
                api_session **ret, exs_error *error)
{
	EXS_AUTO(http_client) *client = NULL;
	EXS_AUTO(api_session) *session = NULL;
	const exs_network *network = credential_network(credential);

	if (credential_origin(credential, endpoint)[0] == '\0')
		return exs_fail(error, E_CONFIG_MISSING, "endpoint.%s is not set, and the cloud has none",
		                cloud_endpoint_name(endpoint));
	EXS_TRY(credential_client(credential, &client, error));
	EXS_TRY(api_session_over(context, &client, (api_source){NULL, bearer_of_credential},
	                         credential_origin(credential, endpoint),
	                         credential_tenant(credential),
	                         credential_organization(credential), &session, error));
	session->source.self = session;
	session->credential = credential;
	session->endpoint = endpoint;
	if (network->attempts > 0)
		session->attempts = network->attempts;
	session->deadline_ms = network->deadline_ms;
	EXS_GIVE(ret, session);
	return EXS_OK;
}

const char *
api_session_origin(const api_session *session)
{
	return session->region != NULL ? session->region : session->origin;
}

void
api_session_free(api_session *session)
{
	if (session == NULL)
		return;
	http_client_free(session->client);
	mem_free(session->origin);
	mem_free(session->region);
	mem_free(session->tenant);
	mem_free(session->organization);
	mem_free(session);
}
