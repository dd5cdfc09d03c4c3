/*
 * The organisation: Get-OrganizationConfig, Get-AcceptedDomain, and rules: Get-TransportRule, Get-InboxRule.
 */
#ifndef SANDBOX_EXCHANGE_ORGANIZATION_H
#define SANDBOX_EXCHANGE_ORGANIZATION_H

#include "exchange_parameters.h"

extern const struct parameter get_organization_parameters[], get_domain_parameters[],
	get_transport_rule_parameters[], get_inbox_rule_parameters[];
void run_get_organization(struct call *call);
void run_get_domain(struct call *call);
void run_get_transport_rule(struct call *call);
void run_get_inbox_rule(struct call *call);

#endif
