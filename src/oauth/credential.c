/* A credential: what turns a signer into bearers. */
#include <exosign/credential.h>

#include "base/error.h"
#include "http/url.h"
#include "oauth/access.h"
#include "oauth/assertion.h"
#include "oauth/bearer.h"
#include "oauth/cache.h"
#include "oauth/grant.h"
#include "oauth/identity.h"
#include "oauth/network.h"
#include "sign/proxykey.h"

#include <pthread.h>

enum { SCOPE_MAX = 1024 };

struct exs_credential {
	const exs_context *context;
	exs_signer        *signer;
	identity          *identity;
	network           *network;
	credential_carrier carrier; /* ops NULL: the one we ship */
	cache             *cache;
	pthread_mutex_t    lock;
	http_client       *idle; /* a client for grants that nobody uses now, with its connection */
	http_presence      to_proxy;
};

void
exs_credential_free(exs_credential *credential)
{
	if (credential == NULL)
		return;
	cache_free(credential->cache);
	http_client_free(credential->idle);
	identity_free(credential->identity);
	network_free(credential->network);
	pthread_mutex_destroy(&credential->lock);
	mem_free(credential);
}
EXS_DEFINE_AUTO(exs_credential)

static exs_status
new_client(const exs_credential *credential, char *const *hosts, http_client **ret,
           exs_error *error)
{
	const credential_carrier *carrier = &credential->carrier;
	const char               *list[32];
	size_t                    n = 0;
	void                     *self = NULL;
	exs_status                status;

	for (; hosts[n] != NULL; n++)
		list[n] = hosts[n];
	list[n] = NULL;
	if (carrier->ops == NULL) {
		EXS_TRY(http_client_new(credential->context, &credential->network->settings, list, ret,
		                        error));
		if (credential->network->settings.proxy_tls_auth && credential->signer != NULL)
			http_client_present_to_proxy(*ret, &credential->to_proxy);
		return EXS_OK;
	}
	EXS_TRY(carrier->make(carrier->self, &self, error));
	status = http_client_over(credential->context, &credential->network->settings, list, carrier->ops, self,
	                          ret, error);
	if (status != EXS_OK)
		carrier->ops->close(self);
	return status;
}

/* A client is for one thread; two scopes may be fetched at once. */
static exs_status
take_client(exs_credential *credential, http_client **ret, exs_error *error)
{
	http_client *idle;

	pthread_mutex_lock(&credential->lock);
	idle = credential->idle;
	credential->idle = NULL;
	pthread_mutex_unlock(&credential->lock);
	if (idle == NULL)
		return new_client(credential, credential->identity->grant_hosts, ret, error);
	*ret = idle;
	return EXS_OK;
}

static void
give_client_back(exs_credential *credential, http_client *client)
{
	http_client *extra = client;

	pthread_mutex_lock(&credential->lock);
	if (credential->idle == NULL) {
		credential->idle = client;
		extra = NULL;
	}
	pthread_mutex_unlock(&credential->lock);
	http_client_free(extra);
}

static exs_status
fetch(void *self, const char *scope, const char *challenge, exs_bearer **ret, exs_error *error)
{
	exs_credential *credential = self;
	http_client    *client = NULL;
	exs_status      status;

	EXS_TRY(take_client(credential, &client, error));
	status = grant_redeem(
		&(grant){
			.context = credential->context,
			.identity = credential->identity,
			.signer = credential->signer,
			.client = client,
			.attempts = credential->network->settings.attempts,
			.deadline_ms = credential->network->settings.deadline_ms,
		},
		scope, challenge, ret, error);
	give_client_back(credential, client);
	if (status == EXS_OK)
		LOG(credential->context, EXS_LOG_INFO, "oauth", "token issued", LOG_TEXT("scope", scope),
		    LOG_TEXT("fingerprint", exs_bearer_fingerprint(*ret)),
		    LOG_NUMBER("expires", exs_bearer_expires(*ret)));
	return status;
}

exs_status
credential_over(const exs_context *context, exs_signer *signer, const exs_identity *who,
                const exs_network *how, const credential_carrier *carrier,
                exs_credential **ret, exs_error *error)
{
	EXS_AUTO(exs_credential) *credential = mem_new(1, sizeof *credential);
	exs_identity              known = {0};

	if (credential == NULL)
		return mem_fail(error);
	pthread_mutex_init(&credential->lock, NULL);
	credential->context = context;
	credential->signer = signer;
	credential->to_proxy = (http_presence){proxykey_show, proxykey_failure, signer};
	if (carrier != NULL)
		credential->carrier = *carrier;
	memcpy(&known, who, who->size < sizeof known ? who->size : sizeof known);
	EXS_TRY(identity_new(&known, &credential->identity, error));
	/* no proxy leads to this machine */
	EXS_TRY(network_new(how, strcmp(credential->identity->cloud->name, "sandbox") == 0,
	                    &credential->network, error));
	EXS_TRY(cache_new(context, (cache_source){credential, fetch}, &credential->cache, error));
	EXS_GIVE(ret, credential);
	return EXS_OK;
}

