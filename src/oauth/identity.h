/*
 * Who we are and where: the public exs_identity, checked and copied.
 */
#ifndef OAUTH_IDENTITY_H
#define OAUTH_IDENTITY_H

#include "base/mem.h"
#include "oauth/cloud.h"

#include <exosign/credential.h>

enum { IDENTITY_LIFETIME_S = 600, IDENTITY_LIFETIME_MIN_S = 60, IDENTITY_LIFETIME_MAX_S = 86400 };

typedef struct identity {
	const cloud *cloud;
	bool         entra; /* the token endpoint is the cloud's own: its rules for assertions hold */
	char        *tenant, *organization, *client_id; /* "" when not given */
	char        *token_endpoint, *audience;
	char        *kid; /* NULL: none */
	bool         x5c;
	bool         tls_client_auth; /* the certificate in TLS instead of an assertion */
	int64_t      lifetime;
	char        *origins[CLOUD_ENDPOINTS]; /* "" where the cloud has none and the profile names none */
	char        *hosts[32];       /* where a bearer may go: the cloud's and the overrides; NULL-terminated */
	char        *grant_hosts[2];  /* where an assertion may go: the token endpoint's alone */
} identity;

/* E_CONFIG_MISSING, E_CONFIG_VALUE or E_URL name the profile's key. */
EXS_MUST_USE exs_status identity_new(const exs_identity *given, identity **ret, exs_error *error);
void identity_free(identity *id);
EXS_DEFINE_AUTO(identity)

#endif
