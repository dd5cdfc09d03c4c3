/*
 * The people of the tenant. See users.h.
 */
#include "users.h"

#include <string.h>
#include <strings.h>

#include "tenant.h"

const struct user users[] = {
	{ "admin", "Ada Admin", { "Global Administrator" } },
	{ "appadmin", "Alan Appadmin", { "Application Administrator" } },
	{ "roleadmin", "Rosa Roleadmin", { "Privileged Role Administrator" } },
	{ "reader", "Rita Reader", { "Global Reader" } },
	{ "nobody", "Norman Nobody", { NULL } },
};

const size_t users_count = sizeof(users) / sizeof(users[0]);

void
user_id(const struct user *user, char id[GUID_SIZE])
{
	guid_derive(id, the_tenant.id, user->name);
}

void
user_principal_name(const struct user *user, char *to, size_t size)
{
	snprintf(to, size, "%s@%s", user->name, the_tenant.domain);
}

const struct user *
user_find(const char *name)
{
	char upn[320];

	for (size_t i = 0; i < users_count; i++) {
		user_principal_name(&users[i], upn, sizeof(upn));
		if (strcasecmp(users[i].name, name) == 0 || strcasecmp(upn, name) == 0)
			return &users[i];
	}
	return NULL;
}

const struct user *
user_of_id(const char *id)
{
	char his[GUID_SIZE];

	for (size_t i = 0; i < users_count; i++) {
		user_id(&users[i], his);
		if (strcasecmp(his, id) == 0)
			return &users[i];
	}
	return NULL;
}

void
users_print(FILE *out)
{
	fputs("\nPeople:\n", out);
	for (size_t i = 0; i < users_count; i++)
		fprintf(out, "  %-12s %s, %s\n", users[i].name, users[i].display_name,
		        users[i].roles[0] != NULL ? users[i].roles[0] : "no directory role");
}
