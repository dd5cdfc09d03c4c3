/*
 * `approve` and `signin`: what a person would do in a browser.
 */
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "instance.h"
#include "options.h"
#include "text.h"
#include "users.h"
#include "verbs.h"

/* Asks the server; the exit code. */
static int
ask(const char *wanted, struct text *question)
{
	char directory[DIRECTORY_SIZE];
	cJSON *answer;
	int code;

	if (!instance_locate(wanted, false, directory)) {
		text_done(question);
		return EXIT_STATE;
	}
	answer = control_ask(directory, question->at);
	code = answer != NULL ? EXIT_GOOD : EXIT_STATE;
	cJSON_Delete(answer);
	text_done(question);
	return code;
}

int
verb_approve(int argc, char **argv)
{
	const char *words[WORDS_MAX], *wanted = NULL, *user = "admin";
	bool deny = false;
	const struct option_row rows[] = {
		{ "dir", "DIR", "which sandbox", &wanted, NULL, NULL },
		{ "user", "NAME", "who signs in (admin)", &user, NULL, NULL },
		{ "deny", NULL, "decline instead", NULL, NULL, &deny },
	};
	const struct option_table table = {
		"approve [CODE] [--user NAME] [--deny]",
		"Answers a sign-in that waits: the one with that code, or the only one.", rows,
		sizeof(rows) / sizeof(rows[0]), users_print,
	};
	struct text question = { 0 };
	int n = options_read(&table, argc, argv, words);

	if (n < 0)
		return options_exit(n);
	if (n > 1) {
		complain("usage: exosign-sandbox %s", table.usage);
		return EXIT_USAGE;
	}
	text_puts(&question, "{\"do\":\"approve\",");
	text_member(&question, "user", user);
	if (n == 1) {
		text_puts(&question, ",");
		text_member(&question, "code", words[0]);
	}
	text_addf(&question, ",\"deny\":%s}", deny ? "true" : "false");
	return ask(wanted, &question);
}

int
verb_signin(int argc, char **argv)
{
	const char *words[WORDS_MAX], *wanted = NULL, *answer = NULL;
	const struct option_row rows[] = {
		{ "dir", "DIR", "which sandbox", &wanted, NULL, NULL },
		{ "auto", "NAME|deny|off", "what answers from now on", &answer, NULL, NULL },
	};
	const struct option_table table = {
		"signin --auto NAME|deny|off",
		"Lets every sign-in that is begun from now on be answered by itself.", rows,
		sizeof(rows) / sizeof(rows[0]), users_print,
	};
	struct text question = { 0 };
	int n = options_read(&table, argc, argv, words);

	if (n < 0)
		return options_exit(n);
	if (n > 0 || answer == NULL) {
		complain("usage: exosign-sandbox %s", table.usage);
		return EXIT_USAGE;
	}
	text_puts(&question, "{\"do\":\"signin-auto\",");
	text_member(&question, "answer", answer);
	text_puts(&question, "}");
	return ask(wanted, &question);
}
