/*
 * The key vault over HTTP. See vault.h.
 */
#include "vault.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "entra.h"
#include "fault.h"
#include "tenant.h"
#include "vault_answer.h"
#include "vault_store.h"

enum { SEGMENT_SIZE = 160, SEGMENTS = 3 };

#define AUDIENCE "https://vault.azure.net"

struct path {
	char   segment[SEGMENTS][SEGMENT_SIZE];
	size_t n;
};

static bool
cut(const char *at, struct path *path)
{
	*path = (struct path){ .n = 0 };
	while (*at == '/') {
		size_t len = strcspn(at + 1, "/");

		if (len == 0 && at[1] == '\0')
			return true; /* a slash at the end */
		if (path->n == SEGMENTS || len >= SEGMENT_SIZE)
			return false;
		snprintf(path->segment[path->n++], SEGMENT_SIZE, "%.*s", (int)len, at + 1);
		at += 1 + len;
	}
	return true;
}

static bool
is_ours(const char *path)
{
	return strcmp(path, "/secrets") == 0 || strncmp(path, "/secrets/", 9) == 0 ||
	       strcmp(path, "/certificates") == 0 || strncmp(path, "/certificates/", 14) == 0;
}

static bool
challenge(struct web_answer *answer, const char *message)
{
	struct fault_hit hit;
	char login[600];

	snprintf(login, sizeof(login), "%s/%s", tenant_origin(), the_tenant.id);
	if (fault_acts("vault-challenge", NULL, &hit))
		snprintf(login, sizeof(login), "%s", hit.argument);
	vault_fail(answer, 401, "Unauthorized", NULL, "%s", message);
	web_set(answer, "WWW-Authenticate", "Bearer authorization=\"%s\", resource=\"%s\"", login,
	        fault_acts("vault-challenge-resource", NULL, &hit) ? hit.argument : AUDIENCE);
	return false;
}

/* Everybody of the tenant may read, but for whom `vault deny` named. */
static bool
may_read(struct web_answer *answer, const cJSON *vault, const struct bearer_facts *bearer)
{
	const cJSON *denied;

	cJSON_ArrayForEach(denied, cJSON_GetObjectItemCaseSensitive(vault, "denied"))
	{
		if (cJSON_IsString(denied) && strcasecmp(denied->valuestring, bearer->appid) == 0)
			return vault_fail(answer, 403, "Forbidden", "ForbiddenByRbac",
			                  "Caller is not authorized to perform action on resource. "
			                  "Caller: appid=%s;oid=%s", bearer->appid, bearer->oid);
	}
	return true;
}

static bool
check_caller(const struct web_request *request, struct web_answer *answer, const cJSON *vault)
{
	struct bearer_facts bearer;

	switch (bearer_check(request, &bearer)) {
	case BEARER_MISSING:
		return challenge(answer, "AKV10000: Request is missing a Bearer or PoP token.");
	case BEARER_EXPIRED:
		return challenge(answer, "AKV10000: The token has expired.");
	case BEARER_MALFORMED:
	case BEARER_REVOKED:
		return challenge(answer, "AKV10000: Error validating token.");
	case BEARER_GOOD:
		break;
	}
	if (strcasecmp(bearer.audience, AUDIENCE) != 0 &&
	    strcasecmp(bearer.audience, AUDIENCE "/") != 0)
		return challenge(answer, "AKV10022: Invalid audience. Expected " AUDIENCE ".");
	return may_read(answer, vault, &bearer);
}

static bool
check_version(const struct web_request *request, struct web_answer *answer)
{
	static const char *const versions[] = { "7.0", "7.1", "7.2", "7.3", "7.4", "7.5", "7.6",
	                                        "2016-10-01", "2025-07-01" };
	char version[64];

	if (!web_field(request->query, "api-version", version, sizeof(version)))
		return vault_fail(answer, 400, "BadParameter", NULL, "api-version must be specified");
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		if (strcmp(versions[i], version) == 0)
			return true;
	}
	return vault_fail(answer, 400, "BadParameter", NULL, "The specified version (%s) is not "
	                  "recognized. Consider using the latest supported version.", version);
}

static const cJSON *
member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

