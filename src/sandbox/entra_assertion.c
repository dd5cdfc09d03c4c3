/*
 * The client assertion. See entra_assertion.h.
 *
 * Lenient where the real directory is: either thumbprint, in any spelling of base64; a SHA-1
 * thumbprint as kid; dates as integers, fractions or strings; no typ; no nbf; jti may come again.
 * Strict where it counts: signature, audience, times, issuer and subject.
 */
#include "entra_assertion.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "fault.h"
#include "graph_delay.h"
#include "jwt.h"
#include "tenant.h"

enum { TOLERANCE_SECONDS = 300, RSA_BITS_MIN = 2048 };

/* Which application speaks? */
static bool
find_app(struct grant *grant, const struct apps *apps, const char *client_id, const struct jwt *jwt,
         const struct app **ret_app)
{
	const char *issuer = jwt_string(jwt->claims, "iss");
	const char *subject = jwt_string(jwt->claims, "sub");
	const struct app *app;

	if (issuer == NULL || subject == NULL)
		return grant_refuse(grant, 50027, "JWT token is invalid or malformed: the "
		                    "assertion needs the claims iss and sub.");
	if (strcasecmp(issuer, subject) != 0)
		return grant_refuse(grant, 50048, "Subject '%s' of the client assertion does not "
		                    "match its issuer '%s'.", subject, issuer);
	app = apps_find(apps, issuer);
	if (app == NULL)
		return grant_refuse(grant, 700016, "Application with identifier '%s' was not found "
		                    "in the directory '%s'. It may not have been installed by the "
		                    "administrator of the tenant, or the request may have gone to "
		                    "the wrong tenant.", issuer, the_tenant.display_name);
	if (strcasecmp(client_id, issuer) != 0)
		return grant_refuse(grant, 700021, "Client assertion application identifier does "
		                    "not match 'client_id' parameter.");
	*ret_app = app;
	return true;
}

/* Decodes one thumbprint of the header; hexadecimal is accepted for kid alone. */
static void
read_thumbprint(const struct jwt *jwt, const char *member, struct text *ret_bytes)
{
	const char *value = jwt_string(jwt->header, member);
	unsigned char sha1[20];

	if (value == NULL)
		return;
	if (strcmp(member, "kid") == 0 && hex_read(value, sha1, sizeof(sha1)))
		text_add(ret_bytes, (const char *)sha1, sizeof(sha1));
	else if (!base64_read_any(value, strlen(value), ret_bytes))
		text_puts(ret_bytes, value);
}

static const struct app_certificate *
certificate_named(const struct app *app, const struct text *thumbprint)
{
	for (size_t i = 0; i < app->n_certificates; i++) {
		const struct app_certificate *one = &app->certificates[i];

		if ((thumbprint->len == sizeof(one->sha1) &&
		     memcmp(thumbprint->at, one->sha1, sizeof(one->sha1)) == 0) ||
		    (thumbprint->len == sizeof(one->sha256) &&
		     memcmp(thumbprint->at, one->sha256, sizeof(one->sha256)) == 0))
			return one;
	}
	return NULL;
}

/* The certificate the header names. shown becomes the thumbprint sent, in upper-case hexadecimal. */
static bool
find_certificate(struct grant *grant, const struct app *app, const struct jwt *jwt,
                 struct text *shown, const struct app_certificate **ret_certificate)
{
	static const char *const members[] = { "x5t#S256", "x5t", "kid" };
	const struct app_certificate *found = NULL;
	struct text first = { 0 };

	for (size_t i = 0; i < 3 && found == NULL; i++) {
		struct text bytes = { 0 };

		read_thumbprint(jwt, members[i], &bytes);
		found = certificate_named(app, &bytes);
		if (first.len == 0 || found != NULL) {
			text_done(&first);
			first = bytes;
		} else {
			text_done(&bytes);
		}
	}
	hex_add(shown, first.at, first.len);
	text_done(&first);
	if (found == NULL || fault_acts("token-late-key", NULL, NULL) || delay_key_is_late(found))
		return grant_refuse(grant, 700027, "The certificate with identifier used to sign "
		                    "the client assertion is not registered on application. "
		                    "[Reason - The key was not found., Thumbprint of key used by "
		                    "client: '%s', Please visit the Azure Portal, Graph Explorer "
		                    "or directly use MS Graph to see configured keys for app Id "
		                    "'%s'.]", shown->len != 0 ? shown->at : "", app->id);
	*ret_certificate = found;
	return true;
}

static void
spell_day(time_t day, char *to, size_t size)
{
	struct tm utc;

	gmtime_r(&day, &utc);
	strftime(to, size, "%m/%d/%Y %H:%M:%S", &utc);
}

/* The credential's days, which lie within the certificate's. */
static bool
check_validity(struct grant *grant, const struct app *app,
               const struct app_certificate *certificate, const struct text *shown)
{
	char start[32], end[32];

	if (certificate->from <= grant->now && certificate->until > grant->now)
		return true;
	spell_day(certificate->from, start, sizeof(start));
	spell_day(certificate->until, end, sizeof(end));
	return grant_refuse(grant, 700027, "The certificate with identifier used to sign the client "
	                    "assertion is expired on application. [Reason - The key used is "
	                    "expired., Thumbprint of key used by client: '%s', Found key "
	                    "'Start=%s, End=%s', Please visit the Azure Portal, Graph Explorer or "
	                    "directly use MS Graph to see configured keys for app Id '%s'.]",
	                    shown->at, start, end, app->id);
}

