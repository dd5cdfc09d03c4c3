/*
 * What is in the key vault. See vault_store.h.
 */
#include "vault_store.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "certificate.h"
#include "encoding.h"

enum { VAULT_FILE_MAX = 16 * 1024 * 1024, BULK = 30, NAME_MAX_LENGTH = 127, DAY = 86400 };

static void
path_of(const char *directory, char *path, size_t size)
{
	snprintf(path, size, "%s/vault.json", directory);
}

cJSON *
vault_read(const char *directory)
{
	struct text file = { 0 };
	char path[4096];
	cJSON *vault = NULL;

	path_of(directory, path, sizeof(path));
	if (file_read(path, VAULT_FILE_MAX, &file) && file.at != NULL)
		vault = cJSON_Parse(file.at);
	text_done(&file);
	return vault;
}

bool
vault_write(const char *directory, const cJSON *vault)
{
	char *printed = cJSON_Print(vault);
	char path[4096];
	bool good;

	if (printed == NULL)
		abort();
	path_of(directory, path, sizeof(path));
	good = file_replace(path, 0600, printed, strlen(printed));
	cJSON_free(printed);
	return good;
}

bool
vault_name_good(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= NAME_MAX_LENGTH &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

cJSON *
vault_item(const cJSON *vault, const char *kind, const char *name)
{
	cJSON *item;

	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(vault, kind))
	{
		const char *its = cJSON_GetStringValue(
			cJSON_GetObjectItemCaseSensitive(item, "name"));

		if (its != NULL && strcasecmp(its, name) == 0)
			return item;
	}
	return NULL;
}

cJSON *
vault_add_version(cJSON *vault, const char *kind, const char *name)
{
	cJSON *item = vault_item(vault, kind, name), *version = cJSON_CreateObject();
	unsigned char bytes[16];
	struct text hex = { 0 };

	if (item == NULL) {
		item = cJSON_CreateObject();
		cJSON_AddStringToObject(item, "name", name);
		cJSON_AddArrayToObject(item, "versions");
		cJSON_AddItemToArray(cJSON_GetObjectItemCaseSensitive(vault, kind), item);
	}
	cJSON_AddItemToArray(cJSON_GetObjectItemCaseSensitive(item, "versions"), version);
	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		abort();
	hex_add(&hex, bytes, sizeof(bytes));
	for (char *at = hex.at; *at != '\0'; at++)
		*at = (char)(*at >= 'A' && *at <= 'F' ? *at - 'A' + 'a' : *at);
	cJSON_AddStringToObject(version, "version", hex.at);
	text_done(&hex);
	cJSON_AddBoolToObject(version, "enabled", true);
	cJSON_AddNumberToObject(version, "created", (double)time(NULL));
	cJSON_AddNumberToObject(version, "updated", (double)time(NULL));
	return version;
}

static cJSON *
add_secret(cJSON *vault, const char *name)
{
	cJSON *version = vault_add_version(vault, "secrets", name);
	unsigned char bytes[24];
	struct text value = { 0 };

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		abort();
	base64url_add(&value, bytes, sizeof(bytes));
	cJSON_AddStringToObject(version, "value", value.at);
	text_done(&value);
	return version;
}

static bool
add_certificate(cJSON *vault, const char *name)
{
	time_t now = time(NULL);
	struct certificate_wish wish = { .common_name = name, .public_key = software_key("P-256"),
		                         .not_before = now - DAY, .not_after = now + 90 * DAY };
	cJSON *version = vault_add_version(vault, "certificates", name), *secret;
	X509 *certificate = NULL;
	unsigned char *der = NULL;
	struct text base64 = { 0 };
	int len = -1;

	wish.signer = wish.public_key;
	if (wish.signer != NULL)
		certificate = certificate_make(&wish);
	if (certificate != NULL)
		len = i2d_X509(certificate, &der);
	if (len > 0)
		base64_add(&base64, der, (size_t)len);
	cJSON_AddStringToObject(version, "cer", base64.at != NULL ? base64.at : "");
	cJSON_AddNumberToObject(version, "nbf", (double)wish.not_before);
	cJSON_AddNumberToObject(version, "exp", (double)wish.not_after);
	/* Its private key would be the secret of the same name. */
	secret = add_secret(vault, name);
	cJSON_AddBoolToObject(secret, "managed", true);
	cJSON_AddStringToObject(secret, "contentType", "application/x-pkcs12");
	text_done(&base64);
	OPENSSL_free(der);
	X509_free(certificate);
	EVP_PKEY_free(wish.public_key);
	return len > 0;
}

bool
vault_make(const char *directory)
{
	cJSON *vault, *version, *tags;
	char path[4096], name[32];
	bool good;

	path_of(directory, path, sizeof(path));
	if (access(path, R_OK) == 0)
		return true;
	vault = cJSON_CreateObject();
	cJSON_AddArrayToObject(vault, "secrets");
	cJSON_AddArrayToObject(vault, "certificates");
	cJSON_AddArrayToObject(vault, "denied");
	add_secret(vault, "database-password");
	version = add_secret(vault, "database-password");
	cJSON_AddStringToObject(version, "contentType", "text/plain");
	tags = cJSON_AddObjectToObject(version, "tags");
	cJSON_AddStringToObject(tags, "team", "mail");
	cJSON_AddNumberToObject(version, "exp", (double)(time(NULL) + 365 * DAY));
	version = add_secret(vault, "switched-off");
	cJSON_ReplaceItemInObjectCaseSensitive(version, "enabled", cJSON_CreateBool(false));
	good = add_certificate(vault, "web");
	for (int i = 1; i <= BULK; i++) {
		snprintf(name, sizeof(name), "bulk-%02d", i);
		add_secret(vault, name);
	}
	good = good && vault_write(directory, vault);
	cJSON_Delete(vault);
	return good;
}