/* The version of that name, or the newest (NULL). */
static const cJSON *
version_of(const cJSON *item, const char *name)
{
	const cJSON *versions = member(item, "versions"), *version;

	if (name == NULL)
		return cJSON_GetArrayItem(versions, cJSON_GetArraySize(versions) - 1);
	cJSON_ArrayForEach(version, versions)
	{
		if (strcasecmp(member(version, "version")->valuestring, name) == 0)
			return version;
	}
	return NULL;
}

static void
serve_one(struct web_answer *answer, const cJSON *vault, const struct path *path)
{
	const char *kind = path->segment[0], *name = path->segment[1];
	const char *wanted = path->n == 3 ? path->segment[2] : NULL;
	bool secret = strcmp(kind, "secrets") == 0;
	const cJSON *version = version_of(vault_item(vault, kind, name), wanted);

	if (version == NULL)
		vault_fail(answer, 404, secret ? "SecretNotFound" : "CertificateNotFound", NULL,
		           "A %s with (name/id) %s%s%s was not found in this key vault.",
		           secret ? "secret" : "certificate", name, wanted != NULL ? "/" : "",
		           wanted != NULL ? wanted : "");
	else if (secret && !cJSON_IsTrue(member(version, "enabled")))
		vault_fail(answer, 403, "Forbidden", "SecretDisabled",
		           "Operation get is not allowed on a disabled secret.");
	else
		vault_answer_one(answer, kind, name, version);
}

/* One row for each item, or for each version of one. */
static void
serve_list(const struct web_request *request, struct web_answer *answer, const cJSON *vault,
           const struct path *path)
{
	const char *kind = path->segment[0];
	cJSON *rows = cJSON_CreateArray();
	const cJSON *item, *version;

	if (path->n == 1) {
		cJSON_ArrayForEach(item, member(vault, kind))
			cJSON_AddItemToArray(rows, vault_row(kind, member(item, "name")->valuestring,
			                                     version_of(item, NULL), false));
	} else {
		item = vault_item(vault, kind, path->segment[1]);
		cJSON_ArrayForEach(version, member(item, "versions"))
			cJSON_AddItemToArray(rows, vault_row(kind, path->segment[1], version, true));
	}
	vault_answer_page(request, answer, rows);
}

static bool
struck(struct web_answer *answer)
{
	struct fault_hit hit;

	if (fault_acts("vault-429", NULL, &hit)) {
		vault_fail(answer, 429, "Throttled", NULL, "Request was not processed because too "
		           "many requests were received.");
		if (hit.number > 0)
			web_set(answer, "Retry-After", "%ld", hit.number);
		return true;
	}
	if (fault_acts("vault-503", NULL, NULL)) {
		vault_fail(answer, 503, "ServiceUnavailable", NULL, "The service is unavailable.");
		return true;
	}
	if (fault_acts("vault-403", NULL, NULL)) {
		vault_fail(answer, 403, "Forbidden", "ForbiddenByFirewall", "Client address is not "
		           "authorized and caller is not a trusted service.");
		return true;
	}
	return false;
}

static void
serve(const struct web_request *request, struct web_answer *answer, const cJSON *vault)
{
	struct path path;

	if (struck(answer) || !check_caller(request, answer, vault) ||
	    !check_version(request, answer))
		return;
	if (strcmp(request->method, "GET") != 0)
		vault_fail(answer, 405, "MethodNotAllowed", NULL,
		           "The sandbox's vault is changed with `exosign sandbox vault`.");
	else if (!cut(request->path, &path) ||
	         (path.n > 1 && !vault_name_good(path.segment[1])))
		vault_fail(answer, 400, "BadParameter", NULL,
		           "The request URI contains an invalid name.");
	else if (path.n == 1 || (path.n == 3 && strcmp(path.segment[2], "versions") == 0))
		serve_list(request, answer, vault, &path);
	else
		serve_one(answer, vault, &path);
}

bool
vault_serve(const struct web_request *request, struct web_answer *answer)
{
	cJSON *vault;

	if (!is_ours(request->path))
		return false;
	ledger_count("vault.request");
	vault = vault_read(the_tenant.directory);
	if (vault != NULL)
		serve(request, answer, vault);
	else
		vault_fail(answer, 500, "InternalServerError", NULL, "vault.json cannot be read");
	cJSON_Delete(vault);
	return true;
}
