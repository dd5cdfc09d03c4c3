/*
 * `device`: SoftHSM tokens of any kind, for fixtures and tests.
 */
#include <errno.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device.h"
#include "device_key.h"
#include "instance.h"
#include "keyspec.h"
#include "options.h"
#include "verbs.h"

struct device_wishes {
	const char *store, *token, *pin_file, *so_pin_file, *mechanisms, *label;
};

static const char work_conf[] = "softhsm2.work.conf";

/* The path given, or a file of that name in the store. */
static void
pin_path(const char *given, const char *store, const char *name, char path[PATH_SIZE])
{
	if (given != NULL)
		snprintf(path, PATH_SIZE, "%s", given);
	else
		instance_path(store, name, path);
}

static bool
read_specs(const char *words[], int n, struct key_spec *specs)
{
	for (int i = 0; i < n; i++) {
		if (!key_spec_read(words[i], &specs[i]))
			return false;
	}
	return true;
}

static bool
make_token(const struct device_wishes *wishes, const char *store, const char *module,
           const char *conf, const char *pin)
{
	char path[PATH_SIZE], so_pin[PIN_SIZE];
	struct device device;
	CK_SLOT_ID slot;
	bool found = false, good;

	pin_path(wishes->so_pin_file, store, "so-pin", path);
	if (!pin_read(path, true, so_pin))
		return false;
	good = device_open(&device, module, conf) &&
	       device_find(&device, wishes->token, &found, &slot);
	if (good && found) {
		complain("there is a token called '%s' already (`device add` puts keys in it)",
		         wishes->token);
		good = false;
	}
	good = good && device_make_token(&device, wishes->token, so_pin, pin);
	device_close(&device);
	return good;
}

/* Works over a configuration without restrictions; the restricted one is for those who come later. */
static int
fill(const struct device_wishes *wishes, const char *store, const char *words[], int n, bool create)
{
	struct key_spec *specs = calloc((size_t)n + 1, sizeof(*specs));
	const char *module = device_module();
	char conf[PATH_SIZE], path[PATH_SIZE], pin[PIN_SIZE];
	bool good;

	if (specs == NULL)
		abort();
	if (!read_specs(words, n, specs)) {
		free(specs);
		return EXIT_USAGE;
	}
	instance_path(store, work_conf, conf);
	pin_path(wishes->pin_file, store, "pin", path);
	good = module != NULL && pin_read(path, create, pin) &&
	       device_write_conf(store, work_conf, NULL);
	if (good && create)
		good = device_write_conf(store, "softhsm2.conf", wishes->mechanisms) &&
		       make_token(wishes, store, module, conf, pin);
	good = good &&
	       device_make_keys(module, conf, wishes->token, pin, specs, (size_t)n);
	unlink(conf);
	free(specs);
	return good ? EXIT_GOOD : EXIT_DEVICE;
}

static int
create(const struct device_wishes *wishes, const char *store, const char *words[], int n)
{
	return fill(wishes, store, words, n, true);
}

static int
add(const struct device_wishes *wishes, const char *store, const char *words[], int n)
{
	return fill(wishes, store, words, n, false);
}

static int
certificate(const struct device_wishes *wishes, const char *store, const char *words[], int n)
{
	const char *module = device_module();
	char conf[PATH_SIZE], pin[PIN_SIZE];
	X509 *found;

	(void)words;
	if (wishes->label == NULL || n != 0) {
		complain("device cert needs --label");
		return EXIT_USAGE;
	}
	if (module == NULL || (wishes->pin_file != NULL && !pin_read(wishes->pin_file, false, pin)))
		return EXIT_DEVICE;
	instance_path(store, "softhsm2.conf", conf);
	found = device_certificate(module, conf, wishes->token,
	                           wishes->pin_file != NULL ? pin : NULL, wishes->label);
	if (found == NULL)
		return EXIT_DEVICE;
	PEM_write_X509(stdout, found);
	X509_free(found);
	return EXIT_GOOD;
}

int
verb_device(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*act)(const struct device_wishes *wishes, const char *store,
		           const char *words[], int n);
	} actions[] = { { "create", create }, { "add", add }, { "cert", certificate } };
	struct device_wishes wishes = { 0 };
	const struct option_row rows[] = {
		{ "store", "DIR", "where tokens and softhsm2.conf live", &wishes.store, NULL, NULL },
		{ "token", "LABEL", "which token", &wishes.token, NULL, NULL },
		{ "pin-file", "FILE", "its PIN (default: DIR/pin); create makes it", &wishes.pin_file,
		  NULL, NULL },
		{ "so-pin-file", "FILE", "likewise, the security officer's", &wishes.so_pin_file, NULL,
		  NULL },
		{ "mechanisms", "LIST", "create: all the token shall offer, in SoftHSM's words",
		  &wishes.mechanisms, NULL, NULL },
		{ "label", "LABEL", "cert: which certificate", &wishes.label, NULL, NULL },
	};
	const struct option_table table = {
		"device create|add --store DIR --token LABEL [OPTIONS] [KEYSPEC...]\n"
		"       exosign-sandbox device cert --store DIR --token LABEL --label LABEL",
		"Makes SoftHSM tokens, puts keys in them, prints their certificates (PEM).", rows,
		sizeof(rows) / sizeof(rows[0]), key_spec_help,
	};
	const char *words[WORDS_MAX];
	char store[DIRECTORY_SIZE];
	int n = options_read(&table, argc, argv, words);

	if (n < 0)
		return options_exit(n);
	for (size_t i = 0; n > 0 && i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (strcmp(actions[i].name, words[0]) != 0)
			continue;
		if (wishes.store == NULL || wishes.token == NULL ||
		    strlen(wishes.token) >= LABEL_SIZE) {
			complain("device needs --store and --token (at most 32 characters)");
			return EXIT_USAGE;
		}
		if (!instance_locate(wishes.store, actions[i].act == create, store))
			return EXIT_STATE;
		return actions[i].act(&wishes, store, words + 1, n - 1);
	}
	complain("usage: exosign-sandbox %s", table.usage);
	return EXIT_USAGE;
}