exs_status
exs_credential_new(const exs_context *context, exs_signer *signer, const exs_identity *who,
                   const exs_network *how, exs_credential **ret_credential, exs_error *error)
{
	return credential_over(context, signer, who, how, NULL, ret_credential, error);
}

/* RFC 6749 section 3.3: visible ASCII and blanks, without quote and backslash. */
static exs_status
check_scope(const char *scope, bool entra, exs_error *error)
{
	if (strlen(scope) > SCOPE_MAX || (entra && scope[0] == '\0'))
		return exs_fail(error, E_USAGE, "a scope has 1 to %d characters", SCOPE_MAX);
	for (const char *c = scope; *c != '\0'; c++)
		if (*c < 0x20 || *c > 0x7E || *c == '"' || *c == '\\')
			return exs_fail(error, E_USAGE, "a scope holds a character that cannot be in one");
	return EXS_OK;
}

static exs_status
full_scope(const exs_credential *credential, const char *scope, const char **ret, exs_error *error)
{
	for (cloud_endpoint e = CLOUD_GRAPH; e < CLOUD_ENDPOINTS; e++) {
		if (strcmp(scope, cloud_endpoint_name(e)) == 0) {
			*ret = credential_scope(credential, e);
			return EXS_OK;
		}
	}
	*ret = scope;
	return check_scope(scope, credential->identity->entra, error);
}

static exs_status
wish_for(exs_credential *credential, cache_wish wish, exs_bearer **ret, exs_error *error)
{
	EXS_TRY(full_scope(credential, wish.scope, &wish.scope, error));
	return cache_bearer(credential->cache, &wish, ret, error);
}

exs_status
exs_credential_bearer(exs_credential *credential, const char *scope, exs_fetch fetching,
                      exs_bearer **ret_bearer, exs_error *error)
{
	return wish_for(credential, (cache_wish){.scope = scope, .past = fetching == EXS_FETCH_NEW},
	                ret_bearer, error);
}

exs_status
credential_bearer(exs_credential *credential, const char *scope, const exs_bearer *refused,
                  const char *claims, exs_bearer **ret, exs_error *error)
{
	return wish_for(credential,
	                (cache_wish){.scope = scope, .refused = refused, .challenge = claims}, ret,
	                error);
}

exs_status
exs_assertion_create(exs_credential *credential, const char *audience,
                     exs_assertion **ret_assertion, exs_error *error)
{
	return assertion_new(credential->context, credential->identity, credential->signer, audience,
	                     ret_assertion, error);
}

const char *
credential_origin(const exs_credential *credential, cloud_endpoint endpoint)
{
	return credential->identity->origins[endpoint];
}

const char *
credential_scope(const exs_credential *credential, cloud_endpoint endpoint)
{
	return credential->identity->cloud->scopes[endpoint];
}

const char *
credential_tenant(const exs_credential *credential)
{
	return credential->identity->tenant;
}

const char *
credential_organization(const exs_credential *credential)
{
	return credential->identity->organization;
}

bool
credential_can_sign(const exs_credential *credential)
{
	return credential->signer != NULL;
}

const identity *
credential_identity(const exs_credential *credential)
{
	return credential->identity;
}

const char *
credential_client_id(const exs_credential *credential)
{
	return credential->identity->client_id;
}

exs_status
credential_client(const exs_credential *credential, http_client **ret, exs_error *error)
{
	return new_client(credential, credential->identity->hosts, ret, error);
}

exs_status
credential_may_reach(const exs_credential *credential, const url *where, exs_error *error)
{
	char *const *hosts = credential->identity->hosts;
	exs_status   status;

	for (size_t i = 0; hosts[i] != NULL; i++)
		if (url_matches(where, hosts[i]))
			return EXS_OK;
	status = exs_fail(error, E_HOST, SPAN_FORMAT ", port %u, is not among the hosts of this cloud",
	                  SPAN_PRINT(where->host), where->port);
	error_why(error, "a bearer goes nowhere else; nothing was signed or sent");
	return status;
}

exs_status
credential_grant_client(const exs_credential *credential, http_client **ret, exs_error *error)
{
	return new_client(credential, credential->identity->grant_hosts, ret, error);
}

const char *
credential_token_endpoint(const exs_credential *credential)
{
	return credential->identity->token_endpoint;
}

bool
credential_is_entra(const exs_credential *credential)
{
	return credential->identity->entra;
}

const exs_network *
credential_network(const exs_credential *credential)
{
	return &credential->network->settings;
}
