/*
 * The proof of possession (entra-graph.md, 3.7). See graph_roll.h.
 *
 * Strict where nothing is on record that the service is lenient: RS256, no padding, aud the old
 * directory's id as one string, iss the object id of the registration or of the principal, nbf and exp
 * as numbers at most ten minutes apart, kid or x5t naming a certificate of the application that is
 * valid now. Times have the five minutes that the token endpoint grants.
 */
#include <string.h>
#include <strings.h>
#include <time.h>

#include "graph_roll.h"
#include "jwt.h"

#define AUDIENCE "00000002-0000-0000-c000-000000000000"

enum { LIFETIME_SECONDS = 600, TOLERANCE_SECONDS = 300 };

static bool
thumbprint_is(const char *sent, const struct app_certificate *certificate)
{
	unsigned char hex[sizeof(certificate->sha1)];
	struct text bytes = { 0 };
	bool same = hex_read(sent, hex, sizeof(hex)) &&
	            memcmp(hex, certificate->sha1, sizeof(hex)) == 0;

	if (!same && base64url_read(sent, strlen(sent), &bytes))
		same = bytes.len == sizeof(certificate->sha1) &&
		       memcmp(bytes.at, certificate->sha1, bytes.len) == 0;
	text_done(&bytes);
	return same;
}

static const struct app_certificate *
find_signer(const struct app *app, const struct jwt *jwt)
{
	const char *kid = jwt_string(jwt->header, "kid"), *x5t = jwt_string(jwt->header, "x5t");

	for (size_t i = 0; i < app->n_certificates; i++) {
		const struct app_certificate *one = &app->certificates[i];

		if ((kid != NULL || x5t != NULL) && (kid == NULL || thumbprint_is(kid, one)) &&
		    (x5t == NULL || thumbprint_is(x5t, one)))
			return one;
	}
	return NULL;
}

/* What is wrong with who signed it; NULL: nothing. */
static const char *
find_fault_of_signer(const struct app *app, const struct jwt *jwt, time_t now)
{
	const char *algorithm = jwt_string(jwt->header, "alg");
	const char *type = jwt_string(jwt->header, "typ");
	const struct app_certificate *signer = find_signer(app, jwt);

	if (algorithm == NULL || strcmp(algorithm, "RS256") != 0)
		return "alg is not RS256";
	if (type != NULL && strcmp(type, "JWT") != 0)
		return "typ is not JWT";
	if (signer == NULL)
		return "kid and x5t name no key of the application";
	if (signer->from > now || signer->until <= now)
		return "the key that signed is not valid now";
	if (jwt_verify(jwt, X509_get0_pubkey(signer->x509)) != JWT_GOOD)
		return "the signature does not verify";
	return NULL;
}

static const char *
find_fault_of_claims(const struct app *app, const struct jwt *jwt)
{
	const char *audience = jwt_string(jwt->claims, "aud"), *issuer = jwt_string(jwt->claims, "iss");
	const cJSON *start = cJSON_GetObjectItemCaseSensitive(jwt->claims, "nbf");
	const cJSON *end = cJSON_GetObjectItemCaseSensitive(jwt->claims, "exp");

	if (audience == NULL || strcmp(audience, AUDIENCE) != 0)
		return "aud is not " AUDIENCE;
	if (issuer == NULL || (strcasecmp(issuer, app->application_id) != 0 &&
	                       strcasecmp(issuer, app->object_id) != 0))
		return "iss is not the object id";
	if (!cJSON_IsNumber(start) || !cJSON_IsNumber(end))
		return "nbf or exp is missing or no number";
	if (end->valuedouble <= start->valuedouble)
		return "exp does not follow nbf";
	if (end->valuedouble - start->valuedouble > LIFETIME_SECONDS)
		return "exp is more than ten minutes after nbf";
	return NULL;
}

static const char *
find_fault_of_times(const struct jwt *jwt, time_t now)
{
	double start = 0, end = 0;

	jwt_date(jwt->claims, "nbf", &start);
	jwt_date(jwt->claims, "exp", &end);
	if (start - TOLERANCE_SECONDS > (double)now)
		return "nbf lies in the future";
	if (end + TOLERANCE_SECONDS < (double)now)
		return "exp has passed";
	return NULL;
}

static bool
refuse(struct graph *graph, const char *code, const char *message, const char *why)
{
	graph_fail(graph, 401, code, "%s", message);
	web_set(graph->answer, "x-ms-sandbox-why", "%s", why);
	return false;
}

bool
proof_accept(struct graph *graph, const struct app *app, const char *proof)
{
	const char *malformed, *expired = NULL;
	time_t now = time(NULL);
	struct jwt jwt;

	if (strchr(proof, '=') != NULL) {
		malformed = "the proof is padded";
	} else if (!jwt_read(proof, &jwt)) {
		malformed = "the proof is no JWT";
	} else {
		malformed = find_fault_of_signer(app, &jwt, now);
		if (malformed == NULL)
			malformed = find_fault_of_claims(app, &jwt);
		if (malformed == NULL)
			expired = find_fault_of_times(&jwt, now);
		jwt_done(&jwt);
	}
	if (malformed != NULL)
		return refuse(graph, "Authentication_MissingOrMalformed",
		              "Access Token missing or malformed.", malformed);
	if (expired != NULL)
		return refuse(graph, "Authentication_ExpiredToken", "Your access token has expired. "
		              "Please renew it before submitting the request.", expired);
	return true;
}
