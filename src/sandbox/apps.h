/*
 * The applications registered with the tenant: who may prove what, and what they were granted.
 *
 * They live in DIR/apps.json. The `app` verbs and the server's Graph half change the file, one at a
 * time (apps_lock); the server looks at it again before each token it issues, so a change counts from
 * the next request on, running or not. The file is replaced whole: whoever dies in between has
 * changed nothing.
 *
 * An application is two objects, as in the directory: the registration (application_id) and, once it
 * was made, the service principal (object_id), which holds the grants.
 */
#ifndef SANDBOX_APPS_H
#define SANDBOX_APPS_H

#include <cjson/cJSON.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "encoding.h"

enum { APP_GRANTS_MAX = 16, APP_CERTIFICATES_MAX = 32, APP_NAME_SIZE = 96, APP_LABEL_SIZE = 256 };

/* A certificate and what the directory says about it: a key credential. */
struct app_certificate {
	X509         *x509;
	unsigned char sha1[20];
	unsigned char sha256[32];
	char          key_id[GUID_SIZE];
	char          name[APP_LABEL_SIZE];   /* displayName */
	char          custom[APP_LABEL_SIZE]; /* customKeyIdentifier as it was sent; "": the SHA-1 */
	time_t        from, until;            /* the credential's days: the certificate's, or fewer */
};

struct app {
	char   id[GUID_SIZE];        /* application (client) id */
	char   application_id[GUID_SIZE]; /* object id of the registration */
	char   object_id[GUID_SIZE];      /* of the service principal; "": there is none */
	char   name[APP_LABEL_SIZE];
	bool   enabled;
	char   roles[APP_GRANTS_MAX][APP_NAME_SIZE]; /* application roles */
	size_t n_roles;
	char   wids[APP_GRANTS_MAX][GUID_SIZE]; /* directory role template ids */
	size_t n_wids;
	struct app_certificate certificates[APP_CERTIFICATES_MAX];
	size_t n_certificates;
	cJSON *more; /* what only Graph looks at: requiredResourceAccess, owners, ...; an object */
};

struct apps {
	struct app *list;
	size_t      n;
	cJSON      *more; /* of the tenant: policies; an object */
};

/* Reads DIR/apps.json; false with the reason in why. apps_free empties what apps_read filled. */
bool apps_read(const char *directory, struct apps *apps, char *why, size_t why_size);
bool apps_write(const char *directory, const struct apps *apps);
void apps_free(struct apps *apps);

/*
 * Waits until nobody else changes the registry; held from the reading to the writing. The result is
 * for apps_unlock; -1 with errno when there is no such directory.
 */
int  apps_lock(const char *directory);
void apps_unlock(int lock);

/* Room for one more, zeroed but for its JSON; pointers into the list move. */
struct app *apps_append(struct apps *apps);
void        apps_remove(struct apps *apps, struct app *app);

/* By application id, any case; NULL. */
struct app *apps_find(const struct apps *apps, const char *id);

/*
 * Takes the certificate over, as a credential with its own days; NULL when it is there already or
 * there is no room.
 */
struct app_certificate *app_add_certificate(struct app *app, X509 *certificate);
void app_drop_certificate(struct app *app, size_t index);

/* "Exchange Administrator" or a GUID, to the role's template id; NULL. */
const char *directory_role_id(const char *name);
/* The directory roles that are known here, one after the other; false after the last. */
bool directory_role_at(size_t index, const char **ret_name, const char **ret_id);
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
