/*
 * `admin-token`: a Graph token in the name of one of the tenant's people, as a sign-in would give it.
 * For what takes a token that was got elsewhere (`--access-token-fd`), and for curl.
 */
#include <stdio.h>

#include "entra_bearer.h"
#include "entra_key.h"
#include "instance.h"
#include "options.h"
#include "signin_client.h"
#include "tenant.h"
#include "users.h"
#include "verbs.h"

/* Microsoft Graph Command Line Tools */
#define DEFAULT_CLIENT "14d82eec-204b-4c2f-b7e8-296a70dab67e"

static int
print_token(const char *directory, const struct user *user, const char *client, const char *scopes)
{
	static struct instance instance; /* the tenant points into it */
	struct text token = { 0 };
	char issuer[128];
	struct bearer_wish wish = {
		.user = user, .client_id = client, .scp = scopes, .issuer = issuer,
		.audience = "https://graph.microsoft.com", .kind = RESOURCE_GRAPH,
	};

	if (!instance_load(directory, &instance))
		return EXIT_STATE;
	instance_settle_tenant(&instance);
	if (!token_signer_open(directory)) {
		complain("%s/issuer.pem cannot be read", directory);
		return EXIT_STATE;
	}
	snprintf(issuer, sizeof(issuer), "https://sts.windows.net/%s/", the_tenant.id);
	bearer_make(&token, &wish);
	puts(token.at);
	text_done(&token);
	token_signer_close();
	return EXIT_GOOD;
}

int
verb_admin_token(int argc, char **argv)
{
	const char *words[WORDS_MAX], *wanted = NULL, *name = "admin", *client = DEFAULT_CLIENT;
	const char *scopes = setup_scopes;
	const struct option_row rows[] = {
		{ "dir", "DIR", "which sandbox", &wanted, NULL, NULL },
		{ "user", "NAME", "whose (admin)", &name, NULL, NULL },
		{ "client", "GUID", "which program's (Microsoft Graph Command Line Tools)", &client,
		  NULL, NULL },
		{ "scopes", "WORDS", "what the program may do (all that a set-up needs)", &scopes,
		  NULL, NULL },
	};
	const struct option_table table = {
		"admin-token [--dir DIR] [--user NAME]",
		"Prints a Graph token in the name of one of the tenant's people.", rows,
		sizeof(rows) / sizeof(rows[0]), users_print,
	};
	char directory[DIRECTORY_SIZE];
	int n = options_read(&table, argc, argv, words);
	const struct user *user;

	if (n < 0)
		return options_exit(n);
	user = user_find(name);
	if (n > 0 || user == NULL) {
		complain("nobody is called '%s' (--help lists the people)", n > 0 ? words[0] : name);
		return EXIT_USAGE;
	}
	if (!instance_locate(wanted, false, directory))
		return EXIT_STATE;
	return print_token(directory, user, client, scopes);
}
