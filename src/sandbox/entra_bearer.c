/*
 * The access tokens of the tenant. See entra_bearer.h and entra.h.
 *
 * uti begins with the nanosecond of issue, so that "everything issued before now" has a meaning
 * finer than iat's second.
 */
#include "entra_bearer.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "entra.h"
#include "entra_key.h"
#include "fault.h"
#include "graph_delay.h"
#include "jwt.h"
#include "tenant.h"

enum { UTI_BYTES = 16, MOMENT_BYTES = 8 };

/* Every token of a person carries this role; it says nothing. */
#define ROLE_EVERYONE "b79fbf4d-3ef9-4689-8143-76b194e85509"

unsigned bearer_lifetime_seconds = 3599;
unsigned bearer_refresh_seconds;

static void
add_uti(struct text *claims)
{
	unsigned char bytes[UTI_BYTES];
	struct timespec now;
	uint64_t moment;

	clock_gettime(CLOCK_REALTIME, &now);
	moment = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	for (size_t i = 0; i < MOMENT_BYTES; i++)
		bytes[i] = (unsigned char)(moment >> (56 - 8 * i));
	if (RAND_bytes(bytes + MOMENT_BYTES, UTI_BYTES - MOMENT_BYTES) != 1)
		abort();
	text_puts(claims, ",\"uti\":\"");
	base64url_add(claims, bytes, sizeof(bytes));
	text_puts(claims, "\"");
}

static void
add_grants(struct text *claims, const struct bearer_wish *wish)
{
	const struct app *app = wish->app;
	const char *between = "";

	text_puts(claims, ",\"roles\":[");
	for (size_t i = 0; i < app->n_roles; i++) {
		bool exchange = strncasecmp(app->roles[i], "Exchange.", 9) == 0 ||
		                strcmp(app->roles[i], "full_access_as_app") == 0;

		if (wish->kind != (exchange ? RESOURCE_EXCHANGE : RESOURCE_GRAPH) ||
		    delay_grant_is_late(app->object_id, app->roles[i]))
			continue;
		text_puts(claims, between);
		text_json(claims, app->roles[i]);
		between = ",";
	}
	text_puts(claims, "],\"wids\":[");
	between = "";
	for (size_t i = 0; i < app->n_wids; i++) {
		if (delay_grant_is_late(app->object_id, app->wids[i]))
			continue;
		text_puts(claims, between);
		text_json(claims, app->wids[i]);
		between = ",";
	}
	text_puts(claims, "]");
}

/* What a token says about an application that acts for itself. */
static void
add_application(struct text *claims, const struct bearer_wish *wish)
{
	text_member(claims, "app_displayname", wish->app->name);
	text_puts(claims, ",");
	text_member(claims, "appid", wish->app->id);
	text_puts(claims, ",\"appidacr\":\"2\",\"idtyp\":\"app\",");
	text_member(claims, "oid", wish->app->object_id);
	text_puts(claims, ",");
	text_member(claims, "sub", wish->app->object_id);
	add_grants(claims, wish);
}

/* ... and about a person. */
static void
add_person(struct text *claims, const struct bearer_wish *wish)
{
	char id[GUID_SIZE], upn[320];

	user_id(wish->user, id);
	user_principal_name(wish->user, upn, sizeof(upn));
	text_member(claims, "appid", wish->client_id);
	text_puts(claims, ",\"appidacr\":\"0\",\"idtyp\":\"user\",");
	text_member(claims, "oid", id);
	text_puts(claims, ",");
	text_member(claims, "sub", id);
	text_puts(claims, ",");
	text_member(claims, "upn", upn);
	text_puts(claims, ",");
	text_member(claims, "name", wish->user->display_name);
	text_puts(claims, ",");
	text_member(claims, "scp", wish->scp);
	text_puts(claims, ",\"wids\":[\"" ROLE_EVERYONE "\"");
	for (size_t i = 0; i < USER_ROLES_MAX && wish->user->roles[i] != NULL; i++) {
		text_puts(claims, ",");
		text_json(claims, directory_role_id(wish->user->roles[i]));
	}
	text_puts(claims, "]");
}

void
bearer_make(struct text *token, const struct bearer_wish *wish)
{
	long long now = (long long)time(NULL);
	struct text claims = { 0 };
	char header[256];

	snprintf(header, sizeof(header),
	         "{\"typ\":\"JWT\",\"alg\":\"RS256\",\"x5t\":\"%s\",\"kid\":\"%s\"}", the_signer.kid,
	         the_signer.kid);
	text_puts(&claims, "{");
	text_member(&claims, "aud", wish->audience);
	text_puts(&claims, ",");
	text_member(&claims, "iss", wish->issuer);
	text_addf(&claims, ",\"iat\":%lld,\"nbf\":%lld,\"exp\":%lld,", now, now,
	          now + bearer_lifetime_seconds);
	text_member(&claims, "tid", the_tenant.id);
	text_puts(&claims, ",");
	if (wish->app != NULL)
		add_application(&claims, wish);
	else
		add_person(&claims, wish);
	add_uti(&claims);
	if (wish->cae)
		text_puts(&claims, ",\"xms_cc\":[\"cp1\"]");
	text_puts(&claims, ",\"ver\":\"1.0\"}");
	jwt_make(token, header, claims.at, the_signer.key);
	text_done(&claims);
}

