/*
 * Property sets: of each, the properties that this tenant's rows can have. See exchange_native.h.
 */
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "exchange_native.h"

static const struct {
	const char *of, *set, *properties;
} sets[] = {
	{ "Mailbox", "Minimum",
	  "Alias,DisplayName,DistinguishedName,EmailAddresses,ExchangeVersion,ExternalDirectoryObjectId,"
	  "Guid,Id,Name,OrganizationId,PrimarySmtpAddress,RecipientType,RecipientTypeDetails,"
	  "UserPrincipalName" },
	{ "Mailbox", "AddressList", "ExternalDirectoryObjectId,HiddenFromAddressListsEnabled" },
	{ "Mailbox", "Archive", "ExternalDirectoryObjectId,ArchiveStatus" },
	{ "Mailbox", "Audit", "AuditEnabled,ExternalDirectoryObjectId" },
	{ "Mailbox", "Custom", "CustomAttribute1,CustomAttribute2,ExternalDirectoryObjectId" },
	{ "Mailbox", "Delivery",
	  "DeliverToMailboxAndForward,ExternalDirectoryObjectId,ForwardingAddress,ForwardingSmtpAddress,"
	  "GrantSendOnBehalfTo,MaxReceiveSize,MaxSendSize,MessageCopyForSentAsEnabled" },
	{ "Mailbox", "Hold", "ExternalDirectoryObjectId,LitigationHoldEnabled" },
	{ "Mailbox", "Quota",
	  "ExternalDirectoryObjectId,IssueWarningQuota,ProhibitSendQuota,ProhibitSendReceiveQuota" },
	{ "Mailbox", "Resource", "ExternalDirectoryObjectId,ResourceCapacity" },
	{ "Mailbox", "Retention", "ExternalDirectoryObjectId,RetainDeletedItemsFor" },
	{ "Mailbox", "StatisticsSeed", "DatabaseGuid,ExchangeGuid,ExternalDirectoryObjectId" },
	{ "CasMailbox", "Minimum",
	  "ActiveSyncEnabled,DisplayName,ECPEnabled,EmailAddresses,EwsEnabled,ExchangeVersion,Guid,"
	  "Identity,ImapEnabled,MAPIEnabled,Name,OWAEnabled,OrganizationId,PopEnabled,"
	  "PrimarySmtpAddress,ServerLegacyDN" },
	{ "CasMailbox", "Imap",
	  "ExternalDirectoryObjectId,Guid,Identity,ImapEnabled,ImapUseProtocolDefaults,Name,OrganizationId" },
	{ "CasMailbox", "Pop", "ExternalDirectoryObjectId,Guid,Identity,Name,OrganizationId,PopEnabled" },
	{ "CasMailbox", "Mapi", "ExternalDirectoryObjectId,Guid,Identity,MAPIEnabled,Name,OrganizationId" },
	{ "CasMailbox", "Ews", "ExternalDirectoryObjectId,Guid,Identity,EwsEnabled,Name,OrganizationId" },
	{ "CasMailbox", "ActiveSync",
	  "ExternalDirectoryObjectId,Guid,Identity,ActiveSyncEnabled,Name,OrganizationId" },
	{ "Recipient", "Minimum",
	  "ExchangeVersion,ExternalDirectoryObjectId,Name,OrganizationId,RecipientType,"
	  "RecipientTypeDetails" },
	{ "Recipient", "Custom", "CustomAttribute1,CustomAttribute2" },
	{ "Recipient", "Policy", "EmailAddressPolicyEnabled" },
	{ "Statistics", "Minimum",
	  "DeletedItemCount,DisplayName,ItemCount,MailboxGuid,TotalDeletedItemSize,TotalItemSize" },
};

const char *
native_set_find(const char *of, const char *set)
{
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		if (strcmp(sets[i].of, of) == 0 && strcasecmp(sets[i].set, set) == 0)
			return sets[i].properties;
	}
	return NULL;
}
