/*
 * exosign-sandbox: a local tenant and a SoftHSM token, nothing else needed.
 */
#include <stdio.h>
#include <string.h>

#include "options.h"
#include "verbs.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *about; /* NULL: not for people */
} verbs[] = {
	{ "up", verb_up, "make and start a sandbox" },
	{ "down", verb_down, "stop it" },
	{ "status", verb_status, "does it run, and what was asked of it" },
	{ "env", verb_env, "shell variables that lead to it" },
	{ "fault", verb_fault, "let things go wrong" },
	{ "throttle", verb_throttle, "how much the tenant grants, and how much of it was used" },
	{ "ledger", verb_ledger, "every write that was really run" },
	{ "app", verb_app, "what the tenant knows about the application" },
	{ "vault", verb_vault, "what is in the key vault" },
	{ "approve", verb_approve, "let a sign-in that waits succeed, or not" },
	{ "signin", verb_signin, "let every sign-in succeed, or not" },
	{ "admin-token", verb_admin_token, "a token for Graph in the name of an administrator" },
	{ "device", verb_device, "SoftHSM tokens of any kind, for tests" },
	{ "serve", verb_serve, NULL },
};

enum { VERBS = sizeof(verbs) / sizeof(verbs[0]) };

static int
print_help(FILE *out, int code)
{
	fputs("usage: exosign-sandbox VERB [...]        (exosign sandbox VERB is the same)\n\n", out);
	for (size_t i = 0; i < VERBS; i++) {
		if (verbs[i].about != NULL)
			fprintf(out, "  %-12s %s\n", verbs[i].name, verbs[i].about);
	}
	fputs("\nVERB --help tells more.\n", out);
	return code;
}

int
main(int argc, char **argv)
{
	if (argc < 2)
		return print_help(stderr, EXIT_USAGE);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0)
		return print_help(stdout, EXIT_GOOD);
	for (size_t i = 0; i < VERBS; i++) {
		if (strcmp(verbs[i].name, argv[1]) == 0)
			return verbs[i].run(argc - 2, argv + 2);
	}
	complain("there is no verb '%s'", argv[1]);
	return print_help(stderr, EXIT_USAGE);
}
