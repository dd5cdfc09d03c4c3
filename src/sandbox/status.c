/*
 * `status`: does it run, what is registered in it, and what happened in it.
 */
#include <stdio.h>
#include <string.h>

#include "apps.h"
#include "control.h"
#include "instance.h"
#include "options.h"
#include "verbs.h"

static cJSON *
render_credential(const struct app_certificate *certificate)
{
	cJSON *object = cJSON_CreateObject();
	struct text hex = { 0 };

	hex_add(&hex, certificate->sha1, sizeof(certificate->sha1));
	cJSON_AddStringToObject(object, "keyId", certificate->key_id);
	cJSON_AddStringToObject(object, "thumbprint", hex.at);
	cJSON_AddNumberToObject(object, "until", (double)certificate->until);
	text_done(&hex);
	return object;
}

static cJSON *
render_app(const struct app *app)
{
	cJSON *object = cJSON_CreateObject(), *list;

	cJSON_AddStringToObject(object, "appId", app->id);
	cJSON_AddStringToObject(object, "applicationObjectId", app->application_id);
	cJSON_AddStringToObject(object, "principalObjectId", app->object_id);
	cJSON_AddStringToObject(object, "displayName", app->name);
	cJSON_AddBoolToObject(object, "enabled", app->enabled);
	list = cJSON_AddArrayToObject(object, "roles");
	for (size_t i = 0; i < app->n_roles; i++)
		cJSON_AddItemToArray(list, cJSON_CreateString(app->roles[i]));
	list = cJSON_AddArrayToObject(object, "directoryRoles");
	for (size_t i = 0; i < app->n_wids; i++)
		cJSON_AddItemToArray(list, cJSON_CreateString(directory_role_name(app->wids[i])));
	list = cJSON_AddArrayToObject(object, "keyCredentials");
	for (size_t i = 0; i < app->n_certificates; i++)
		cJSON_AddItemToArray(list, render_credential(&app->certificates[i]));
	return object;
}

/* What is registered: read from the file, so that it shows when nothing runs, too. */
static void
add_applications(cJSON *json, const char *directory)
{
	cJSON *list = cJSON_AddArrayToObject(json, "applications");
	struct apps apps;
	char why[DIRECTORY_SIZE + 64];

	if (apps_read(directory, &apps, why, sizeof(why))) {
		for (size_t i = 0; i < apps.n; i++)
			cJSON_AddItemToArray(list, render_app(&apps.list[i]));
	}
	apps_free(&apps);
}

static void
print_status_json(const struct instance *instance, pid_t pid, cJSON *live)
{
	cJSON *json = cJSON_CreateObject();
	char origin[64], bootstrap[GUID_SIZE];
	char *printed;

	snprintf(origin, sizeof(origin), "https://localhost:%lu", instance->port);
	cJSON_AddBoolToObject(json, "running", pid != 0);
	cJSON_AddNumberToObject(json, "pid", (double)pid);
	cJSON_AddStringToObject(json, "directory", instance->directory);
	cJSON_AddStringToObject(json, "origin", origin);
	cJSON_AddNumberToObject(json, "port", (double)instance->port);
	cJSON_AddStringToObject(json, "tenant", instance->tenant_id);
	cJSON_AddStringToObject(json, "organization", instance->domain);
	cJSON_AddStringToObject(json, "clientId", instance->app_id);
	guid_derive(bootstrap, instance->tenant_id, "bootstrap");
	cJSON_AddStringToObject(json, "bootstrapClientId", bootstrap);
	cJSON_AddStringToObject(json, "tls", instance->tls);
	cJSON_AddNumberToObject(json, "mailboxes", (double)instance->mailboxes);
	cJSON_AddNumberToObject(json, "seed", (double)instance->seed);
	add_applications(json, instance->directory);
	if (live != NULL) {
		cJSON_AddItemToObject(json, "ledger",
		                      cJSON_DetachItemFromObjectCaseSensitive(live, "ledger"));
		cJSON_AddItemToObject(json, "faults",
		                      cJSON_DetachItemFromObjectCaseSensitive(live, "faults"));
		cJSON_AddItemToObject(json, "signIn",
		                      cJSON_DetachItemFromObjectCaseSensitive(live, "signIn"));
	}
	printed = cJSON_Print(json);
	puts(printed);
	cJSON_free(printed);
	cJSON_Delete(json);
}

static void
print_status_text(const struct instance *instance, pid_t pid, const cJSON *live)
{
	const cJSON *item;

	if (pid == 0) {
		printf("down: %s\n", instance->directory);
		return;
	}
	printf("up: %s\n  at         https://localhost:%lu (process %ld)\n  tenant     %s (%s)\n"
	       "  client id  %s\n  mailboxes  %lu (seed %lu)\n  tls        %s\n",
	       instance->directory, instance->port, (long)pid, instance->tenant_id,
	       instance->domain, instance->app_id, instance->mailboxes, instance->seed,
	       instance->tls);
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(live, "ledger"))
		printf("  %12.0f  %s\n", item->valuedouble, item->string);
}

int
verb_status(int argc, char **argv)
{
	const char *words[WORDS_MAX], *wanted = NULL, *output = "text";
	const struct option_row rows[] = {
		{ "dir", "DIR", "which sandbox", &wanted, NULL, NULL },
		{ "output", "text|json", "how it is said; -o is the same", &output, NULL, NULL },
	};
	const struct option_table table = {
		"status [--dir DIR] [-o json]",
		"Says whether it runs and what happened in it. Exit code 8: it does not run.", rows,
		sizeof(rows) / sizeof(rows[0]), NULL,
	};
	char directory[DIRECTORY_SIZE];
	struct instance instance;
	int n = options_read(&table, argc, argv, words);
	cJSON *live = NULL;
	pid_t pid;

	if (n < 0)
		return options_exit(n);
	if (!instance_locate(wanted, false, directory) || !instance_load(directory, &instance))
		return EXIT_STATE;
	pid = instance_pid(directory);
	if (pid != 0)
		live = control_ask(directory, "{\"do\":\"status\"}");
	if (pid != 0 && live == NULL)
		return EXIT_NETWORK;
	if (strcmp(output, "json") == 0)
		print_status_json(&instance, pid, live);
	else
		print_status_text(&instance, pid, live);
	cJSON_Delete(live);
	return pid != 0 ? EXIT_GOOD : EXIT_NETWORK;
}
