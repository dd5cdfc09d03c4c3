/*
 * Signing in with a browser: authorize with PKCE (RFC 7636), adminconsent, and the page on which one
 * waits for the approval. See entra_signin.h.
 *
 * A redirect address is followed on the loopback only, whatever its port (RFC 8252, 7.3). What is
 * wrong with the request itself is told on a page, never through the redirect.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "apps.h"
#include "entra_signin.h"
#include "signin_client.h"
#include "tenant.h"

static void
query_field(const struct web_request *request, const char *name, char value[SIGNIN_TEXT_SIZE])
{
	if (!web_field(request->query, name, value, SIGNIN_TEXT_SIZE))
		value[0] = '\0';
}

/* The answer of a refused request, as a page with the AADSTS sentence in it. */
static void
show_refusal(struct web_answer *answer)
{
	struct text json = answer->body;

	answer->body = (struct text){ 0 };
	answer->content_type = "text/html; charset=utf-8";
	answer->status = 400;
	text_puts(&answer->body, "<!DOCTYPE html><title>Sign in</title><h1>Sorry, but we're having "
	          "trouble signing you in.</h1><pre>");
	for (size_t i = 0; i < json.len; i++) {
		if (strchr("<>&", json.at[i]) == NULL)
			text_add(&answer->body, &json.at[i], 1);
	}
	text_puts(&answer->body, "</pre>\n");
	text_done(&json);
}

/* http://localhost[:PORT]/... or http://127.0.0.1[:PORT]/..., or [::1] */
static bool
is_loopback(const char *redirect)
{
	static const char *const hosts[] = { "http://localhost", "http://127.0.0.1", "http://[::1]" };

	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		const char *rest = redirect + strlen(hosts[i]);

		if (strncasecmp(redirect, hosts[i], strlen(hosts[i])) != 0)
			continue;
		if (*rest == ':')
			rest += 1 + strspn(rest + 1, "0123456789");
		if ((*rest == '\0' || *rest == '/') && strpbrk(rest, "\r\n#") == NULL)
			return true;
	}
	return false;
}

static void
add_field(struct text *url, const char *name, const char *value)
{
	text_addf(url, "%s%s=", strchr(url->at, '?') == NULL ? "?" : "&", name);
	for (const char *at = value; *at != '\0'; at++) {
		if (isalnum((unsigned char)*at) || strchr("-._~", *at) != NULL)
			text_add(url, at, 1);
		else
			text_addf(url, "%%%02X", (unsigned)(unsigned char)*at);
	}
}

static void
redirect_answered(const struct signin *signin, struct web_answer *answer)
{
	bool consent = strcmp(signin->kind, "consent") == 0;
	bool denied = strcmp(signin->state, "denied") == 0;
	struct text url = { 0 };

	if (consent && !denied && signin_move(signin->code, "approved", "redeemed"))
		denied = !consent_grant(signin);
	text_puts(&url, signin->redirect);
	if (denied) {
		add_field(&url, "error", "access_denied");
		add_field(&url, "error_description", "AADSTS65004: User declined to consent to access "
		          "the app.");
	} else if (consent) {
		add_field(&url, "admin_consent", "True");
		add_field(&url, "tenant", the_tenant.id);
	} else {
		add_field(&url, "code", signin->secret);
	}
	if (signin->echo[0] != '\0')
		add_field(&url, "state", signin->echo);
	if (!consent)
		add_field(&url, "session_state", signin->code);
	answer->status = 302;
	web_set(answer, "Location", "%s", url.at);
	web_set(answer, "Cache-Control", "no-store");
	text_done(&url);
	ledger_count(denied ? "signin.denied" : "signin.redirected");
}

/* Leads on, or asks to wait. */
static void
lead_on(const struct signin *signin, struct web_answer *answer)
{
	if (strcmp(signin->state, "pending") != 0) {
		redirect_answered(signin, answer);
		return;
	}
	answer->status = 200;
	answer->content_type = "text/html; charset=utf-8";
	text_addf(&answer->body,
	          "<!DOCTYPE html><meta http-equiv=\"refresh\" content=\"1;url=%s/signin/wait?code=%s\">"
	          "<title>Sign in</title><h1>Waiting for the command line</h1>"
	          "<pre>exosign sandbox approve %s</pre>\n",
	          tenant_origin(), signin->code, signin->code);
}

