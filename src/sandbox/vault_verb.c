/*
 * `vault`: what is in the key vault, and who may not read it. It changes DIR/vault.json, so it works
 * whether the sandbox runs or not.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "apps.h"
#include "instance.h"
#include "options.h"
#include "vault_store.h"
#include "verbs.h"

enum { VALUE_MAX = 25 * 1024 };

struct task {
	cJSON      *vault;
	const char *argument; /* NULL when the row wants none */
	const char *content_type, *tag; /* options; NULL */
	bool        off;
	bool        changed;
};

static int
list(struct task *task)
{
	static const char *const kinds[] = { "secrets", "certificates" };
	const cJSON *item;

	for (size_t i = 0; i < 2; i++) {
		cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(task->vault, kinds[i]))
			printf("%-12s  %s (%d versions)\n", kinds[i],
			       cJSON_GetObjectItemCaseSensitive(item, "name")->valuestring,
			       cJSON_GetArraySize(
				       cJSON_GetObjectItemCaseSensitive(item, "versions")));
	}
	return EXIT_GOOD;
}

/* A new version whose value is read from standard input, as it is. */
static int
set(struct task *task)
{
	char value[VALUE_MAX + 1];
	size_t len = fread(value, 1, sizeof(value), stdin);
	const char *equals = task->tag != NULL ? strchr(task->tag, '=') : NULL;
	cJSON *version;
	char name[64];

	if (!vault_name_good(task->argument) || len > VALUE_MAX || memchr(value, 0, len) != NULL ||
	    (task->tag != NULL && equals == NULL)) {
		complain("a name has letters, digits and dashes, a value up to %d bytes of text, a "
		         "tag is NAME=VALUE", VALUE_MAX);
		return EXIT_USAGE;
	}
	value[len] = '\0';
	version = vault_add_version(task->vault, "secrets", task->argument);
	cJSON_AddStringToObject(version, "value", value);
	if (task->content_type != NULL)
		cJSON_AddStringToObject(version, "contentType", task->content_type);
	if (task->off)
		cJSON_ReplaceItemInObjectCaseSensitive(version, "enabled",
		                                       cJSON_CreateBool(false));
	if (equals != NULL) {
		snprintf(name, sizeof(name), "%.*s", (int)(equals - task->tag), task->tag);
		cJSON_AddStringToObject(cJSON_AddObjectToObject(version, "tags"), name, equals + 1);
	}
	task->changed = true;
	return EXIT_GOOD;
}

static int
forget(struct task *task)
{
	cJSON *item = vault_item(task->vault, "secrets", task->argument);

	if (item == NULL) {
		complain("the vault has no secret '%s'", task->argument);
		return EXIT_STATE;
	}
	cJSON_Delete(cJSON_DetachItemViaPointer(
		cJSON_GetObjectItemCaseSensitive(task->vault, "secrets"), item));
	task->changed = true;
	return EXIT_GOOD;
}

static int
deny(struct task *task)
{
	cJSON_AddItemToArray(cJSON_GetObjectItemCaseSensitive(task->vault, "denied"),
	                     cJSON_CreateString(task->argument));
	task->changed = true;
	return EXIT_GOOD;
}

static int
allow(struct task *task)
{
	cJSON *denied = cJSON_GetObjectItemCaseSensitive(task->vault, "denied");

	for (int i = cJSON_GetArraySize(denied) - 1; i >= 0; i--) {
		if (strcasecmp(cJSON_GetArrayItem(denied, i)->valuestring, task->argument) == 0)
			cJSON_DeleteItemFromArray(denied, i);
	}
	task->changed = true;
	return EXIT_GOOD;
}

static const struct action {
	const char *word, *argument;
	int (*act)(struct task *task);
	const char *about;
} actions[] = {
	{ "list", NULL, list, "what is in it" },
	{ "set", "NAME", set, "a new version, its value from standard input" },
	{ "forget", "NAME", forget, "remove a secret" },
	{ "deny", "GUID", deny, "let this application not read" },
	{ "allow", "GUID", allow, "let it read again" },
};

enum { ACTIONS = sizeof(actions) / sizeof(actions[0]) };

static void
print_actions(FILE *out)
{
	fputs("\nActions:\n", out);
	for (size_t i = 0; i < ACTIONS; i++)
		fprintf(out, "  %s %-18s %s\n", actions[i].word,
		        actions[i].argument != NULL ? actions[i].argument : "", actions[i].about);
}

static const struct action *
find_action(const char *words[], int n)
{
	for (size_t i = 0; i < ACTIONS; i++) {
		if (n == (actions[i].argument != NULL ? 2 : 1) &&
		    strcmp(actions[i].word, words[0]) == 0)
			return &actions[i];
	}
	return NULL;
}

static int
act(const char *directory, const struct action *action, struct task *task)
{
	int lock = apps_lock(directory);
	int code = EXIT_STATE;

	task->vault = lock >= 0 ? vault_read(directory) : NULL;
	if (task->vault == NULL)
		complain("%s/vault.json cannot be read", directory);
	else
		code = action->act(task);
	if (task->changed && !vault_write(directory, task->vault)) {
		complain("cannot write %s/vault.json: %s", directory, strerror(errno));
		code = EXIT_STATE;
	}
	cJSON_Delete(task->vault);
	apps_unlock(lock);
	return code;
}

int
verb_vault(int argc, char **argv)
{
	struct task task = { .vault = NULL };
	const char *words[WORDS_MAX], *wanted = NULL;
	const struct option_row rows[] = {
		{ "dir", "DIR", "which sandbox", &wanted, NULL, NULL },
		{ "type", "TYPE", "the content type of what is set", &task.content_type, NULL, NULL },
		{ "tag", "NAME=VALUE", "a tag of what is set", &task.tag, NULL, NULL },
		{ "off", NULL, "what is set is disabled", NULL, NULL, &task.off },
	};
	const struct option_table table = {
		"vault [--dir DIR] ACTION", "Shows and changes what is in the key vault.", rows,
		sizeof(rows) / sizeof(rows[0]), print_actions,
	};
	char directory[DIRECTORY_SIZE];
	int n = options_read(&table, argc, argv, words);
	const struct action *action;

	if (n < 0)
		return options_exit(n);
	action = n > 0 ? find_action(words, n) : NULL;
	if (action == NULL) {
		complain("usage: exosign-sandbox %s (--help lists the actions)", table.usage);
		return EXIT_USAGE;
	}
	if (!instance_locate(wanted, false, directory))
		return EXIT_STATE;
	task.argument = action->argument != NULL ? words[1] : NULL;
	return act(directory, action, &task);
}
