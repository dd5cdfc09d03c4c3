/*
 * The people of the tenant: who can be signed in from the command line, and what they may do.
 *
 * There is one for every way in which a set-up can be allowed or refused. Nobody has a password:
 * signing in is approved with `exosign sandbox approve` or `signin`.
 */
#ifndef SANDBOX_USERS_H
#define SANDBOX_USERS_H

#include <stddef.h>
#include <stdio.h>

#include "encoding.h"

enum { USER_ROLES_MAX = 3 };

struct user {
	const char *name;         /* what the command line calls it, and the part before the @ */
	const char *display_name;
	const char *roles[USER_ROLES_MAX]; /* names of directory roles; NULL ends them early */
};

extern const struct user users[];
extern const size_t      users_count;

/* By name or by principal name, any case; NULL. */
const struct user *user_find(const char *name);
/* By object id; NULL. */
const struct user *user_of_id(const char *id);

/* A line for each of them, for the help of verbs that take one. */
void users_print(FILE *out);

void user_id(const struct user *user, char id[GUID_SIZE]);
void user_principal_name(const struct user *user, char *to, size_t size);

#endif
