/*
 * Device codes, and what people's sign-ins are redeemed for. See entra_signin.h; entra-graph.md 3.1,
 * RFC 8628.
 *
 * The interval is one second instead of five, so that nobody waits; `fault add signin-interval=5`
 * brings the usual one back. Who asks more often is told to slow down.
 */
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "entra_bearer.h"
#include "entra_signin.h"
#include "fault.h"
#include "signin_client.h"
#include "tenant.h"

/* A person's clock counts from when the answer arrived, not from when it was sent. */
static const double EARLY_SECONDS = 0.2;

static long
interval_seconds(void)
{
	struct fault_hit hit;

	return fault_acts("signin-interval", NULL, &hit) && hit.number > 0 ? hit.number : 1;
}

static void
field(const struct grant *grant, const char *name, char value[SIGNIN_TEXT_SIZE])
{
	if (!web_field(grant->request->body, name, value, SIGNIN_TEXT_SIZE))
		value[0] = '\0';
}

void
devicecode_serve(const struct web_request *request, struct web_answer *answer)
{
	struct signin signin = { .kind = "device" };
	char client[SIGNIN_TEXT_SIZE], asked[SIGNIN_TEXT_SIZE];
	struct grant grant;

	ledger_count("signin.devicecode");
	grant_begin(&grant, request, answer);
	field(&grant, "client_id", client);
	field(&grant, "scope", asked);
	if (strcmp(request->method, "POST") != 0) {
		grant_refuse(&grant, 900561, "The endpoint only accepts POST requests. Received a %s "
		             "request.", request->method);
		return;
	}
	if (!client_check(&grant, client) ||
	    !client_scopes(&grant, client, asked, signin.scopes))
		return;
	snprintf(signin.client_id, sizeof(signin.client_id), "%.36s", client);
	signin_begin(&signin);
	web_json(answer, 200,
	         "{\"user_code\":\"%s\",\"device_code\":\"%s\",\"verification_uri\":"
	         "\"%s/devicelogin\",\"expires_in\":%d,\"interval\":%ld,\"message\":\"To sign in, use "
	         "a web browser to open the page %s/devicelogin and enter the code %s to "
	         "authenticate. (Here: exosign sandbox approve %s)\"}",
	         signin.code, signin.secret, tenant_origin(), SIGNIN_LIFETIME_SECONDS,
	         interval_seconds(), tenant_origin(), signin.code, signin.code);
	grant_headers(&grant, 0);
}

void
devicelogin_serve(const struct web_request *request, struct web_answer *answer)
{
	(void)request;
	answer->status = 200;
	answer->content_type = "text/html; charset=utf-8";
	text_puts(&answer->body, "<!DOCTYPE html><title>Sign in</title><h1>Sign in from the command "
	          "line</h1><pre>exosign sandbox approve CODE</pre>\n");
}

static void
issue(struct grant *grant, const struct signin *signin)
{
	struct text token = { 0 };
	char issuer[128];
	const struct bearer_wish wish = {
		.user = user_find(signin->user), .client_id = signin->client_id,
		.scp = signin->scopes, .issuer = issuer, .audience = "https://graph.microsoft.com",
	};

	snprintf(issuer, sizeof(issuer), "https://sts.windows.net/%s/", the_tenant.id);
	bearer_make(&token, &wish);
	web_json(grant->answer, 200,
	         "{\"token_type\":\"Bearer\",\"scope\":\"%s\",\"expires_in\":%u,"
	         "\"ext_expires_in\":%u,\"access_token\":\"%s\"}",
	         signin->scopes, bearer_lifetime_seconds, bearer_lifetime_seconds, token.at);
	grant_headers(grant, 0);
	text_done(&token);
	ledger_count("signin.issued");
}

