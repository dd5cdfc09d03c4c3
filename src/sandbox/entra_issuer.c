/*
 * Strict RFC 7523 at /issuer/token. See entra_issuer.h.
 *
 * What differs from the directory: the key may be RSA or elliptic; it is named by kid (a thumbprint
 * of the certificate in hexadecimal or base64url, or the RFC 7638 thumbprint of the public key), by
 * x5t, x5t#S256, or by x5c with the very certificate; aud must be one string, the endpoint or the
 * issuer; jti must be there and new; there are 60 seconds of tolerance; errors are RFC 6749's.
 */
#include "entra_issuer.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "entra_bearer.h"
#include "jwt.h"
#include "tenant.h"

enum { TOLERANCE_SECONDS = 60, JTI_SIZE = 128, JTIS_KEPT = 8192 };

/* A ring of what was redeemed; old enough to fall out is old enough to have expired. */
static pthread_mutex_t jti_lock = PTHREAD_MUTEX_INITIALIZER;
static char redeemed[JTIS_KEPT][JTI_SIZE];
static size_t n_redeemed;

static bool
jti_is_new(const char *jti)
{
	size_t kept;
	bool fresh = true;

	pthread_mutex_lock(&jti_lock);
	kept = n_redeemed < JTIS_KEPT ? n_redeemed : JTIS_KEPT;
	for (size_t i = 0; i < kept && fresh; i++)
		fresh = strcmp(redeemed[i], jti) != 0;
	if (fresh)
		snprintf(redeemed[n_redeemed++ % JTIS_KEPT], JTI_SIZE, "%s", jti);
	pthread_mutex_unlock(&jti_lock);
	return fresh;
}

static void
add_number(struct text *json, const char *member, EVP_PKEY *key, const char *name, int pad)
{
	unsigned char bytes[1024];
	BIGNUM *number = NULL;
	int len = 0;

	if (EVP_PKEY_get_bn_param(key, name, &number) == 1)
		len = pad != 0 ? BN_bn2binpad(number, bytes, pad) : BN_bn2bin(number, bytes);
	BN_free(number);
	text_addf(json, "\"%s\":\"", member);
	base64url_add(json, bytes, len > 0 ? (size_t)len : 0);
	text_puts(json, "\"");
}

/* RFC 7638: the members of the public key in alphabetical order, hashed. */
static void
jwk_thumbprint(EVP_PKEY *key, unsigned char sha256[32])
{
	struct text json = { 0 };
	int half = (EVP_PKEY_get_bits(key) + 7) / 8;

	if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) {
		text_puts(&json, "{");
		add_number(&json, "e", key, OSSL_PKEY_PARAM_RSA_E, 0);
		text_puts(&json, ",\"kty\":\"RSA\",");
		add_number(&json, "n", key, OSSL_PKEY_PARAM_RSA_N, 0);
	} else {
		text_addf(&json, "{\"crv\":\"P-%d\",\"kty\":\"EC\",", EVP_PKEY_get_bits(key));
		add_number(&json, "x", key, OSSL_PKEY_PARAM_EC_PUB_X, half);
		text_puts(&json, ",");
		add_number(&json, "y", key, OSSL_PKEY_PARAM_EC_PUB_Y, half);
	}
	text_puts(&json, "}");
	if (EVP_Digest(json.at, json.len, sha256, NULL, EVP_sha256(), NULL) != 1)
		abort();
	text_done(&json);
}

static bool
thumbprint_is(const char *sent, const unsigned char *thumbprint, size_t len)
{
	struct text bytes = { 0 };
	unsigned char hex[32];
	bool same = hex_read(sent, hex, len) && memcmp(hex, thumbprint, len) == 0;

	if (!same && base64url_read(sent, strlen(sent), &bytes))
		same = bytes.len == len && memcmp(bytes.at, thumbprint, len) == 0;
	text_done(&bytes);
	return same;
}

/* x5c is an array whose first item is this certificate, in standard base64. */
static bool
x5c_is(const cJSON *x5c, const struct app_certificate *certificate)
{
	const char *leaf = cJSON_GetStringValue(cJSON_GetArrayItem(x5c, 0));
	struct text der = { 0 };
	unsigned char sha256[32];
	bool same = false;

	if (leaf != NULL && base64_read_any(leaf, strlen(leaf), &der) &&
	    EVP_Digest(der.at, der.len, sha256, NULL, EVP_sha256(), NULL) == 1)
		same = memcmp(sha256, certificate->sha256, sizeof(sha256)) == 0;
	text_done(&der);
	return same;
}

static bool
header_names(const struct jwt *jwt, const struct app_certificate *certificate)
{
	const char *kid = jwt_string(jwt->header, "kid");
	const char *x5t = jwt_string(jwt->header, "x5t");
	const char *x5t_s256 = jwt_string(jwt->header, "x5t#S256");
	const cJSON *x5c = cJSON_GetObjectItemCaseSensitive(jwt->header, "x5c");
	unsigned char jwk[32];

	if (x5t_s256 != NULL)
		return thumbprint_is(x5t_s256, certificate->sha256, sizeof(certificate->sha256));
	if (x5t != NULL)
		return thumbprint_is(x5t, certificate->sha1, sizeof(certificate->sha1));
	if (x5c != NULL)
		return x5c_is(x5c, certificate);
	if (kid == NULL)
		return false;
	jwk_thumbprint(X509_get0_pubkey(certificate->x509), jwk);
	return thumbprint_is(kid, certificate->sha1, sizeof(certificate->sha1)) ||
	       thumbprint_is(kid, certificate->sha256, sizeof(certificate->sha256)) ||
	       thumbprint_is(kid, jwk, sizeof(jwk));
}

