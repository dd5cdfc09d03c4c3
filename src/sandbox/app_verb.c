/*
 * `app`: what the tenant knows about the application. It changes DIR/apps.json, which the server
 * looks at before each token it issues, so it works whether the sandbox runs or not.
 */
#include <errno.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "apps.h"
#include "instance.h"
#include "options.h"
#include "verbs.h"

/* What an action works on; changed says whether the file is to be written. */
struct task {
	struct app *app;
	const char *argument; /* NULL when the row wants none */
	bool        changed;
};

static X509 *
read_certificate(const char *path)
{
	struct text file = { 0 };
	X509 *certificate = NULL;
	const unsigned char *at;
	BIO *memory;

	if (!file_read(path, 1024 * 1024, &file) || file.at == NULL) {
		complain("cannot read %s: %s", path, strerror(errno));
		text_done(&file);
		return NULL;
	}
	memory = BIO_new_mem_buf(file.at, (int)file.len);
	certificate = PEM_read_bio_X509(memory, NULL, NULL, NULL);
	BIO_free(memory);
	at = (const unsigned char *)file.at;
	if (certificate == NULL)
		certificate = d2i_X509(NULL, &at, (long)file.len);
	text_done(&file);
	if (certificate == NULL)
		complain("%s holds no certificate, neither PEM nor DER", path);
	return certificate;
}

static int
certificate_add(struct task *task)
{
	X509 *certificate = read_certificate(task->argument);

	if (certificate == NULL)
		return EXIT_STATE;
	task->changed = app_add_certificate(task->app, certificate) != NULL;
	if (!task->changed) {
		X509_free(certificate);
		puts("That certificate was registered already.");
	}
	return EXIT_GOOD;
}

/* By either thumbprint in hexadecimal. */
static int
certificate_remove(struct task *task)
{
	for (size_t i = 0; i < task->app->n_certificates; i++) {
		const struct app_certificate *one = &task->app->certificates[i];
		unsigned char bytes[32];

		if ((hex_read(task->argument, bytes, sizeof(one->sha1)) &&
		     memcmp(bytes, one->sha1, sizeof(one->sha1)) == 0) ||
		    (hex_read(task->argument, bytes, sizeof(one->sha256)) &&
		     memcmp(bytes, one->sha256, sizeof(one->sha256)) == 0)) {
			app_drop_certificate(task->app, i);
			task->changed = true;
			return EXIT_GOOD;
		}
	}
	complain("no registered certificate has the thumbprint %s", task->argument);
	return EXIT_STATE;
}

static int
certificate_list(struct task *task)
{
	for (size_t i = 0; i < task->app->n_certificates; i++) {
		const struct app_certificate *one = &task->app->certificates[i];
		struct text line = { 0 };
		struct tm until = { 0 };
		char name[128] = "", date[32];

		ASN1_TIME_to_tm(X509_get0_notAfter(one->x509), &until);
		strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &until);
		X509_NAME_get_text_by_NID(X509_get_subject_name(one->x509), NID_commonName, name,
		                          sizeof(name));
		hex_add(&line, one->sha1, sizeof(one->sha1));
		printf("%s  until %s  %s\n", line.at, date, name);
		text_done(&line);
	}
	return EXIT_GOOD;
}

static int
role_add(struct task *task)
{
	struct app *app = task->app;

	for (size_t i = 0; i < app->n_roles; i++) {
		if (strcmp(app->roles[i], task->argument) == 0)
			return EXIT_GOOD;
	}
	if (app->n_roles == APP_GRANTS_MAX || strlen(task->argument) >= APP_NAME_SIZE) {
		complain("no room for the role '%s'", task->argument);
		return EXIT_STATE;
	}
	snprintf(app->roles[app->n_roles++], APP_NAME_SIZE, "%s", task->argument);
	task->changed = true;
	return EXIT_GOOD;
}

static int
role_remove(struct task *task)
{
	struct app *app = task->app;

	for (size_t i = 0; i < app->n_roles; i++) {
		if (strcmp(app->roles[i], task->argument) != 0)
			continue;
		app->n_roles--;
		memmove(app->roles[i], app->roles[i + 1], (app->n_roles - i) * APP_NAME_SIZE);
		task->changed = true;
		return EXIT_GOOD;
	}
	complain("the application has no role '%s'", task->argument);
	return EXIT_STATE;
}

static int
wid_add(struct task *task)
{
	const char *id = directory_role_id(task->argument);
	struct app *app = task->app;

	if (id == NULL || app->n_wids == APP_GRANTS_MAX) {
		complain("'%s' is no directory role known here, and no GUID", task->argument);
		return EXIT_STATE;
	}
	for (size_t i = 0; i < app->n_wids; i++) {
		if (strcasecmp(app->wids[i], id) == 0)
			return EXIT_GOOD;
	}
	snprintf(app->wids[app->n_wids++], GUID_SIZE, "%s", id);
	task->changed = true;
	return EXIT_GOOD;
}

