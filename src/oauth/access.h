/*
 * What the api room needs of a credential beyond the public header: where the cloud is, how to reach it, and a bearer that answers a
 * claims challenge.
 */
#ifndef OAUTH_ACCESS_H
#define OAUTH_ACCESS_H

#include "base/secret.h"
#include "http/transport_ops.h"
#include "oauth/cloud.h"

#include <exosign/credential.h>

EXS_DEFINE_AUTO(exs_bearer)

/*
 * A bearer for the scope; claims is the decoded JSON of a challenge (entra-graph.md 2.4) or NULL. A bearer that was refused is given as
 * `refused`, so that the cache does not hand out the same one again.
 */
EXS_MUST_USE exs_status credential_bearer(exs_credential *credential, const char *scope,
                                          const exs_bearer *refused, const char *claims,
                                          exs_bearer **ret, exs_error *error);

/* The bearer as a secret, for http_request.bearer; lives as long as the bearer. */
const secret *bearer_secret(const exs_bearer *bearer);

/* "https://host[:port]", the profile's override or the cloud's; "" where neither names one (vault, sandbox). */
const char *credential_origin(const exs_credential *credential, cloud_endpoint endpoint);
/* The scope of an endpoint. */
const char *credential_scope(const exs_credential *credential, cloud_endpoint endpoint);
const char *credential_tenant(const exs_credential *credential);
const char *credential_organization(const exs_credential *credential); /* "" when it is not set */
const char *credential_client_id(const exs_credential *credential);
/* Whose it is; lives as long as the credential. */
const struct identity *credential_identity(const exs_credential *credential);

/* Does it have a signer, or can it only tell addresses? */
bool credential_can_sign(const exs_credential *credential);

/* A new client with the credential's network settings and its cloud's hosts; the caller's. */
EXS_MUST_USE exs_status credential_client(const exs_credential *credential, http_client **ret,
                                          exs_error *error);
/* E_HOST when no bearer goes there: it is not among the cloud's hosts and the profile's own. */
struct url;
EXS_MUST_USE exs_status credential_may_reach(const exs_credential *credential, const struct url *where,
                                             exs_error *error);
/* One for the token endpoint alone, which may be another issuer's; and where that is. */
EXS_MUST_USE exs_status credential_grant_client(const exs_credential *credential, http_client **ret,
                                                exs_error *error);
const char *credential_token_endpoint(const exs_credential *credential);
/* Is it the cloud's own? */
bool credential_is_entra(const exs_credential *credential);


/* The network settings it was made with: attempts and deadline_ms are 0 when the caller left them to us. */
const exs_network *credential_network(const exs_credential *credential);

/*
 * A credential whose clients use another carrier (tests): make() is called once for each client and what it returns is
 * closed with the client.
 */
typedef struct credential_carrier {
	const transport_ops *ops;
	void                *self;
	exs_status (*make)(void *self, void **ret_transport, exs_error *error);
} credential_carrier;

EXS_MUST_USE exs_status credential_over(const exs_context *context, exs_signer *signer,
                                        const exs_identity *identity, const exs_network *network,
                                        const credential_carrier *carrier, exs_credential **ret,
                                        exs_error *error);

#endif
