/*
 * The faces of the service. See exchange_surface.h.
 */
#include "exchange_surface.h"

#include <string.h>
#include <strings.h>

#include "exchange_authorise.h"
#include "exchange_call.h"
#include "tenant.h"

/* A ! marks what must be given. */
static const struct {
	const char *endpoint, *cmdlet;
	const char *parameters; /* with blanks around each */
} pages[] = {
	{ "OrganizationConfig", "Get-OrganizationConfig", " " },
	{ "AcceptedDomain", "Get-AcceptedDomain", " Identity ResultSize " },
	{ "Mailbox", "Get-Mailbox", " Identity ResultSize IncludeGrantSendOnBehalfToWithDisplayNames " },
	{ "Mailbox", "Set-Mailbox", " Identity GrantSendOnBehalfTo " },
	{ "MailboxFolderPermission", "Get-MailboxFolderPermission", " Identity User ResultSize " },
	{ "MailboxFolderPermission", "Add-MailboxFolderPermission", " Identity User AccessRights " },
	{ "MailboxFolderPermission", "Set-MailboxFolderPermission", " Identity User AccessRights " },
	{ "MailboxFolderPermission", "Remove-MailboxFolderPermission", " Identity User AccessRights " },
	{ "DistributionGroupMember", "Get-DistributionGroupMember", " Identity ResultSize " },
	{ "DynamicDistributionGroupMember", "Get-DynamicDistributionGroupMember",
	  " Identity ResultSize " },
};

/* The host that was asked, without its port. */
static bool
host_is(const struct call *call, const char *name)
{
	const char *host = web_header(call->request, "Host");
	size_t len = host != NULL ? strcspn(host, ":") : 0;

	return len == strlen(name) && strncasecmp(host, name, len) == 0;
}

static bool
is_for_compliance(const struct call *call)
{
	struct bearer_facts facts;
	size_t len = strlen(COMPLIANCE_AUDIENCE);

	bearer_check(call->request, &facts);
	return strncasecmp(facts.audience, COMPLIANCE_AUDIENCE, len) == 0;
}

/* The anchor must name the organisation by its domain: that is what the region is found by. */
static bool
anchor_is_good(const struct call *call)
{
	const char *anchor = web_header(call->request, "X-AnchorMailbox");
	const char *at = anchor != NULL ? strrchr(anchor, '@') : NULL;

	return at != NULL && strcasecmp(at + 1, the_tenant.domain) == 0;
}

static void
lead_to_region(struct call *call)
{
	const char *query = call->request->query;

	call->failed = true;
	call->answer->status = 302;
	ledger_count("compliance.redirect");
	web_set(call->answer, "Location", "https://" REGION ".admin.localhost:446%s%s%s",
	        call->request->path, *query != '\0' ? "?" : "", query);
}

static bool
enter_compliance(struct call *call)
{
	if (!anchor_is_good(call))
		call_fail(call, FAILURE_ROUTING, "The anchor mailbox names no organization of this service.");
	else if (!host_is(call, REGION ".localhost"))
		lead_to_region(call);
	else
		ledger_count("compliance.request");
	return !call->failed;
}

bool
surface_enter(struct call *call)
{
	const char *path = call->request->path;

	if (host_is(call, REGION ".admin.localhost")) {
		refuse_silently(call);
		return false;
	}
	if (strncasecmp(path, "/adminapi/v2.0/", 15) == 0) {
		call->surface = SURFACE_V2;
		call->endpoint = strrchr(path, '/') + 1;
		return true;
	}
	if (!is_for_compliance(call)) {
		/* a bearer of the other service: refused by its audience */
		call->surface = host_is(call, REGION ".localhost") ? SURFACE_COMPLIANCE : SURFACE_BETA;
		return true;
	}
	call->surface = SURFACE_COMPLIANCE;
	return enter_compliance(call);
}

static bool
takes(const char *parameters, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = strcasestr(parameters, name); at != NULL; at = strcasestr(at + 1, name)) {
		if (at[-1] == ' ' && at[len] == ' ')
			return true;
	}
	return false;
}

static void
check_parameters(struct call *call, const char *parameters)
{
	const cJSON *input = cJSON_GetObjectItemCaseSensitive(call->document, "CmdletInput");
	const cJSON *given = cJSON_GetObjectItemCaseSensitive(input, "Parameters"), *one;

	cJSON_ArrayForEach(one, given) {
		char name[128];
		size_t len = strcspn(one->string, "@");

		if (len == 0 || len >= sizeof(name))
			continue;
		memcpy(name, one->string, len);
		name[len] = '\0';
		if (!takes(parameters, name))
			call_fail(call, FAILURE_PARAMETER,
			          "Parameter set cannot be resolved using the specified named "
			          "parameters. %s", name);
	}
}

bool
surface_allows(struct call *call)
{
	if (call->surface != SURFACE_V2)
		return true;
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		if (strcasecmp(pages[i].endpoint, call->endpoint) != 0 ||
		    strcasecmp(pages[i].cmdlet, call->name) != 0)
			continue;
		check_parameters(call, pages[i].parameters);
		return !call->failed;
	}
	call_fail(call, FAILURE_BODY, "The cmdlet '%s' is not supported at the endpoint '%s'.", call->name,
	          call->endpoint);
	return false;
}
