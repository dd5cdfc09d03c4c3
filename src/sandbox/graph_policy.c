/*
 * What the tenant demands of credentials. See graph_policy.h.
 *
 * A policy of the application's own takes the place of the tenant's default. Durations are ISO 8601's;
 * a month counts thirty days here, a year 365.
 */
#include "graph_policy.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>


enum { DAY = 86400, HOUR = 3600 };

static const cJSON *
member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

/* "P90D", "P1Y6M", "PT12H" in seconds; -1: not one. */
static long long
duration_seconds(const char *text)
{
	static const struct {
		char      letter;
		long long seconds;
	} units[] = { { 'Y', 365 * DAY }, { 'M', 30 * DAY }, { 'W', 7 * DAY }, { 'D', DAY },
		      { 'H', HOUR } };
	long long sum = 0;

	if (text == NULL || *text++ != 'P')
		return -1;
	while (*text != '\0') {
		char *end = NULL;
		long number, seconds = -1;

		text += *text == 'T' ? 1 : 0;
		number = strtol(text, &end, 10);
		for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
			if (end != text && units[i].letter == *end)
				seconds = units[i].seconds;
		}
		if (seconds < 0 || number < 0 || number > 10000)
			return -1;
		sum += number * seconds;
		text = end + 1;
	}
	return sum;
}

/* The restrictions that hold for the application; NULL when there are none. */
static const cJSON *
restrictions_of(const struct graph *graph, const struct app *app)
{
	const cJSON *policy, *id, *whole = member(graph->apps.more, "defaultPolicy");

	cJSON_ArrayForEach(id, member(app->more, "appManagementPolicies"))
	{
		cJSON_ArrayForEach(policy, member(graph->apps.more, "appManagementPolicies"))
		{
			if (cJSON_IsString(id) && cJSON_IsTrue(member(policy, "isEnabled")) &&
			    strcasecmp(id->valuestring, member(policy, "id")->valuestring) == 0)
				return member(member(policy, "restrictions"), "keyCredentials");
		}
	}
	if (!cJSON_IsTrue(member(whole, "isEnabled")))
		return NULL;
	return member(member(whole, "applicationRestrictions"), "keyCredentials");
}

/* Restrictions may spare the applications that were there before a day. */
static bool
spares(const cJSON *restriction, const struct app *app)
{
	const char *since = cJSON_GetStringValue(member(restriction,
	                                                "restrictForAppsCreatedAfterDateTime"));
	const char *created = cJSON_GetStringValue(member(app->more, "createdDateTime"));
	const char *state = cJSON_GetStringValue(member(restriction, "state"));
	time_t limit, born = 0;

	if (state != NULL && strcmp(state, "enabled") != 0)
		return true;
	if (since == NULL || !graph_moment_read(since, &limit))
		return false;
	if (created != NULL)
		graph_moment_read(created, &born);
	return born < limit;
}

bool
policy_allows_key(struct graph *graph, const struct app *app, time_t from, time_t until)
{
	const cJSON *restriction;

	cJSON_ArrayForEach(restriction, restrictions_of(graph, app))
	{
		const char *type = cJSON_GetStringValue(member(restriction, "restrictionType"));
		const char *most = cJSON_GetStringValue(member(restriction, "maxLifetime"));
		long long seconds = duration_seconds(most);

		if (type == NULL || strcmp(type, "asymmetricKeyLifetime") != 0 || seconds < 0 ||
		    spares(restriction, app) || until - from <= seconds)
			continue;
		return graph_fail(graph, 400, "CredentialInvalidLifetimeAsPerAppPolicy",
		                  "Credential lifetime exceeds the max value allowed as per "
		                  "assigned policy: %s.", most);
	}
	return true;
}

bool
policy_check_restrictions(struct graph *graph, const cJSON *restrictions)
{
	const cJSON *restriction;

	cJSON_ArrayForEach(restriction, member(restrictions, "keyCredentials"))
	{
		const char *type = cJSON_GetStringValue(member(restriction, "restrictionType"));
		const char *most = cJSON_GetStringValue(member(restriction, "maxLifetime"));

		if (type == NULL)
			return graph_fail_bad(graph, "A restriction needs its restrictionType.");
		if (strcmp(type, "asymmetricKeyLifetime") == 0 && duration_seconds(most) < 0)
			return graph_fail_bad(graph, "Cannot convert the literal '%s' to the expected "
			                      "type 'Edm.Duration'.", most != NULL ? most : "");
	}
	return true;
}
