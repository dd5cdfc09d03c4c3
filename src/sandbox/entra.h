/*
 * What the Entra half promises to the others: is this bearer good here, and what may it do?
 */
#ifndef SANDBOX_ENTRA_H
#define SANDBOX_ENTRA_H

#include "web.h"

enum { BEARER_ROLES_MAX = 16 };

struct bearer_facts {
	char  appid[64];
	char  oid[64];
	char  audience[256];
	char  roles[BEARER_ROLES_MAX][96]; /* application roles, e.g. Exchange.ManageAsApp */
	int   n_roles;
	char  wids[BEARER_ROLES_MAX][64];  /* directory role template ids */
	int   n_wids;
	bool  delegated;                   /* a person's token: scp and upn instead of roles */
	char  scp[2048];                   /* delegated scopes, between spaces */
	char  upn[320];
	char  xms_cc[32];                  /* "cp1" when the client announced the claims challenge */
};

enum bearer_verdict {
	BEARER_GOOD,
	BEARER_MISSING,
	BEARER_MALFORMED,  /* not a token of this tenant, signature wrong */
	BEARER_EXPIRED,
	BEARER_REVOKED,    /* issued before `fault revoke`: answer with a claims challenge */
};

/* Reads the Authorization header, verifies signature and times. The caller looks at the audience. */
enum bearer_verdict bearer_check(const struct web_request *request, struct bearer_facts *facts);

bool bearer_has_role(const struct bearer_facts *facts, const char *role);
bool bearer_has_wid(const struct bearer_facts *facts, const char *template_id);
bool bearer_has_scope(const struct bearer_facts *facts, const char *scope);

/* Routes below the login paths: discovery, keys, token endpoint. False when the path is not one of them. */
bool entra_serve(const struct web_request *request, struct web_answer *answer);

#endif
