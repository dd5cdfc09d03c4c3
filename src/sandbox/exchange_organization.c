/*
 * Get-OrganizationConfig and Get-AcceptedDomain. See exchange_organization.h.
 */
#include "exchange_organization.h"

#include <stdio.h>
#include <strings.h>

#include "exchange_call.h"
#include "exchange_generator.h"
#include "exchange_page.h"
#include "tenant.h"

/* The day the tenant was born. */
#define BORN (INT64_C(1714979229) * TICKS_SECOND)

const struct parameter get_organization_parameters[] = {
	{ NULL, 0, 0, NULL },
};

void
run_get_organization(struct call *call)
{
	struct row row;

	call_row(call, &row);
	row_string(&row, KEY("Name"), the_tenant.domain);
	row_string(&row, KEY("Identity"), the_tenant.domain);
	row_string(&row, KEY("DisplayName"), the_tenant.display_name);
	row_plain(&row, KEY_GUID("Guid"), the_tenant.id);
	row_bool(&row, KEY("AuditDisabled"), false);
	row_bool(&row, KEY("OAuth2ClientProfileEnabled"), true);
	row_string(&row, KEY("DefaultAuthenticationPolicy"), NULL);
	row_plain(&row, KEY("PublicFoldersEnabled"), "Local");
	row_bool(&row, KEY("MailTipsAllTipsEnabled"), true);
	row_bool(&row, KEY("MailTipsExternalRecipientsTipsEnabled"), false);
	row_int(&row, KEY_INT("MailTipsLargeAudienceThreshold"), 25);
	row_string(&row, KEY("SendFromAliasEnabled"), NULL);
	row_plain(&row, KEY("ActivityBasedAuthenticationTimeoutInterval"), "06:00:00");
	row_plain(&row, KEY("MaxReceiveSize"), "Unlimited");
	row_plain(&row, KEY("MaxConcurrentMigrations"), "100");
	row_strings(&row, KEY_STRINGS("IPListBlocked"), NULL, 0);
	row_bool(&row, KEY("IsDehydrated"), false);
	row_date(&row, KEY_DATE("WhenCreated"), BORN, "+00:00");
	row_bool(&row, KEY("IsValid"), true);
	call_row_end(call, &row);
}

const struct parameter get_domain_parameters[] = {
	{ "Identity", PARAMETER_STRING, 0, NULL },
	{ "ResultSize", PARAMETER_RESULT_SIZE, 0, NULL },
	{ NULL, 0, 0, NULL },
};

enum { DOMAINS = 2 };

/* The initial domain and one below it that relays. */
static void
domain_name(uint64_t at, char name[300])
{
	snprintf(name, 300, "%s%s", at == 0 ? "" : "relay.", the_tenant.domain);
}

static bool
next_domain(struct call *call, void *context, uint64_t *at)
{
	const char *identity = parameter_string(call, "Identity");

	(void)context;
	for (; *at < DOMAINS; (*at)++) {
		char name[300];

		domain_name(*at, name);
		if (identity == NULL || strcasecmp(identity, name) == 0)
			return true;
	}
	return false;
}

static void
write_domain(struct row *row, void *context, uint64_t at)
{
	char name[300], guid[GUID_TEXT];

	(void)context;
	domain_name(at, name);
	guid_write(GUID_RULE, 1000 + at, guid);
	row_string(row, KEY("Identity"), name);
	row_string(row, KEY("Name"), name);
	row_string(row, KEY("DomainName"), name);
	row_plain(row, KEY("DomainType"), at == 0 ? "Authoritative" : "InternalRelay");
	row_bool(row, KEY("Default"), at == 0);
	row_bool(row, KEY("InitialDomain"), at == 0);
	row_bool(row, KEY("MatchSubDomains"), false);
	row_plain(row, KEY("AuthenticationType"), "Managed");
	row_plain(row, KEY_GUID("Guid"), guid);
	row_date(row, KEY_DATE("WhenCreated"), BORN, "+00:00");
	row_bool(row, KEY("IsValid"), true);
}

void
run_get_domain(struct call *call)
{
	const struct source source = { next_domain, write_domain, NULL };
	const char *identity = parameter_string(call, "Identity");

	page_walk(call, &source);
	if (identity != NULL && call->n_rows == 0 && !call->page_continues)
		call_fail_missing(call, identity);
}
