/*
 * The applications registered with the tenant: who may prove what, and what they were granted.
 *
 * They live in DIR/apps.json. The `app` verbs change the file; the server looks at it again before
 * each token it issues, so a change counts from the next request on, running or not.
 */
#ifndef SANDBOX_APPS_H
#define SANDBOX_APPS_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>

#include "encoding.h"

enum { APP_GRANTS_MAX = 16, APP_CERTIFICATES_MAX = 32, APP_NAME_SIZE = 96 };

struct app_certificate {
	X509         *x509;
	unsigned char sha1[20];
	unsigned char sha256[32];
};

struct app {
	char   id[GUID_SIZE];        /* application (client) id */
	char   object_id[GUID_SIZE]; /* of the service principal */
	char   name[APP_NAME_SIZE];
	bool   enabled;
	char   roles[APP_GRANTS_MAX][APP_NAME_SIZE]; /* application roles */
	size_t n_roles;
	char   wids[APP_GRANTS_MAX][GUID_SIZE]; /* directory role template ids */
	size_t n_wids;
	struct app_certificate certificates[APP_CERTIFICATES_MAX];
	size_t n_certificates;
};

struct apps {
	struct app *list;
	size_t      n;
};

/* Reads DIR/apps.json; false with the reason in why. apps_free empties what apps_read filled. */
bool apps_read(const char *directory, struct apps *apps, char *why, size_t why_size);
bool apps_write(const char *directory, const struct apps *apps);
void apps_free(struct apps *apps);

/* By application id, any case; NULL. */
struct app *apps_find(const struct apps *apps, const char *id);

/* Takes the certificate over; false when it is there already or there is no room. */
bool app_add_certificate(struct app *app, X509 *certificate);
void app_drop_certificate(struct app *app, size_t index);

/* "Exchange Administrator" or a GUID, to the role's template id; NULL. */
const char *directory_role_id(const char *name);
/* The other way round; the id itself when it has no name here. */
const char *directory_role_name(const char *id);

/*
 * The registry as the running server sees it: read again when the file has changed. Held until
 * released; never NULL after the_tenant.directory was set.
 */
const struct apps *apps_hold(void);
void               apps_release(const struct apps *apps);
void               apps_forget(void); /* when the server ends */

#endif
