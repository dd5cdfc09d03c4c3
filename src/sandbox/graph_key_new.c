/*
 * A new credential. See graph_key_new.h.
 *
 * What an upload must be: a certificate in DER, type AsymmetricX509Cert, usage Verify, days within the
 * certificate's, and no longer than the tenant's policy allows.
 */
#include "graph_key_new.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "graph_delay.h"
#include "graph_policy.h"

static const char *
string_of(const cJSON *entry, const char *name)
{
	return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, name));
}

static X509 *
read_certificate(const char *base64)
{
	struct text der = { 0 };
	const unsigned char *at;
	X509 *certificate = NULL;

	if (base64 != NULL && base64_read_any(base64, strlen(base64), &der) && der.len != 0) {
		at = (const unsigned char *)der.at;
		certificate = d2i_X509(NULL, &at, (long)der.len);
		/* Something behind the certificate is no certificate either. */
		if (certificate != NULL && at != (const unsigned char *)der.at + der.len) {
			X509_free(certificate);
			certificate = NULL;
		}
	}
	text_done(&der);
	return certificate;
}

static bool
check_kind(struct graph *graph, const cJSON *entry)
{
	const char *type = string_of(entry, "type"), *usage = string_of(entry, "usage");

	if (type == NULL || strcmp(type, "AsymmetricX509Cert") != 0)
		return graph_fail_bad(graph, "Key credential type '%s' is invalid: it must be "
		                      "AsymmetricX509Cert.", type != NULL ? type : "");
	if (usage == NULL || strcmp(usage, "Verify") != 0)
		return graph_fail_bad(graph, "Key credential usage '%s' is invalid: it must be "
		                      "Verify.", usage != NULL ? usage : "");
	return true;
}

static bool
read_moment(struct graph *graph, const cJSON *entry, const char *name, time_t *moment)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(entry, name);

	if (item == NULL || cJSON_IsNull(item))
		return true;
	if (cJSON_IsString(item) && graph_moment_read(item->valuestring, moment))
		return true;
	return graph_fail_bad(graph, "Cannot convert the literal to the expected type "
	                      "'Edm.DateTimeOffset' of '%s'.", name);
}

static bool
check_days(struct graph *graph, const struct app *app, const cJSON *entry,
           struct app_certificate *wish)
{
	const time_t from = wish->from, until = wish->until;

	if (!read_moment(graph, entry, "startDateTime", &wish->from) ||
	    !read_moment(graph, entry, "endDateTime", &wish->until))
		return false;
	if (wish->until > until || wish->until <= wish->from || wish->until <= time(NULL))
		return graph_fail_bad(graph, "Key credential end date is invalid.");
	if (wish->from < from)
		return graph_fail_bad(graph, "Key credential start date is invalid.");
	return policy_allows_key(graph, app, wish->from, wish->until);
}

static bool
read_names(struct graph *graph, const cJSON *entry, struct app_certificate *wish)
{
	const char *id = string_of(entry, "keyId"), *name = string_of(entry, "displayName");
	const char *custom = string_of(entry, "customKeyIdentifier");
	struct text bytes = { 0 };
	bool good = custom == NULL || (strlen(custom) < sizeof(wish->custom) &&
	                               base64_read_any(custom, strlen(custom), &bytes));

	text_done(&bytes);
	if (id != NULL && !guid_is(id))
		return graph_fail_bad(graph, "Invalid value specified for property 'keyId'.");
	if (!good)
		return graph_fail_bad(graph, "Invalid value specified for property "
		                      "'customKeyIdentifier'.");
	if (id != NULL)
		snprintf(wish->key_id, sizeof(wish->key_id), "%s", id);
	else
		guid_make(wish->key_id);
	snprintf(wish->custom, sizeof(wish->custom), "%s", custom != NULL ? custom : "");
	if (name != NULL)
		snprintf(wish->name, sizeof(wish->name), "%s", name);
	else
		X509_NAME_oneline(X509_get_subject_name(wish->x509), wish->name,
		                  (int)sizeof(wish->name));
	return true;
}

bool
key_wish_read(struct graph *graph, const struct app *app, const cJSON *entry,
              struct key_wishes *wishes)
{
	struct app scratch = { .n_certificates = 0 };
	struct app_certificate *wish;
	X509 *certificate;

	if (!check_kind(graph, entry))
		return false;
	if (wishes->n == APP_CERTIFICATES_MAX)
		return graph_fail_bad(graph, "Too many credentials.");
	certificate = read_certificate(string_of(entry, "key"));
	if (certificate == NULL)
		return graph_fail_bad(graph, "Key value is invalid certificate.");
	app_add_certificate(&scratch, certificate);
	wish = &wishes->list[wishes->n++];
	*wish = scratch.certificates[0];
	for (size_t i = 0; i + 1 < wishes->n; i++) {
		if (memcmp(wishes->list[i].sha256, wish->sha256, sizeof(wish->sha256)) == 0)
			return graph_fail_bad(graph, "The same certificate comes twice.");
	}
	return read_names(graph, entry, wish) && check_days(graph, app, entry, wish);
}

bool
key_wishes_grant(struct graph *graph, struct app *app, struct key_wishes *wishes)
{
	if (app->n_certificates + wishes->n > APP_CERTIFICATES_MAX)
		return graph_fail(graph, 400, "Directory_QuotaExceeded",
		                  "The application has too many credentials.");
	for (size_t i = 0; i < wishes->n; i++) {
		app->certificates[app->n_certificates] = wishes->list[i];
		delay_key_added(&app->certificates[app->n_certificates++]);
	}
	wishes->n = 0; /* the certificates are the application's now */
	graph->changed = true;
	return true;
}

void
key_wishes_done(struct key_wishes *wishes)
{
	while (wishes->n > 0)
		X509_free(wishes->list[--wishes->n].x509);
}