static int
wid_remove(struct task *task)
{
	const char *id = directory_role_id(task->argument);
	struct app *app = task->app;

	for (size_t i = 0; id != NULL && i < app->n_wids; i++) {
		if (strcasecmp(app->wids[i], id) != 0)
			continue;
		app->n_wids--;
		memmove(app->wids[i], app->wids[i + 1], (app->n_wids - i) * GUID_SIZE);
		task->changed = true;
		return EXIT_GOOD;
	}
	complain("the application has no directory role '%s'", task->argument);
	return EXIT_STATE;
}

static int
enable(struct task *task)
{
	task->changed = !task->app->enabled;
	task->app->enabled = true;
	return EXIT_GOOD;
}

static int
disable(struct task *task)
{
	task->changed = task->app->enabled;
	task->app->enabled = false;
	return EXIT_GOOD;
}

static int
show(struct task *task)
{
	const struct app *app = task->app;

	printf("%s  %s%s\n", app->id, app->name, app->enabled ? "" : "  (disabled)");
	for (size_t i = 0; i < app->n_roles; i++)
		printf("  application role  %s\n", app->roles[i]);
	for (size_t i = 0; i < app->n_wids; i++)
		printf("  directory role    %s\n", directory_role_name(app->wids[i]));
	return certificate_list(task);
}

static const struct action {
	const char *words[2];
	const char *argument;
	int (*act)(struct task *task);
	const char *about;
} actions[] = {
	{ { "show", NULL }, NULL, show, "everything about it" },
	{ { "cert", "add" }, "FILE", certificate_add, "register a certificate, PEM or DER" },
	{ { "cert", "remove" }, "THUMBPRINT", certificate_remove, "forget one, by SHA-1 or SHA-256" },
	{ { "cert", "list" }, NULL, certificate_list, "what is registered" },
	{ { "role", "add" }, "NAME", role_add, "grant an application role" },
	{ { "role", "remove" }, "NAME", role_remove, "take it back" },
	{ { "wid", "add" }, "NAME|GUID", wid_add, "grant a directory role" },
	{ { "wid", "remove" }, "NAME|GUID", wid_remove, "take it back" },
	{ { "enable", NULL }, NULL, enable, "let it sign in" },
	{ { "disable", NULL }, NULL, disable, "let it not" },
};

static void
print_actions(FILE *out)
{
	fputs("\nActions:\n", out);
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		const struct action *a = &actions[i];
		char left[64];

		snprintf(left, sizeof(left), "%s %s %s", a->words[0],
		         a->words[1] != NULL ? a->words[1] : "",
		         a->argument != NULL ? a->argument : "");
		fprintf(out, "  %-26s %s\n", left, a->about);
	}
}

static const struct action *
find_action(const char *words[], int n)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		const struct action *a = &actions[i];
		int fixed = a->words[1] != NULL ? 2 : 1;

		if (n == fixed + (a->argument != NULL ? 1 : 0) &&
		    strcmp(a->words[0], words[0]) == 0 &&
		    (fixed == 1 || strcmp(a->words[1], words[1]) == 0))
			return a;
	}
	return NULL;
}

static int
act_on(const char *directory, const char *app_id, const struct action *action, const char *argument)
{
	struct task task = { .argument = argument };
	struct apps apps;
	char why[DIRECTORY_SIZE + 64];
	int code = EXIT_STATE;
	int lock = apps_lock(directory);

	if (lock < 0 || !apps_read(directory, &apps, why, sizeof(why))) {
		complain("%s", lock < 0 ? strerror(errno) : why);
		apps_unlock(lock);
		return EXIT_STATE;
	}
	task.app = app_id != NULL ? apps_find(&apps, app_id) : apps.n != 0 ? &apps.list[0] : NULL;
	if (task.app == NULL)
		complain("no such application is registered");
	else
		code = action->act(&task);
	if (task.changed && !apps_write(directory, &apps)) {
		complain("cannot write %s/apps.json: %s", directory, strerror(errno));
		code = EXIT_STATE;
	}
	apps_free(&apps);
	apps_unlock(lock);
	return code;
}

int
verb_app(int argc, char **argv)
{
	const char *words[WORDS_MAX], *wanted = NULL, *app_id = NULL;
	const struct option_row rows[] = {
		{ "dir", "DIR", "which sandbox", &wanted, NULL, NULL },
		{ "app", "GUID", "which application (default: the first)", &app_id, NULL, NULL },
	};
	const struct option_table table = {
		"app [--dir DIR] ACTION", "Shows and changes what the tenant knows about the application.",
		rows, sizeof(rows) / sizeof(rows[0]), print_actions,
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
	return act_on(directory, app_id, action, action->argument != NULL ? words[n - 1] : NULL);
}
