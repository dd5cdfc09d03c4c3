/*
 * Everything a sandbox needs before it can be started. See prepare.h.
 *
 * apps.json is written last: while it is missing, the token is made anew.
 */
#include "prepare.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "apps.h"
#include "authority.h"
#include "device.h"
#include "device_key.h"
#include "entra_key.h"
#include "options.h"
#include "profile.h"
#include "vault_store.h"

static int
remove_one(const char *path, const struct stat *facts, int kind, struct FTW *where)
{
	(void)facts;
	(void)kind;
	(void)where;
	return remove(path);
}

bool
tree_remove(const char *path)
{
	return access(path, F_OK) != 0 || nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0;
}

static bool
make_token(const struct instance *instance, const char *conf)
{
	char path[PATH_SIZE], pin[PIN_SIZE], so_pin[PIN_SIZE];
	struct key_spec spec;
	struct device device;
	bool good;

	instance_path(instance->directory, "tokens", path);
	if (!tree_remove(path)) {
		complain("cannot empty %s: %s", path, strerror(errno));
		return false;
	}
	if (!device_write_conf(instance->directory, "softhsm2.conf", NULL) ||
	    !key_spec_read("label=" APP_KEY_LABEL ",id=01,type=rsa2048,cn=exosign sandbox", &spec))
		return false;
	instance_path(instance->directory, "pin", path);
	if (!pin_read(path, true, pin))
		return false;
	instance_path(instance->directory, "so-pin", path);
	if (!pin_read(path, true, so_pin))
		return false;
	good = device_open(&device, instance->module, conf) &&
	       device_make_token(&device, APP_TOKEN_LABEL, so_pin, pin);
	device_close(&device);
	return good && device_make_keys(instance->module, conf, APP_TOKEN_LABEL, pin, &spec, 1);
}

/* The application that the token's certificate speaks for, with both grants Exchange asks for. */
static bool
register_app(const struct instance *instance, X509 *certificate)
{
	struct app app = { .enabled = true, .name = "exosign sandbox", .n_roles = 1, .n_wids = 1 };
	const struct apps apps = { .list = &app, .n = 1 };
	bool good;

	memcpy(app.id, instance->app_id, sizeof(app.id));
	guid_make(app.object_id);
	guid_derive(app.application_id, app.id, "application");
	snprintf(app.roles[0], sizeof(app.roles[0]), "Exchange.ManageAsApp");
	snprintf(app.wids[0], sizeof(app.wids[0]), "%s",
	         directory_role_id("Exchange Administrator"));
	good = app_add_certificate(&app, certificate) != NULL && apps_write(instance->directory, &apps);
	if (!good)
		complain("cannot write %s/apps.json: %s", instance->directory, strerror(errno));
	return good;
}

static bool
prepare_token(const struct instance *instance)
{
	char conf[PATH_SIZE], path[PATH_SIZE], tokens[PATH_SIZE];
	X509 *certificate;
	bool good;

	instance_path(instance->directory, "softhsm2.conf", conf);
	instance_path(instance->directory, "apps.json", path);
	instance_path(instance->directory, "tokens", tokens);
	if (access(path, R_OK) == 0 && access(tokens, R_OK) == 0)
		return true;
	if (!make_token(instance, conf))
		return false;
	certificate = device_certificate(instance->module, conf, APP_TOKEN_LABEL, NULL,
	                                 APP_KEY_LABEL);
	good = certificate != NULL && register_app(instance, certificate);
	X509_free(certificate);
	return good;
}

bool
instance_prepare(const struct instance *instance)
{
	if (!prepare_token(instance) || !authority_make(instance->directory))
		return false;
	if (!token_signer_make(instance->directory)) {
		complain("cannot make %s/issuer.pem", instance->directory);
		return false;
	}
	if (vault_make(instance->directory))
		return true;
	complain("cannot make %s/vault.json: %s", instance->directory, strerror(errno));
	return false;
}