static double
moment(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
answer_pending(struct grant *grant, const struct signin *signin)
{
	double now = moment();
	bool early = signin->polled > 0 &&
	             now - signin->polled < (double)interval_seconds() - EARLY_SECONDS;

	signin_polled(signin->code, now);
	if (early || fault_acts("signin-slow-down", NULL, NULL))
		grant_refuse(grant, 50196, "The client asks more often than the interval allows.");
	else
		grant_refuse(grant, 70016, "OAuth 2.0 device flow error. Authorization is pending. "
		             "Continue polling.");
}

static void
redeem_device_code(struct grant *grant)
{
	char client[SIGNIN_TEXT_SIZE], secret[SIGNIN_TEXT_SIZE];
	struct signin signin;

	field(grant, "client_id", client);
	field(grant, "device_code", secret);
	if (!client_check(grant, client))
		return;
	if (!signin_of_secret("device", secret, &signin) ||
	    strcasecmp(signin.client_id, client) != 0)
		grant_refuse(grant, 70018, "Invalid verification code. The device code is not known.");
	else if (signin.until <= time(NULL) || fault_acts("signin-expired", NULL, NULL))
		grant_refuse(grant, 70019, "Verification code expired.");
	else if (fault_acts("signin-blocked", NULL, NULL))
		grant_refuse(grant, 53003, "Access has been blocked by Conditional Access policies. "
		             "The access policy does not allow token issuance.");
	else if (strcmp(signin.state, "pending") == 0)
		answer_pending(grant, &signin);
	else if (strcmp(signin.state, "denied") == 0)
		grant_refuse(grant, 70017, "The person declined the sign-in.");
	else if (signin_move(signin.code, "approved", "redeemed"))
		issue(grant, &signin);
	else
		grant_refuse(grant, 70018, "Invalid verification code. The device code was redeemed.");
}

/* BASE64URL(SHA256(verifier)) is the challenge (RFC 7636, 4.6). */
static bool
verifier_fits(const char *verifier, const char *challenge)
{
	unsigned char sha256[32];
	struct text text = { 0 };
	size_t len = strlen(verifier);
	bool fits;

	if (len < 43 || len > 128 ||
	    EVP_Digest(verifier, len, sha256, NULL, EVP_sha256(), NULL) != 1)
		return false;
	base64url_add(&text, sha256, sizeof(sha256));
	fits = strcmp(text.at, challenge) == 0;
	text_done(&text);
	return fits;
}

static void
redeem_code(struct grant *grant)
{
	char client[SIGNIN_TEXT_SIZE], secret[SIGNIN_TEXT_SIZE], verifier[SIGNIN_TEXT_SIZE];
	char redirect[SIGNIN_TEXT_SIZE];
	struct signin signin;

	field(grant, "client_id", client);
	field(grant, "code", secret);
	field(grant, "code_verifier", verifier);
	field(grant, "redirect_uri", redirect);
	if (!client_check(grant, client))
		return;
	if (!signin_of_secret("browser", secret, &signin) ||
	    strcasecmp(signin.client_id, client) != 0)
		grant_refuse(grant, 70000, "The provided value for the 'code' parameter is not "
		             "valid.");
	else if (strcmp(signin.state, "redeemed") == 0)
		grant_refuse(grant, 54005, "OAuth2 Authorization code was already redeemed, please "
		             "retry with a new valid code or use an existing refresh token.");
	else if (signin.until <= time(NULL) || fault_acts("signin-expired", NULL, NULL))
		grant_refuse(grant, 70008, "The provided authorization code or refresh token has "
		             "expired due to inactivity. Send a new interactive authorization "
		             "request for this user and resource.");
	else if (strcmp(signin.redirect, redirect) != 0)
		grant_refuse(grant, 500112, "The reply address '%s' does not match the reply address "
		             "'%s' provided when requesting Authorization code.", redirect,
		             signin.redirect);
	else if (!verifier_fits(verifier, signin.challenge))
		grant_refuse(grant, 501481, "The Code_Verifier does not match the code_challenge "
		             "supplied in the authorization request.");
	else if (signin_move(signin.code, "approved", "redeemed"))
		issue(grant, &signin);
	else
		grant_refuse(grant, 54005, "OAuth2 Authorization code was already redeemed.");
}

static const struct {
	const char *type;
	void (*redeem)(struct grant *grant);
} types[] = {
	{ "urn:ietf:params:oauth:grant-type:device_code", redeem_device_code },
	{ "device_code", redeem_device_code },
	{ "authorization_code", redeem_code },
};

bool
signin_is_grant(const char *grant_type)
{
	for (size_t i = 0; grant_type != NULL && i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i].type, grant_type) == 0)
			return true;
	}
	return false;
}

void
signin_redeem(struct grant *grant, const char *grant_type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i].type, grant_type) == 0)
			types[i].redeem(grant);
	}
}
