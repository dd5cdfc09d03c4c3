/*
 * Key credentials, shown and replaced. See graph_key.h.
 *
 * A PATCH carries the whole list (entra-graph.md, 3.6). An entry that is there already is known by its
 * keyId; it may leave its key out, and anything else it says must be what the directory has.
 */
#include "graph_key.h"

#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "fault.h"
#include "graph_key_new.h"

static const cJSON *
member(const cJSON *object, const char *name)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);

	return cJSON_IsNull(item) ? NULL : item;
}

static void
add_text(cJSON *object, const char *name, const struct text *text)
{
	cJSON_AddStringToObject(object, name, text->at != NULL ? text->at : "");
}

static void
spell_key(const struct app_certificate *certificate, struct text *base64)
{
	unsigned char *der = NULL;
	int len = i2d_X509(certificate->x509, &der);

	base64_add(base64, der, len > 0 ? (size_t)len : 0);
	OPENSSL_free(der);
}

static void
spell_identifier(const struct app_certificate *certificate, struct text *base64)
{
	if (certificate->custom[0] != '\0')
		text_puts(base64, certificate->custom);
	else
		base64_add(base64, certificate->sha1, sizeof(certificate->sha1));
}

cJSON *
key_render(const struct app_certificate *certificate, bool with_key)
{
	struct text identifier = { 0 }, key = { 0 };
	cJSON *object = cJSON_CreateObject();
	char from[32], until[32];

	spell_identifier(certificate, &identifier);
	graph_moment(certificate->from, from);
	graph_moment(certificate->until, until);
	add_text(object, "customKeyIdentifier", &identifier);
	if (certificate->name[0] != '\0')
		cJSON_AddStringToObject(object, "displayName", certificate->name);
	else
		cJSON_AddNullToObject(object, "displayName");
	cJSON_AddStringToObject(object, "endDateTime", until);
	spell_key(certificate, &key);
	if (with_key)
		add_text(object, "key", &key);
	else
		cJSON_AddNullToObject(object, "key");
	cJSON_AddStringToObject(object, "keyId", certificate->key_id);
	cJSON_AddStringToObject(object, "startDateTime", from);
	cJSON_AddStringToObject(object, "type", "AsymmetricX509Cert");
	cJSON_AddStringToObject(object, "usage", "Verify");
	text_done(&identifier);
	text_done(&key);
	return object;
}

cJSON *
keys_render(const struct app *app, bool with_key)
{
	cJSON *list = cJSON_CreateArray();
	size_t n = app->n_certificates;

	if (fault_acts("graph-null-keys", NULL, NULL)) {
		cJSON_Delete(list);
		return cJSON_CreateNull();
	}
	if (n > 0 && fault_acts("graph-stale-keys", NULL, NULL))
		n--;
	for (size_t i = 0; i < n; i++)
		cJSON_AddItemToArray(list, key_render(&app->certificates[i], with_key));
	return list;
}

/* The certificate an entry names by keyId; n_certificates when it is not there. */
static size_t
find_named(const struct app *app, const cJSON *entry)
{
	const char *id = cJSON_GetStringValue(member(entry, "keyId"));
	size_t i = 0;

	if (id == NULL)
		return app->n_certificates;
	while (i < app->n_certificates && strcasecmp(app->certificates[i].key_id, id) != 0)
		i++;
	return i;
}

static bool
moment_is(const cJSON *item, const char *ours)
{
	const char *text = cJSON_GetStringValue(item);
	time_t theirs, known;

	return text != NULL && graph_moment_read(text, &theirs) && graph_moment_read(ours, &known) &&
	       theirs == known;
}

/* Does the entry say of a credential what the directory says? Members it leaves out do not count. */
static bool
is_echo(const struct app_certificate *certificate, const cJSON *entry)
{
	cJSON *ours = key_render(certificate, true);
	const cJSON *item;
	bool same = true;

	cJSON_ArrayForEach(item, entry)
	{
		const cJSON *known = cJSON_GetObjectItemCaseSensitive(ours, item->string);

		if (known == NULL || cJSON_IsNull(item) || strcmp(item->string, "keyId") == 0)
			continue;
		if (strstr(item->string, "DateTime") != NULL)
			same = same && moment_is(item, known->valuestring);
		else
			same = same && cJSON_Compare(item, known, true);
	}
	cJSON_Delete(ours);
	return same;
}

/* Sorts the list into what stays and what is new. False: refused. */
static bool
sort_list(struct graph *graph, const struct app *app, const cJSON *list, bool *stays,
          struct key_wishes *wishes)
{
	const cJSON *entry;

	cJSON_ArrayForEach(entry, list)
	{
		size_t index = find_named(app, entry);

		if (!cJSON_IsObject(entry))
			return graph_fail_bad(graph, "Invalid value specified for property "
			                      "'keyCredentials' of resource 'Application'.");
		if (index == app->n_certificates) {
			if (!key_wish_read(graph, app, entry, wishes))
				return false;
			continue;
		}
		if (stays[index] || !is_echo(&app->certificates[index], entry))
			return graph_fail_bad(graph, "Update to existing credential with KeyId "
			                      "'%s' is not allowed.",
			                      app->certificates[index].key_id);
		stays[index] = true;
	}
	return true;
}

/* A new credential must be none that stays. */
static bool
check_new(struct graph *graph, const struct app *app, const bool *stays,
          const struct key_wishes *wishes)
{
	for (size_t i = 0; i < wishes->n; i++) {
		for (size_t j = 0; j < app->n_certificates; j++) {
			if (stays[j] && memcmp(app->certificates[j].sha256, wishes->list[i].sha256,
			                       sizeof(wishes->list[i].sha256)) == 0)
				return graph_fail_bad(graph, "A credential with the same certificate "
				                      "exists already, KeyId '%s'.",
				                      app->certificates[j].key_id);
		}
	}
	return true;
}

bool
keys_replace(struct graph *graph, struct app *app, const cJSON *list)
{
	bool stays[APP_CERTIFICATES_MAX] = { false };
	struct key_wishes wishes = { .n = 0 };
	bool good;

	if (!cJSON_IsArray(list))
		return graph_fail_bad(graph, "Invalid value specified for property 'keyCredentials' "
		                      "of resource 'Application'.");
	good = sort_list(graph, app, list, stays, &wishes) &&
	       check_new(graph, app, stays, &wishes);
	if (good) {
		for (size_t i = app->n_certificates; i > 0; i--) {
			if (!stays[i - 1])
				app_drop_certificate(app, i - 1);
		}
		good = key_wishes_grant(graph, app, &wishes);
	}
	key_wishes_done(&wishes);
	return good;
}

const struct app_certificate *
key_add(struct graph *graph, struct app *app, const cJSON *credential)
{
	bool stays[APP_CERTIFICATES_MAX];
	struct key_wishes wishes = { .n = 0 };
	bool good;

	memset(stays, true, sizeof(stays));
	good = key_wish_read(graph, app, credential, &wishes) &&
	       check_new(graph, app, stays, &wishes) && key_wishes_grant(graph, app, &wishes);
	key_wishes_done(&wishes);
	return good ? &app->certificates[app->n_certificates - 1] : NULL;
}
