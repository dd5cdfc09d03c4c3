/*
 * The programs people sign in at, and what those may ask for.
 */
#ifndef SANDBOX_SIGNIN_CLIENT_H
#define SANDBOX_SIGNIN_CLIENT_H

#include "entra_answer.h"
#include "signin.h"

/* "the tenant's own bootstrap app": a public client that may ask for everything a set-up needs. */
void bootstrap_client_id(char id[GUID_SIZE]);

/* Is it a public client of this tenant? False: grant->answer refuses. */
bool client_check(struct grant *grant, const char *client_id);

/* Reads the scopes asked for into short names between blanks. False: grant->answer refuses. */
bool client_scopes(struct grant *grant, const char *client_id, const char *asked,
                   char scopes[SIGNIN_TEXT_SIZE]);

/* Everything a set-up needs, between blanks. */
extern const char setup_scopes[];

#endif