/* What is wrong with the assertion, as a sentence; NULL when it is good. */
static const char *
find_fault(const struct jwt *jwt, const struct apps *apps, const struct app **ret_app)
{
	const char *issuer = jwt_string(jwt->claims, "iss");
	const char *subject = jwt_string(jwt->claims, "sub");
	const char *audience = jwt_string(jwt->claims, "aud");
	const char *jti = jwt_string(jwt->claims, "jti");
	const struct app_certificate *certificate = NULL;
	double now = (double)time(NULL), expiry, not_before = 0;
	size_t origin = strlen(tenant_origin());
	struct app *app;

	if (issuer == NULL || subject == NULL || strcmp(issuer, subject) != 0)
		return "iss and sub must both be the client id";
	app = apps_find(apps, issuer);
	if (app == NULL || !app->enabled)
		return "the client is not known";
	for (size_t i = 0; i < app->n_certificates && certificate == NULL; i++) {
		if (header_names(jwt, &app->certificates[i]))
			certificate = &app->certificates[i];
	}
	if (certificate == NULL)
		return "the header names no key of this client";
	if (jwt_verify(jwt, X509_get0_pubkey(certificate->x509)) != JWT_GOOD)
		return "the signature does not verify";
	if (audience == NULL || strncmp(audience, tenant_origin(), origin) != 0 ||
	    (strcmp(audience + origin, "/issuer/token") != 0 &&
	     strcmp(audience + origin, "/issuer") != 0))
		return "aud must be this endpoint or this issuer, one string";
	if (!jwt_date(jwt->claims, "exp", &expiry) || expiry + TOLERANCE_SECONDS < now)
		return "exp is missing or has passed";
	if (jwt_date(jwt->claims, "nbf", &not_before) && not_before - TOLERANCE_SECONDS > now)
		return "nbf lies in the future";
	if (jti == NULL || strlen(jti) >= JTI_SIZE || !jti_is_new(jti))
		return "jti is missing or was used before";
	*ret_app = app;
	return NULL;
}

static void
refuse(struct web_answer *answer, const char *error, const char *sentence)
{
	web_json(answer, strcmp(error, "invalid_client") == 0 ? 401 : 400,
	         "{\"error\":\"%s\",\"error_description\":\"%s\"}", error, sentence);
	ledger_count("issuer.refused");
}

static void
issue(struct web_answer *answer, const struct app *app, const char *scope)
{
	struct text token = { 0 };
	char issuer[128];
	struct bearer_wish wish = { .app = app, .kind = RESOURCE_PLAIN, .issuer = issuer };

	snprintf(issuer, sizeof(issuer), "%s/issuer", tenant_origin());
	wish.audience = scope[0] != '\0' ? scope : issuer;
	bearer_make(&token, &wish);
	web_json(answer, 200, "{\"access_token\":\"%s\",\"token_type\":\"Bearer\",\"expires_in\":%u}",
	         token.at, bearer_lifetime_seconds);
	web_set(answer, "Cache-Control", "no-store");
	text_done(&token);
	ledger_count("issuer.issued");
}

static void
redeem(const struct web_request *request, struct web_answer *answer)
{
	char *assertion = malloc(request->body_len + 1);
	char grant_type[128] = "", type[128] = "", client_id[128] = "", scope[256] = "";
	const struct apps *apps = apps_hold();
	const struct app *app = NULL;
	const char *fault;
	struct jwt jwt;

	if (assertion == NULL)
		abort();
	web_field(request->body, "grant_type", grant_type, sizeof(grant_type));
	web_field(request->body, "client_assertion_type", type, sizeof(type));
	web_field(request->body, "client_id", client_id, sizeof(client_id));
	web_field(request->body, "scope", scope, sizeof(scope));
	if (strcmp(grant_type, "client_credentials") != 0) {
		refuse(answer, "unsupported_grant_type", "only client_credentials is served");
	} else if (!web_field(request->body, "client_assertion", assertion,
	                      request->body_len + 1) ||
	           strcmp(type, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer") != 0) {
		refuse(answer, "invalid_request", "a client assertion of type jwt-bearer is needed");
	} else if (!jwt_read(assertion, &jwt)) {
		refuse(answer, "invalid_client", "the assertion is not a JWT");
	} else {
		fault = find_fault(&jwt, apps, &app);
		if (fault == NULL && client_id[0] != '\0' && strcmp(client_id, app->id) != 0)
			fault = "client_id is not the one of the assertion";
		if (fault != NULL)
			refuse(answer, "invalid_client", fault);
		else
			issue(answer, app, scope);
		jwt_done(&jwt);
	}
	apps_release(apps);
	free(assertion);
}

bool
issuer_serve(const struct web_request *request, struct web_answer *answer)
{
	if (strcmp(request->path, "/issuer/token") == 0) {
		ledger_count("issuer.request");
		if (strcmp(request->method, "POST") == 0)
			redeem(request, answer);
		else
			refuse(answer, "invalid_request", "the token endpoint takes POST");
		return true;
	}
	if (strcmp(request->path, "/issuer/.well-known/openid-configuration") == 0) {
		web_json(answer, 200,
		         "{\"issuer\":\"%s/issuer\",\"token_endpoint\":\"%s/issuer/token\","
		         "\"token_endpoint_auth_methods_supported\":[\"private_key_jwt\"],"
		         "\"token_endpoint_auth_signing_alg_values_supported\":"
		         "[\"ES256\",\"ES384\",\"PS256\",\"RS256\"]}",
		         tenant_origin(), tenant_origin());
		return true;
	}
	return false;
}
