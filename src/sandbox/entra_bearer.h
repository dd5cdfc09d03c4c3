/*
 * The access tokens of the tenant: made here, and read back in bearer_check (entra.h).
 */
#ifndef SANDBOX_ENTRA_BEARER_H
#define SANDBOX_ENTRA_BEARER_H

#include "apps.h"
#include "entra_scope.h"
#include "users.h"

struct bearer_wish {
	const struct app  *app;  /* an application for itself; or NULL, and the three that follow */
	const struct user *user; /* a person ... */
	const char        *client_id; /* ... at this program ... */
	const char        *scp;       /* ... which may do this in the person's name */
	const char        *audience;
	enum resource_kind kind;
	const char        *issuer;
	bool               cae; /* the client announced capability cp1 */
};

/* How long tokens live, and when a client should come early (0: not said). Set before serving. */
extern unsigned bearer_lifetime_seconds;
extern unsigned bearer_refresh_seconds;

/* Appends a signed token. */
void bearer_make(struct text *token, const struct bearer_wish *wish);

#endif
