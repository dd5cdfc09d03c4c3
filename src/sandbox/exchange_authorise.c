/*
 * Who may run what. See exchange_authorise.h.
 */
#include "exchange_authorise.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "exchange_call.h"
#include "tenant.h"

#define APP_ROLE    "Exchange.ManageAsApp"
#define APP_ROLE_V2 "Exchange.ManageAsAppV2"
#define EXCHANGE_APP_ID "00000002-0000-0ff1-ce00-000000000000"

/* The directory roles Exchange accepts from an application, and what each may do. */
struct directory_role {
	const char *template_id;
	const char *name;
	unsigned    reads, writes; /* areas */
};

static const struct directory_role directory_roles[] = {
	{ "62e90394-69f5-4237-9190-012177145e10", "Global Administrator",
	  AREA_ALL | AREA_COMPLIANCE, AREA_ALL | AREA_COMPLIANCE },
	{ "29232cdf-9323-42fd-ade2-1d097af3e4de", "Exchange Administrator", AREA_ALL, AREA_ALL },
	{ "31392ffb-586c-42d1-9346-e59415a2cc4e", "Exchange Recipient Administrator",
	  AREA_RECIPIENTS | AREA_ORGANIZATION | AREA_TRACE, AREA_RECIPIENTS },
	{ "f2ef992c-3afb-46b9-b7cf-a126ee74c451", "Global Reader", AREA_ALL | AREA_COMPLIANCE, 0 },
	{ "5d6b6bb7-de71-4623-b4af-96380a352509", "Security Reader",
	  AREA_RULES | AREA_QUARANTINE | AREA_TRACE | AREA_COMPLIANCE, 0 },
	{ "194ae4cb-b126-40b2-bd5b-6091b380977d", "Security Administrator",
	  AREA_RULES | AREA_QUARANTINE | AREA_TRACE | AREA_COMPLIANCE,
	  AREA_RULES | AREA_QUARANTINE | AREA_COMPLIANCE },
	{ "17315797-102d-40b4-93e0-432062caca18", "Compliance Administrator",
	  AREA_AUDIT | AREA_RULES | AREA_ORGANIZATION | AREA_COMPLIANCE, AREA_RULES | AREA_COMPLIANCE },
	{ "729827e3-9c14-49f7-bb1b-9608f156bbb8", "Helpdesk Administrator", AREA_RECIPIENTS, 0 },
};

/* Every token of a user carries this one; it says nothing. */
#define ROLE_EVERYONE "b79fbf4d-3ef9-4689-8143-76b194e85509"

static const char *const audiences[] = {
	"https://outlook.office365.com",
	"https://outlook.office.com",
	"https://outlook.office365.us",
	"https://outlook-dod.office365.us",
	"https://webmail.apps.mil",
	"https://partner.outlook.cn",
	"https://outlook.office365.cn",
	EXCHANGE_APP_ID,
};

static void
refuse_empty(struct call *call, int status)
{
	call->failed = true;
	call->answer->status = status;
	call->answer->content_type = NULL;
	text_done(&call->answer->body);
}

void
refuse_unauthorised(struct call *call)
{
	refuse_empty(call, 401);
	web_set(call->answer, "WWW-Authenticate",
	        "Bearer client_id=\"" EXCHANGE_APP_ID "\", trusted_issuers=\"%s/%s\", "
	        "token_types=\"app_asserted_user_v1 service_asserted_app_v1\", "
	        "authorization_uri=\"%s/common/oauth2/authorize\", error=\"invalid_token\"",
	        tenant_origin(), the_tenant.id, tenant_origin());
}

void
refuse_with_claims(struct call *call)
{
	char claims[128], encoded[256];
	int len = snprintf(claims, sizeof(claims),
	                   "{\"access_token\":{\"nbf\":{\"essential\":true,\"value\":\"%lld\"}}}",
	                   (long long)time(NULL));

	EVP_EncodeBlock((unsigned char *)encoded, (const unsigned char *)claims, len);
	refuse_empty(call, 401);
	web_set(call->answer, "WWW-Authenticate",
	        "Bearer realm=\"\", authorization_uri=\"%s/common/oauth2/authorize\", "
	        "client_id=\"" EXCHANGE_APP_ID "\", error=\"insufficient_claims\", claims=\"%s\"",
	        tenant_origin(), encoded);
}

void
refuse_with_nul(struct call *call)
{
	static const char nothing[4096];

	refuse_empty(call, 403);
	call->answer->content_type = "application/octet-stream";
	text_add(&call->answer->body, nothing, sizeof(nothing));
}

