/*
 * What the client needs to know. See profile.h.
 */
#include "profile.h"

#include <errno.h>
#include <string.h>

#include "options.h"

/* Paths inside a PKCS#11 URI are percent-encoded (RFC 7512). */
static void
add_uri_path(struct text *text, const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/";

	for (; *path != '\0'; path++) {
		if (strchr(plain, *path) != NULL)
			text_add(text, path, 1);
		else
			text_addf(text, "%%%02X", (unsigned)(unsigned char)*path);
	}
}

bool
profile_write(const struct instance *instance)
{
	static const char *const endpoints[] = { "login", "graph", "exchange", "compliance", "vault" };
	struct text conf = { 0 };
	char path[PATH_SIZE];
	bool good;

	text_puts(&conf, "# Written by `exosign sandbox up`; a change here is lost the next time.\n"
	          "[exosign]\ndefault-profile = sandbox\n\n[profile \"sandbox\"]\n");
	text_addf(&conf, "tenant = %s\norganization = %s\nclient-id = %s\ncloud = sandbox\n",
	          instance->tenant_id, instance->domain, instance->app_id);
	text_puts(&conf, "key = pkcs11:token=" APP_TOKEN_LABEL ";object=" APP_KEY_LABEL
	          ";type=private?module-path=");
	add_uri_path(&conf, instance->module);
	text_addf(&conf, "\ncertificate = token\npin-source = file:%s/pin\n"
	          "softhsm-conf = %s/softhsm2.conf\nca-file = %s/ca.pem\n", instance->directory,
	          instance->directory, instance->directory);
	for (size_t i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++)
		text_addf(&conf, "endpoint.%s = https://localhost:%lu\n", endpoints[i],
		          instance->port);
	instance_path(instance->directory, "exosign.conf", path);
	good = file_replace(path, 0600, conf.at, conf.len);
	text_done(&conf);
	if (!good)
		complain("cannot write %s: %s", path, strerror(errno));
	return good;
}
