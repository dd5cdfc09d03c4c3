/*
 * The cmdlets the tenant knows. See exchange_cmdlets.h.
 */
#include "exchange_cmdlets.h"

#include <stddef.h>
#include <strings.h>

#include "exchange_compliance.h"
#include "exchange_group.h"
#include "exchange_mailbox.h"
#include "exchange_organization.h"
#include "exchange_permission.h"
#include "exchange_probe.h"
#include "exchange_recipient.h"
#include "exchange_trail.h"

#define READS  CMDLET_PAGED
#define VOID   (CMDLET_WRITES | CMDLET_VOID)
#define DELETE (CMDLET_WRITES | CMDLET_VOID | CMDLET_CONFIRMS)

static const struct cmdlet cmdlets[] = {
	{ "Get-Mailbox", run_get_mailbox, get_mailbox_parameters, NULL, AREA_RECIPIENTS, READS },
	{ "Set-Mailbox", run_set_mailbox, set_mailbox_parameters, mailbox_settings, AREA_RECIPIENTS,
	  VOID },
	{ "Get-MailboxStatistics", run_get_mailbox_statistics, get_mailbox_statistics_parameters, NULL,
	  AREA_RECIPIENTS, 0 },
	{ "Get-MailboxPermission", run_get_permission, get_permission_parameters, NULL,
	  AREA_RECIPIENTS, READS },
	{ "Add-MailboxPermission", run_add_permission, add_permission_parameters, NULL,
	  AREA_RECIPIENTS, CMDLET_WRITES },
	{ "Remove-MailboxPermission", run_remove_permission, remove_permission_parameters, NULL,
	  AREA_RECIPIENTS, DELETE },
	{ "Get-MailboxFolderPermission", run_get_folder_permission, get_folder_parameters, NULL,
	  AREA_RECIPIENTS, READS },
	{ "Add-MailboxFolderPermission", run_add_folder_permission, write_folder_parameters, NULL,
	  AREA_RECIPIENTS, CMDLET_WRITES },
	{ "Set-MailboxFolderPermission", run_set_folder_permission, write_folder_parameters, NULL,
	  AREA_RECIPIENTS, VOID },
	{ "Remove-MailboxFolderPermission", run_remove_folder_permission, remove_folder_parameters,
	  NULL, AREA_RECIPIENTS, DELETE },
	{ "Get-Recipient", run_get_recipient, get_recipient_parameters, NULL, AREA_RECIPIENTS, READS },
	{ "Get-DistributionGroup", run_get_group, get_group_parameters, NULL, AREA_RECIPIENTS, READS },
	{ "New-DistributionGroup", run_new_group, new_group_parameters, group_settings,
	  AREA_RECIPIENTS, CMDLET_WRITES },
	{ "Set-DistributionGroup", run_set_group, set_group_parameters, group_settings,
	  AREA_RECIPIENTS, VOID },
	{ "Remove-DistributionGroup", run_remove_group, remove_group_parameters, NULL,
	  AREA_RECIPIENTS, DELETE },
	{ "Get-DistributionGroupMember", run_get_member, get_member_parameters, NULL, AREA_RECIPIENTS,
	  READS },
	{ "Add-DistributionGroupMember", run_add_member, edit_member_parameters, NULL,
	  AREA_RECIPIENTS, VOID },
	{ "Remove-DistributionGroupMember", run_remove_member, edit_member_parameters, NULL,
	  AREA_RECIPIENTS, DELETE },
	{ "Get-DynamicDistributionGroupMember", run_get_dynamic_member, get_member_parameters, NULL,
	  AREA_RECIPIENTS, READS },
	{ "Get-InboxRule", run_get_inbox_rule, get_inbox_rule_parameters, NULL, AREA_RECIPIENTS,
	  READS },
	{ "Get-OrganizationConfig", run_get_organization, get_organization_parameters, NULL,
	  AREA_ORGANIZATION, 0 },
	{ "Get-AcceptedDomain", run_get_domain, get_domain_parameters, NULL, AREA_ORGANIZATION, READS },
	{ "Get-TransportRule", run_get_transport_rule, get_transport_rule_parameters, NULL, AREA_RULES,
	  READS },
	{ "Get-QuarantineMessage", run_get_quarantine, get_quarantine_parameters, NULL,
	  AREA_QUARANTINE, 0 },
	{ "Get-MessageTraceV2", run_get_trace, get_trace_parameters, NULL, AREA_TRACE, 0 },
	{ "Search-UnifiedAuditLog", run_search_audit, search_audit_parameters, NULL, AREA_AUDIT, 0 },
	{ "Get-DlpCompliancePolicy", run_get_dlp_policy, get_policy_parameters, NULL, AREA_COMPLIANCE, 0 },
	{ "Set-DlpCompliancePolicy", run_set_dlp_policy, set_policy_parameters, NULL, AREA_COMPLIANCE,
	  VOID },
	{ "Get-RetentionCompliancePolicy", run_get_retention_policy, get_policy_parameters, NULL,
	  AREA_COMPLIANCE, 0 },
	{ "Get-Label", run_get_label, get_policy_parameters, NULL, AREA_COMPLIANCE, 0 },
	{ "Test-SandboxHeld", run_test_held, test_held_parameters, NULL, AREA_ALL, 0 },
	{ "Test-SandboxBinding", run_test_binding, test_binding_parameters, NULL, AREA_ALL, 0 },
};

const struct cmdlet *
cmdlet_at(size_t i)
{
	return i < sizeof(cmdlets) / sizeof(cmdlets[0]) ? &cmdlets[i] : NULL;
}

const struct cmdlet *
cmdlet_find(const char *name)
{
	for (size_t i = 0; i < sizeof(cmdlets) / sizeof(cmdlets[0]); i++) {
		if (strcasecmp(cmdlets[i].name, name) == 0)
			return &cmdlets[i];
	}
	return NULL;
}