static bool
check_signature(struct grant *grant, const struct app *app, X509 *certificate,
                const struct jwt *jwt, const struct text *shown)
{
	const char *algorithm = jwt_string(jwt->header, "alg");
	EVP_PKEY *key = X509_get0_pubkey(certificate);
	char counted[32];

	if (algorithm == NULL ||
	    (strcmp(algorithm, "PS256") != 0 && strcmp(algorithm, "RS256") != 0))
		return grant_refuse(grant, 50027, "JWT token is invalid or malformed: the signing "
		                    "algorithm '%s' is not supported.",
		                    algorithm != NULL ? algorithm : "");
	if (key == NULL || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)
		return grant_refuse(grant, 50027, "JWT token is invalid or malformed: unsupported "
		                    "key for the signing algorithm.");
	if (EVP_PKEY_get_bits(key) < RSA_BITS_MIN)
		return grant_refuse(grant, 50032, "Weak RSA key: %d bits.", EVP_PKEY_get_bits(key));
	if (jwt_verify(jwt, key) != JWT_GOOD)
		return grant_refuse(grant, 700027, "Client assertion contains an invalid signature. "
		                    "[Reason - The provided signature value did not match the "
		                    "expected signature value., Thumbprint of key used by client: "
		                    "'%s', Please visit the Azure Portal, Graph Explorer or "
		                    "directly use MS Graph to see configured keys for app Id "
		                    "'%s'.]", shown->at, app->id);
	snprintf(counted, sizeof(counted), "assertion.%s", algorithm);
	ledger_count(counted);
	return true;
}

/* ORIGIN/TENANT/oauth2/v2.0/token or ORIGIN/TENANT/v2.0, by either name of the tenant. */
static bool
is_our_audience(const char *audience)
{
	size_t origin = strlen(tenant_origin());
	size_t segment;

	if (strncasecmp(audience, tenant_origin(), origin) != 0 || audience[origin] != '/')
		return false;
	audience += origin + 1;
	segment = strcspn(audience, "/");
	if (!tenant_is(audience, segment))
		return false;
	return strcmp(audience + segment, "/oauth2/v2.0/token") == 0 ||
	       strcmp(audience + segment, "/v2.0") == 0;
}

static bool
check_audience(struct grant *grant, const struct jwt *jwt)
{
	const cJSON *member = cJSON_GetObjectItemCaseSensitive(jwt->claims, "aud");
	const char *audience;

	if (cJSON_IsArray(member) && cJSON_GetArraySize(member) == 1)
		member = cJSON_GetArrayItem(member, 0);
	audience = cJSON_GetStringValue(member);
	if (audience != NULL && is_our_audience(audience))
		return true;
	return grant_refuse(grant, 700023, "Client assertion audience claim does not match Realm "
	                    "issuer. Found '%s', expected '%s/%s/oauth2/v2.0/token'.",
	                    audience != NULL ? audience : "", tenant_origin(), the_tenant.id);
}

static void
spell_time(double seconds, char *to, size_t size)
{
	time_t whole = seconds < 0 || seconds > 4e10 ? 0 : (time_t)seconds;
	struct tm utc;

	gmtime_r(&whole, &utc);
	strftime(to, size, "%Y-%m-%dT%H:%M:%S.0000000Z", &utc);
}

static bool
check_times(struct grant *grant, const struct jwt *jwt)
{
	double now = (double)grant->now, not_before = 0, expiry;
	char current[40], from[40], until[40];

	if (!jwt_date(jwt->claims, "exp", &expiry))
		return grant_refuse(grant, 50027, "JWT token is invalid or malformed: the assertion "
		                    "needs the claim exp.");
	jwt_date(jwt->claims, "nbf", &not_before);
	if (now <= expiry + TOLERANCE_SECONDS && now >= not_before - TOLERANCE_SECONDS)
		return true;
	spell_time(now, current, sizeof(current));
	spell_time(not_before, from, sizeof(from));
	spell_time(expiry, until, sizeof(until));
	return grant_refuse(grant, 700024, "Client assertion is not within its valid time range. "
	                    "Current time: %s, assertion valid from %s, expiry time of assertion "
	                    "%s.", current, from, until);
}

bool
assertion_accept(struct grant *grant, const struct apps *apps, const char *client_id,
                 const char *assertion, const struct app **ret_app)
{
	const struct app_certificate *certificate = NULL;
	const struct app *app = NULL;
	struct text shown = { 0 };
	struct jwt jwt;
	bool good;

	if (!jwt_read(assertion, &jwt))
		return grant_refuse(grant, 50027, "JWT token is invalid or malformed.");
	good = find_app(grant, apps, client_id, &jwt, &app);
	if (good && !app->enabled)
		good = grant_refuse(grant, 7000112, "Application '%s'(%s) is disabled.", app->id,
		                    app->name);
	if (good && app->object_id[0] == '\0')
		good = grant_refuse(grant, 7000229, "The client application '%s' is missing service "
		                    "principal in the tenant '%s'.", app->id, the_tenant.id);
	good = good && find_certificate(grant, app, &jwt, &shown, &certificate) &&
	       check_validity(grant, app, certificate, &shown) &&
	       check_signature(grant, app, certificate->x509, &jwt, &shown) &&
	       check_audience(grant, &jwt) && check_times(grant, &jwt);
	if (good)
		*ret_app = app;
	text_done(&shown);
	jwt_done(&jwt);
	return good;
}
