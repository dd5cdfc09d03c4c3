/* Which service a session speaks to. */
#include "exchange/service.h"

#include "base/encode.h"
#include "exchange/v2.h"

static const service_kind services[] = {
	{"exchange", "beta", CLOUD_EXCHANGE, &fault_of_exchange, false, true, true, false},
	{"exchange", "v2", CLOUD_EXCHANGE, &fault_of_exchange_v2, true, false, false, false},
	{"compliance", "beta", CLOUD_COMPLIANCE, &fault_of_compliance, false, true, false, true},
};

exs_status
service_find(const char *name, const char *api, const service_kind **ret, exs_error *error)
{
	const char *wanted = name == NULL ? "exchange" : name;
	const char *form = api == NULL ? "beta" : api;
	exs_status  status;

	for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
		if (strcmp(services[i].name, wanted) == 0 && strcmp(services[i].api, form) == 0) {
			*ret = &services[i];
			return EXS_OK;
		}
	}
	status = exs_fail(error, E_USAGE, "the service \"%.40s\" has no API \"%.40s\"", wanted, form);
	error_fix(error, "service is exchange or compliance; api is beta or, for exchange, v2");
	return status;
}

exs_status
service_check_route(const service_kind *s, const char *organization, const char *own_anchor, exs_error *error)
{
	exs_status status;

	if (!s->regional || organization[0] != '\0' || own_anchor != NULL)
		return EXS_OK;
	status = exs_fail(error, E_CONFIG_MISSING, "organization is not set, and Security & Compliance is routed "
	                                           "by it");
	error_fix(error, "organization = the tenant's initial onmicrosoft.com domain, in the profile, or "
	                 "--organization DOMAIN");
	return status;
}

/* What the services refuse an application whatever its roles (exchange-rest.md 4, 5.2); a * ends a name that goes on. */
static const struct person {
	const char *service, *cmdlet;
} for_persons[] = {
	{"compliance", "Get-ComplianceSearch*"},
	{"compliance", "New-ComplianceSearch*"},
	{"compliance", "Start-ComplianceSearch*"},
	{"compliance", "Invoke-HoldRemovalAction"},
	{"compliance", "Invoke-ComplianceSecurityFilterAction"},
	{"compliance", "Invoke-ComplianceSearchActionStep"},
	{"exchange", "New-UnifiedGroup"},
	{"exchange", "Remove-UnifiedGroup"},
	{"exchange", "Remove-UnifiedGroupLinks"},
	{"exchange", "Add-UnifiedGroupLinks"},
};

static bool
is_for_persons(const service_kind *s, span cmdlet)
{
	for (size_t i = 0; i < sizeof for_persons / sizeof for_persons[0]; i++) {
		span pattern = span_of(for_persons[i].cmdlet);
		bool goes_on = pattern.at[pattern.len - 1] == '*';

		if (goes_on)
			pattern.len--;
		if (strcmp(s->name, for_persons[i].service) == 0 && cmdlet.len >= pattern.len &&
		    (goes_on || cmdlet.len == pattern.len) &&
		    span_same_nocase(span_from(cmdlet.at, pattern.len), pattern))
			return true;
	}
	return false;
}

exs_status
service_check(const service_kind *s, const exs_command *command, exs_error *error)
{
	const char *name = exs_command_name(command);
	exs_status  status;

	EXS_TRY(command_check(command, error));
	if (s->v2)
		return v2_check(command, error);
	if (!is_for_persons(s, span_of(name)))
		return EXS_OK;
	status = exs_fail(error, E_EXO_APP_ONLY, "%s is not run for an application", name);
	error_why(error, "Microsoft lists it as not supported with application authentication, whatever "
	                 "roles the application has; nothing was sent");
	if (s->endpoint == CLOUD_COMPLIANCE)
		error_fix(error, "a person runs it (Connect-IPPSSession), or use eDiscovery in Microsoft Graph");
	else
		error_fix(error, "use Microsoft Graph, which knows these groups: exosign token get --scope graph");
	return status;
}

void
service_address(const service_kind *s, const char *origin, const char *tenant, const exs_command *command,
                buf *to)
{
	buf_addf(to, "%s/adminapi/%s/", origin, s->v2 ? "v2.0" : "beta");
	encode_percent(to, span_of(tenant));
	buf_addf(to, "/%s", s->v2 ? v2_endpoint(command) : "InvokeCommand");
}

void
service_anchor(const service_kind *s, const exs_command *command, const char *tenant,
               const char *organization, anchor *ret)
{
	if (s->v2)
		v2_anchor(command, tenant, organization, ret);
	else if (s->regional)
		anchor_system("UPN:", tenant, organization, ret);
	else
		anchor_choose(command, tenant, organization, ret);
}
