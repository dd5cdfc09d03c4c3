/*
 * The registered applications. See apps.h.
 */
#include "apps.h"

#include <cjson/cJSON.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { APPS_FILE_MAX = 1024 * 1024 };

static const struct {
	const char *name;
	const char *id;
} directory_roles[] = {
	{ "Application Administrator", "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3" },
	{ "Cloud Application Administrator", "158c047a-c907-4556-b7ef-446551a6b5f7" },
	{ "Compliance Administrator", "17315797-102d-40b4-93e0-432062caca18" },
	{ "Exchange Administrator", "29232cdf-9323-42fd-ade2-1d097af3e4de" },
	{ "Exchange Recipient Administrator", "31392ffb-586c-42d1-9346-e59415a2cc4e" },
	{ "Global Administrator", "62e90394-69f5-4237-9190-012177145e10" },
	{ "Global Reader", "f2ef992c-3afb-46b9-b7cf-a126ee74c451" },
	{ "Helpdesk Administrator", "729827e3-9c14-49f7-bb1b-9608f156bbb8" },
	{ "Privileged Role Administrator", "e8611ab8-c189-46e8-94e1-60213ab1f814" },
	{ "Security Administrator", "194ae4cb-b126-40b2-bd5b-6091b380977d" },
	{ "Security Reader", "5d6b6bb7-de71-4623-b4af-96380a352509" },
};

enum { DIRECTORY_ROLES = sizeof(directory_roles) / sizeof(directory_roles[0]) };

const char *
directory_role_id(const char *name)
{
	for (size_t i = 0; i < DIRECTORY_ROLES; i++) {
		if (strcasecmp(directory_roles[i].name, name) == 0)
			return directory_roles[i].id;
	}
	return guid_is(name) ? name : NULL;
}

const char *
directory_role_name(const char *id)
{
	for (size_t i = 0; i < DIRECTORY_ROLES; i++) {
		if (strcasecmp(directory_roles[i].id, id) == 0)
			return directory_roles[i].name;
	}
	return id;
}

struct app *
apps_find(const struct apps *apps, const char *id)
{
	for (size_t i = 0; i < apps->n; i++) {
		if (strcasecmp(apps->list[i].id, id) == 0)
			return &apps->list[i];
	}
	return NULL;
}

bool
app_add_certificate(struct app *app, X509 *certificate)
{
	struct app_certificate made = { .x509 = certificate };

	if (X509_digest(certificate, EVP_sha1(), made.sha1, NULL) != 1 ||
	    X509_digest(certificate, EVP_sha256(), made.sha256, NULL) != 1 ||
	    app->n_certificates == APP_CERTIFICATES_MAX)
		return false;
	for (size_t i = 0; i < app->n_certificates; i++) {
		if (memcmp(app->certificates[i].sha256, made.sha256, sizeof(made.sha256)) == 0)
			return false;
	}
	app->certificates[app->n_certificates++] = made;
	return true;
}

void
app_drop_certificate(struct app *app, size_t index)
{
	X509_free(app->certificates[index].x509);
	app->n_certificates--;
	memmove(&app->certificates[index], &app->certificates[index + 1],
	        (app->n_certificates - index) * sizeof(app->certificates[0]));
}

void
apps_free(struct apps *apps)
{
	for (size_t i = 0; i < apps->n; i++) {
		while (apps->list[i].n_certificates > 0)
			app_drop_certificate(&apps->list[i], apps->list[i].n_certificates - 1);
	}
	free(apps->list);
	*apps = (struct apps){ 0 };
}

static void
copy_string(const cJSON *object, const char *name, char *to, size_t size)
{
	const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));

	snprintf(to, size, "%s", value != NULL ? value : "");
}

static X509 *
certificate_of(const cJSON *item)
{
	const char *base64 = cJSON_GetStringValue(item);
	struct text der = { 0 };
	X509 *certificate = NULL;
	const unsigned char *at;

	if (base64 != NULL && base64_read_any(base64, strlen(base64), &der)) {
		at = (const unsigned char *)der.at;
		certificate = d2i_X509(NULL, &at, (long)der.len);
	}
	text_done(&der);
	return certificate;
}