void
refuse_silently(struct call *call)
{
	refuse_empty(call, 403);
}

static bool
audience_is_ours(enum surface surface, const char *audience)
{
	size_t len = strlen(audience);

	while (len > 0 && audience[len - 1] == '/')
		len--;
	if (surface == SURFACE_COMPLIANCE)
		return len == strlen(COMPLIANCE_AUDIENCE) &&
		       strncasecmp(audience, COMPLIANCE_AUDIENCE, len) == 0;
	if (len == strlen(tenant_origin()) && strncasecmp(audience, tenant_origin(), len) == 0)
		return true;
	for (size_t i = 0; i < sizeof(audiences) / sizeof(audiences[0]); i++) {
		if (len == strlen(audiences[i]) && strncasecmp(audience, audiences[i], len) == 0)
			return true;
	}
	return false;
}

static const struct directory_role *
role_of(const char *template_id)
{
	for (size_t i = 0; i < sizeof(directory_roles) / sizeof(directory_roles[0]); i++) {
		if (strcasecmp(directory_roles[i].template_id, template_id) == 0)
			return &directory_roles[i];
	}
	return NULL;
}

/* What the bearer's directory roles allow together; how many of them there are that count. */
static int
sum_roles(const struct bearer_facts *bearer, unsigned *ret_reads, unsigned *ret_writes)
{
	int present = 0;

	*ret_reads = *ret_writes = 0;
	for (int i = 0; i < bearer->n_wids; i++) {
		const struct directory_role *role = role_of(bearer->wids[i]);

		if (strcasecmp(bearer->wids[i], ROLE_EVERYONE) == 0)
			continue;
		present++;
		if (role != NULL) {
			*ret_reads |= role->reads;
			*ret_writes |= role->writes;
		}
	}
	return present;
}

bool
authorise_bearer(struct call *call)
{
	struct bearer_facts *bearer = &call->bearer;
	enum bearer_verdict verdict = bearer_check(call->request, bearer);
	bool role, role_v2;
	unsigned reads, writes;
	int directory;

	if (verdict == BEARER_REVOKED) {
		refuse_with_claims(call);
		return false;
	}
	if (verdict != BEARER_GOOD || !audience_is_ours(call->surface, bearer->audience)) {
		refuse_unauthorised(call);
		return false;
	}
	role = bearer_has_role(bearer, APP_ROLE);
	role_v2 = bearer_has_role(bearer, APP_ROLE_V2);
	directory = sum_roles(bearer, &reads, &writes);
	/* each of the two permissions is for its own interface */
	if (call->surface == SURFACE_V2 ? role && !role_v2 : !role && role_v2)
		refuse_silently(call);
	role |= role_v2;
	if (call->failed)
		return false;
	if (call->surface == SURFACE_COMPLIANCE)
		reads &= AREA_COMPLIANCE;
	if (!role && directory == 0)
		refuse_unauthorised(call);
	else if (!role || directory == 0)
		refuse_with_nul(call);
	else if (reads == 0)
		call_fail(call, FAILURE_SCENARIO, "%s", failure_text(FAILURE_SCENARIO));
	return !call->failed;
}

/* Each service has its own cmdlets; the one for tests is everywhere. */
static bool
is_on_surface(const struct call *call, const struct cmdlet *cmdlet)
{
	if (cmdlet->area == AREA_ALL)
		return true;
	return (cmdlet->area == AREA_COMPLIANCE) == (call->surface == SURFACE_COMPLIANCE);
}

bool
authorise_may(const struct call *call, const struct cmdlet *cmdlet, bool *ret_may_write)
{
	unsigned reads, writes;

	sum_roles(&call->bearer, &reads, &writes);
	*ret_may_write = (cmdlet->area & writes) != 0;
	return is_on_surface(call, cmdlet) &&
	       (cmdlet->area & ((cmdlet->flags & CMDLET_WRITES) != 0 ? writes : reads)) != 0;
}

/* NULL: there is none. */
static bool
take(struct call *call, const struct cmdlet *cmdlet)
{
	if (cmdlet != NULL && authorise_may(call, cmdlet, &call->may_write)) {
		call->cmdlet = cmdlet;
		return true;
	}
	call_fail(call, FAILURE_CMDLET_DENIED,
	          "The cmdlet '%s' is not present in the role definition of the current user.",
	          call->name);
	return false;
}

bool
authorise_cmdlet(struct call *call)
{
	return take(call, cmdlet_find(call->name));
}

bool
authorise_native(struct call *call, const struct cmdlet *cmdlet)
{
	return take(call, cmdlet);
}