void
wait_serve(const struct web_request *request, struct web_answer *answer)
{
	char code[SIGNIN_TEXT_SIZE];
	struct signin signin;

	query_field(request, "code", code);
	if (signin_of_code(code, &signin) && strcmp(signin.state, "redeemed") != 0 &&
	    strcmp(signin.kind, "device") != 0 && signin.until > time(NULL))
		lead_on(&signin, answer);
	else
		web_json(answer, 404, "{\"error\":\"no sign-in waits here\"}");
}

/* The SHA-256 of a verifier has 43 characters. */
static bool
check_pkce(struct grant *grant, struct signin *signin)
{
	char method[SIGNIN_TEXT_SIZE], challenge[SIGNIN_TEXT_SIZE];

	query_field(grant->request, "code_challenge_method", method);
	query_field(grant->request, "code_challenge", challenge);
	if (challenge[0] == '\0')
		return grant_refuse(grant, 900144, "The request body must contain the following "
		                    "parameter: 'code_challenge'.");
	if (strcmp(method, "S256") != 0 || strlen(challenge) != 43)
		return grant_refuse(grant, 501491, "Invalid size or method of the Code_Challenge "
		                    "parameter: S256 is wanted.");
	snprintf(signin->challenge, sizeof(signin->challenge), "%.43s", challenge);
	return true;
}

static bool
read_authorize(struct grant *grant, struct signin *signin)
{
	char client[SIGNIN_TEXT_SIZE], type[SIGNIN_TEXT_SIZE], mode[SIGNIN_TEXT_SIZE];
	char asked[SIGNIN_TEXT_SIZE];

	query_field(grant->request, "client_id", client);
	query_field(grant->request, "response_type", type);
	query_field(grant->request, "response_mode", mode);
	query_field(grant->request, "scope", asked);
	query_field(grant->request, "redirect_uri", signin->redirect);
	query_field(grant->request, "state", signin->echo);
	if (!client_check(grant, client))
		return false;
	snprintf(signin->client_id, sizeof(signin->client_id), "%.36s", client);
	if (!is_loopback(signin->redirect))
		return grant_refuse(grant, 50011, "The redirect URI '%s' specified in the request "
		                    "does not match the redirect URIs configured for the "
		                    "application '%s'.", signin->redirect, client);
	if (strcmp(type, "code") != 0)
		return grant_refuse(grant, 700054, "response_type '%s' is not enabled for the "
		                    "application.", type);
	if (mode[0] != '\0' && strcmp(mode, "query") != 0)
		return grant_refuse(grant, 90013, "Invalid input received from the user: "
		                    "response_mode must be query.");
	return check_pkce(grant, signin) && client_scopes(grant, client, asked, signin->scopes);
}

void
authorize_serve(const struct web_request *request, struct web_answer *answer)
{
	struct signin signin = { .kind = "browser" };
	struct grant grant;

	ledger_count("signin.authorize");
	grant_begin(&grant, request, answer);
	if (!read_authorize(&grant, &signin)) {
		show_refusal(answer);
		return;
	}
	signin_begin(&signin);
	lead_on(&signin, answer);
}

void
consent_serve(const struct web_request *request, struct web_answer *answer)
{
	struct signin signin = { .kind = "consent" };
	char client[SIGNIN_TEXT_SIZE];
	const struct apps *apps = apps_hold();
	struct grant grant;
	bool known;

	ledger_count("signin.consent");
	grant_begin(&grant, request, answer);
	query_field(request, "client_id", client);
	query_field(request, "redirect_uri", signin.redirect);
	query_field(request, "state", signin.echo);
	known = apps_find(apps, client) != NULL;
	apps_release(apps);
	if (!known)
		grant_refuse(&grant, 700016, "Application with identifier '%s' was not found in the "
		             "directory '%s'.", client, the_tenant.display_name);
	else if (!is_loopback(signin.redirect))
		grant_refuse(&grant, 50011, "The redirect URI '%s' specified in the request does not "
		             "match the redirect URIs configured for the application '%s'.",
		             signin.redirect, client);
	if (answer->status != 0) {
		show_refusal(answer);
		return;
	}
	snprintf(signin.client_id, sizeof(signin.client_id), "%.36s", client);
	signin_begin(&signin);
	lead_on(&signin, answer);
}