/* 0 when the token has no uti of ours. */
static uint64_t
moment_of(const struct jwt *jwt)
{
	const char *uti = jwt_string(jwt->claims, "uti");
	struct text bytes = { 0 };
	uint64_t moment = 0;

	if (uti != NULL && base64url_read(uti, strlen(uti), &bytes) && bytes.len == UTI_BYTES) {
		for (size_t i = 0; i < MOMENT_BYTES; i++)
			moment = moment << 8 | (unsigned char)bytes.at[i];
	}
	text_done(&bytes);
	return moment;
}

static void
copy_claim(const struct jwt *jwt, const char *name, char *to, size_t size)
{
	const char *value = jwt_string(jwt->claims, name);

	snprintf(to, size, "%s", value != NULL ? value : "");
}

static void
read_facts(const struct jwt *jwt, struct bearer_facts *facts)
{
	const cJSON *item;

	*facts = (struct bearer_facts){ 0 };
	copy_claim(jwt, "appid", facts->appid, sizeof(facts->appid));
	copy_claim(jwt, "oid", facts->oid, sizeof(facts->oid));
	copy_claim(jwt, "aud", facts->audience, sizeof(facts->audience));
	copy_claim(jwt, "scp", facts->scp, sizeof(facts->scp));
	copy_claim(jwt, "upn", facts->upn, sizeof(facts->upn));
	facts->delegated = facts->scp[0] != '\0';
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(jwt->claims, "roles"))
	{
		if (cJSON_IsString(item) && facts->n_roles < BEARER_ROLES_MAX)
			snprintf(facts->roles[facts->n_roles++], sizeof(facts->roles[0]), "%s",
			         item->valuestring);
	}
	cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(jwt->claims, "wids"))
	{
		if (cJSON_IsString(item) && facts->n_wids < BEARER_ROLES_MAX)
			snprintf(facts->wids[facts->n_wids++], sizeof(facts->wids[0]), "%s",
			         item->valuestring);
	}
	if (cJSON_GetObjectItemCaseSensitive(jwt->claims, "xms_cc") != NULL)
		snprintf(facts->xms_cc, sizeof(facts->xms_cc), "cp1");
}

enum bearer_verdict
bearer_check(const struct web_request *request, struct bearer_facts *facts)
{
	const char *authorization = web_header(request, "Authorization");
	enum bearer_verdict verdict = BEARER_GOOD;
	double expiry = 0;
	struct jwt jwt;

	*facts = (struct bearer_facts){ 0 };
	if (authorization == NULL || strncasecmp(authorization, "Bearer ", 7) != 0)
		return BEARER_MISSING;
	if (!jwt_read(authorization + 7, &jwt))
		return BEARER_MALFORMED;
	if (jwt_verify(&jwt, the_signer.key) != JWT_GOOD)
		verdict = BEARER_MALFORMED;
	else if (!jwt_date(jwt.claims, "exp", &expiry) || expiry <= (double)time(NULL))
		verdict = BEARER_EXPIRED;
	else if (moment_of(&jwt) < fault_moment("revoke"))
		verdict = BEARER_REVOKED;
	if (verdict != BEARER_MALFORMED)
		read_facts(&jwt, facts);
	if (verdict == BEARER_REVOKED)
		fault_acts("revoke", NULL, NULL); /* so that the list shows it at work */
	jwt_done(&jwt);
	return verdict;
}

bool
bearer_has_role(const struct bearer_facts *facts, const char *role)
{
	for (int i = 0; i < facts->n_roles; i++) {
		if (strcmp(facts->roles[i], role) == 0)
			return true;
	}
	return false;
}

bool
bearer_has_wid(const struct bearer_facts *facts, const char *template_id)
{
	for (int i = 0; i < facts->n_wids; i++) {
		if (strcasecmp(facts->wids[i], template_id) == 0)
			return true;
	}
	return false;
}

bool
bearer_has_scope(const struct bearer_facts *facts, const char *scope)
{
	size_t wanted = strlen(scope);

	for (const char *at = facts->scp; *at != '\0';) {
		size_t len;

		at += strspn(at, " ");
		len = strcspn(at, " ");
		if (len == wanted && strncasecmp(at, scope, len) == 0)
			return true;
		at += len;
	}
	return false;
}
