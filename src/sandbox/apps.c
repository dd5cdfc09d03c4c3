/*
 * The registered applications. See apps.h.
 */
#include "apps.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

bool
directory_role_at(size_t index, const char **ret_name, const char **ret_id)
{
	if (index >= DIRECTORY_ROLES)
		return false;
	*ret_name = directory_roles[index].name;
	*ret_id = directory_roles[index].id;
	return true;
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

static time_t
seconds_of(const ASN1_TIME *time)
{
	struct tm utc = { 0 };

	ASN1_TIME_to_tm(time, &utc);
	return timegm(&utc);
}

struct app_certificate *
app_add_certificate(struct app *app, X509 *certificate)
{
	struct app_certificate made = {
		.x509 = certificate,
		.from = seconds_of(X509_get0_notBefore(certificate)),
		.until = seconds_of(X509_get0_notAfter(certificate)),
	};
	struct text hex = { 0 };

	if (X509_digest(certificate, EVP_sha1(), made.sha1, NULL) != 1 ||
	    X509_digest(certificate, EVP_sha256(), made.sha256, NULL) != 1 ||
	    app->n_certificates == APP_CERTIFICATES_MAX)
		return NULL;
	for (size_t i = 0; i < app->n_certificates; i++) {
		if (memcmp(app->certificates[i].sha256, made.sha256, sizeof(made.sha256)) == 0)
			return NULL;
	}
	/* Until somebody names it: always the same for the same certificate. */
	hex_add(&hex, made.sha256, sizeof(made.sha256));
	guid_derive(made.key_id, app->id, hex.at);
	text_done(&hex);
	app->certificates[app->n_certificates] = made;
	return &app->certificates[app->n_certificates++];
}

void
app_drop_certificate(struct app *app, size_t index)
{
	X509_free(app->certificates[index].x509);
	app->n_certificates--;
	memmove(&app->certificates[index], &app->certificates[index + 1],
	        (app->n_certificates - index) * sizeof(app->certificates[0]));
}

static void
empty_app(struct app *app)
{
	while (app->n_certificates > 0)
		app_drop_certificate(app, app->n_certificates - 1);
	cJSON_Delete(app->more);
	app->more = NULL;
}

struct app *
apps_append(struct apps *apps)
{
	struct app *list = realloc(apps->list, (apps->n + 1) * sizeof(list[0]));

	if (list == NULL)
		abort();
	apps->list = list;
	list[apps->n] = (struct app){ .more = cJSON_CreateObject() };
	return &list[apps->n++];
}

void
apps_remove(struct apps *apps, struct app *app)
{
	size_t index = (size_t)(app - apps->list);

	empty_app(app);
	apps->n--;
	memmove(app, app + 1, (apps->n - index) * sizeof(*app));
}

void
apps_free(struct apps *apps)
{
	for (size_t i = 0; i < apps->n; i++)
		empty_app(&apps->list[i]);
	free(apps->list);
	cJSON_Delete(apps->more);
	*apps = (struct apps){ 0 };
}
