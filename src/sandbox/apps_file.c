/*
 * The registry as a file: DIR/apps.json, read, replaced, and kept to one writer. See apps.h.
 *
 * A certificate may be a bare string, base64 of its DER: how a person would add one by hand.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "apps.h"

enum { APPS_FILE_MAX = 16 * 1024 * 1024 };

static const cJSON *
member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

static void
copy_string(const cJSON *object, const char *name, char *to, size_t size)
{
	const char *value = cJSON_GetStringValue(member(object, name));

	snprintf(to, size, "%s", value != NULL ? value : "");
}

static X509 *
certificate_of(const char *base64)
{
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
read_certificate(const cJSON *item, struct app *app)
{
	const cJSON *key = cJSON_IsObject(item) ? member(item, "key") : item;
	X509 *certificate = certificate_of(cJSON_GetStringValue(key));
	struct app_certificate *made = certificate != NULL ? app_add_certificate(app, certificate)
	                                                   : NULL;

	if (made == NULL) {
		X509_free(certificate);
		return;
	}
	if (!cJSON_IsObject(item))
		return;
	if (guid_is(cJSON_GetStringValue(member(item, "keyId")) != NULL
	                    ? member(item, "keyId")->valuestring : ""))
		copy_string(item, "keyId", made->key_id, sizeof(made->key_id));
	copy_string(item, "displayName", made->name, sizeof(made->name));
	copy_string(item, "customKeyIdentifier", made->custom, sizeof(made->custom));
	if (cJSON_IsNumber(member(item, "from")))
		made->from = (time_t)member(item, "from")->valuedouble;
	if (cJSON_IsNumber(member(item, "until")))
		made->until = (time_t)member(item, "until")->valuedouble;
}

static cJSON *
object_or_empty(const cJSON *item)
{
	return cJSON_IsObject(item) ? cJSON_Duplicate(item, true) : cJSON_CreateObject();
}

static void
read_app(const cJSON *object, struct app *app)
{
	const cJSON *item;

	copy_string(object, "appId", app->id, sizeof(app->id));
	copy_string(object, "applicationId", app->application_id, sizeof(app->application_id));
	if (app->application_id[0] == '\0')
		guid_derive(app->application_id, app->id, "application");
	copy_string(object, "objectId", app->object_id, sizeof(app->object_id));
	copy_string(object, "displayName", app->name, sizeof(app->name));
	app->enabled = cJSON_IsTrue(member(object, "enabled"));
	cJSON_ArrayForEach(item, member(object, "roles"))
	{
		if (cJSON_IsString(item) && app->n_roles < APP_GRANTS_MAX)
			snprintf(app->roles[app->n_roles++], APP_NAME_SIZE, "%s", item->valuestring);
	}
	cJSON_ArrayForEach(item, member(object, "directoryRoles"))
	{
		if (cJSON_IsString(item) && app->n_wids < APP_GRANTS_MAX)
			snprintf(app->wids[app->n_wids++], GUID_SIZE, "%s", item->valuestring);
	}
	cJSON_ArrayForEach(item, member(object, "certificates"))
		read_certificate(item, app);
	cJSON_Delete(app->more);
	app->more = object_or_empty(member(object, "graph"));
}

static bool
apps_path(const char *directory, const char *name, char *path, size_t size)
{
	return snprintf(path, size, "%s/%s", directory, name) < (int)size;
}

bool
apps_read(const char *directory, struct apps *apps, char *why, size_t why_size)
{
	struct text file = { 0 };
	const cJSON *list, *item;
	char path[4096];
	cJSON *json = NULL;

	*apps = (struct apps){ 0 };
	if (apps_path(directory, "apps.json", path, sizeof(path)) &&
	    file_read(path, APPS_FILE_MAX, &file))
		json = cJSON_Parse(file.at != NULL ? file.at : "");
	text_done(&file);
	list = member(json, "apps");
	if (!cJSON_IsArray(list)) {
		cJSON_Delete(json);
		snprintf(why, why_size, "%s/apps.json cannot be read", directory);
		return false;
	}
	/* Never NULL, even with nobody in it. */
	apps->list = calloc((size_t)cJSON_GetArraySize(list) + 1, sizeof(apps->list[0]));
	if (apps->list == NULL)
		abort();
	cJSON_ArrayForEach(item, list)
		read_app(item, &apps->list[apps->n++]);
	apps->more = object_or_empty(member(json, "tenant"));
	cJSON_Delete(json);
	return true;
}

static void
write_certificate(struct text *json, const struct app_certificate *certificate)
{
	unsigned char *der = NULL;
	int len = i2d_X509(certificate->x509, &der);

	if (len < 0)
		abort();
	text_puts(json, "{");
	text_member(json, "keyId", certificate->key_id);
	text_puts(json, ", ");
	text_member(json, "displayName", certificate->name);
	text_puts(json, ", ");
	text_member(json, "customKeyIdentifier", certificate->custom);
	text_addf(json, ", \"from\": %lld, \"until\": %lld,\n     \"key\": \"",
	          (long long)certificate->from, (long long)certificate->until);
	base64_add(json, der, (size_t)len);
	text_puts(json, "\"}");
	OPENSSL_free(der);
}

static void
write_object(struct text *json, const cJSON *object)
{
	char *printed = object != NULL ? cJSON_PrintUnformatted(object) : NULL;

	text_puts(json, printed != NULL ? printed : "{}");
	cJSON_free(printed);
}

static void
write_app(struct text *json, const struct app *app)
{
	text_puts(json, "  {");
	text_member(json, "appId", app->id);
	text_puts(json, ", ");
	text_member(json, "applicationId", app->application_id);
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
		write_certificate(json, &app->certificates[i]);
	}
	text_puts(json, "],\n   \"graph\": ");
	write_object(json, app->more);
	text_puts(json, "}");
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
	text_puts(&json, "\n],\n \"tenant\": ");
	write_object(&json, apps->more);
	text_puts(&json, "}\n");
	/* What could not be read again is not written. */
	errno = EFBIG;
	good = json.len <= APPS_FILE_MAX &&
	       apps_path(directory, "apps.json", path, sizeof(path)) &&
	       file_replace(path, 0600, json.at, json.len);
	text_done(&json);
	return good;
}

int
apps_lock(const char *directory)
{
	char path[4096];
	int lock;

	if (!apps_path(directory, "apps.lock", path, sizeof(path))) {
		errno = ENAMETOOLONG;
		return -1;
	}
	lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	while (lock >= 0 && flock(lock, LOCK_EX) != 0 && errno == EINTR)
		continue;
	return lock;
}

void
apps_unlock(int lock)
{
	if (lock >= 0)
		close(lock);
}