static void
read_app(const cJSON *object, struct app *app)
{
	const cJSON *item;

	copy_string(object, "appId", app->id, sizeof(app->id));
	copy_string(object, "objectId", app->object_id, sizeof(app->object_id));
	copy_string(object, "displayName", app->name, sizeof(app->name));
	app->enabled = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(object, "enabled"));
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(object, "roles"))
	{
		if (cJSON_IsString(item) && app->n_roles < APP_GRANTS_MAX)
			snprintf(app->roles[app->n_roles++], APP_NAME_SIZE, "%s", item->valuestring);
	}
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(object, "directoryRoles"))
	{
		if (cJSON_IsString(item) && app->n_wids < APP_GRANTS_MAX)
			snprintf(app->wids[app->n_wids++], GUID_SIZE, "%s", item->valuestring);
	}
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(object, "certificates"))
	{
		X509 *certificate = certificate_of(item);

		if (certificate != NULL && !app_add_certificate(app, certificate))
			X509_free(certificate);
	}
}

static bool
apps_path(const char *directory, char *path, size_t size)
{
	return snprintf(path, size, "%s/apps.json", directory) < (int)size;
}

bool
apps_read(const char *directory, struct apps *apps, char *why, size_t why_size)
{
	struct text file = { 0 };
	const cJSON *list, *item;
	char path[4096];
	cJSON *json = NULL;

	*apps = (struct apps){ 0 };
	if (apps_path(directory, path, sizeof(path)) && file_read(path, APPS_FILE_MAX, &file))
		json = cJSON_Parse(file.at != NULL ? file.at : "");
	text_done(&file);
	list = cJSON_GetObjectItemCaseSensitive(json, "apps");
	if (!cJSON_IsArray(list)) {
		cJSON_Delete(json);
		snprintf(why, why_size, "%s/apps.json cannot be read", directory);
		return false;
	}
	apps->list = calloc((size_t)cJSON_GetArraySize(list) + 1, sizeof(apps->list[0]));
	if (apps->list == NULL)
		abort();
	cJSON_ArrayForEach(item, list)
		read_app(item, &apps->list[apps->n++]);
	cJSON_Delete(json);
	return true;
}

static void
write_certificate(struct text *json, X509 *certificate)
{
	unsigned char *der = NULL;
	int len = i2d_X509(certificate, &der);

	if (len < 0)
		abort();
	text_puts(json, "\"");
	base64_add(json, der, (size_t)len);
	text_puts(json, "\"");
	OPENSSL_free(der);
}

static void
write_app(struct text *json, const struct app *app)
{
	text_puts(json, "  {");
	text_member(json, "appId", app->id);
	text_puts(json, ", ");
	text_member(json, "objectId", app->object_id);
	text_puts(json, ",\n   ");
	text_member(json, "displayName", app->name);
	text_addf(json, ", \"enabled\": %s,\n   \"roles\": [", app->enabled ? "true" : "false");
	for (size_t i = 0; i < app->n_roles; i++) {
		text_puts(json, i == 0 ? "" : ", ");
		text_json(json, app->roles[i]);
	}
	text_puts(json, "],\n   \"directoryRoles\": [");
	for (size_t i = 0; i < app->n_wids; i++) {
		text_puts(json, i == 0 ? "" : ", ");
		text_json(json, app->wids[i]);
	}
	text_puts(json, "],\n   \"certificates\": [");
	for (size_t i = 0; i < app->n_certificates; i++) {
		text_puts(json, i == 0 ? "\n    " : ",\n    ");
		write_certificate(json, app->certificates[i].x509);
	}
	text_puts(json, "]}");
}

bool
apps_write(const char *directory, const struct apps *apps)
{
	struct text json = { 0 };
	char path[4096];
	bool good;

	text_puts(&json, "{\"apps\": [\n");
	for (size_t i = 0; i < apps->n; i++) {
		text_puts(&json, i == 0 ? "" : ",\n");
		write_app(&json, &apps->list[i]);
	}
	text_puts(&json, "\n]}\n");
	good = apps_path(directory, path, sizeof(path)) &&
	       file_replace(path, 0600, json.at, json.len);
	text_done(&json);
	return good;
}
