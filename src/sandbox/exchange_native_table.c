/*
 * The ways of asking for entities: one row each. See exchange_native.h.
 */
#include <stddef.h>

#include "exchange_native.h"
#include "exchange_permission.h"
#include "exchange_recipient.h"

#define PAGED "$top $filter $select $skiptoken PropertySet isEncoded"

static const struct parameter mailbox_parameters[] = {
	{ "Identity", PARAMETER_STRING, 0, NULL },
	{ "Anr", PARAMETER_STRING, 0, NULL },
	{ "Filter", PARAMETER_STRING, 0, NULL },
	{ "RecipientTypeDetails", PARAMETER_ENUMS, 0, recipient_types },
	{ "ResultSize", PARAMETER_INT, 0, NULL },
	{ "Archive", PARAMETER_SWITCH, 0, NULL },
	{ "SoftDeletedMailbox", PARAMETER_SWITCH, 0, NULL },
	{ "InactiveMailboxOnly", PARAMETER_SWITCH, 0, NULL },
	{ "IncludeInactiveMailbox", PARAMETER_SWITCH, 0, NULL },
	{ "IncludeSoftDeletedRecipients", PARAMETER_SWITCH, 0, NULL },
	{ "MailboxPlan", PARAMETER_STRING, 0, NULL },
	{ "OrganizationalUnit", PARAMETER_STRING, 0, NULL },
	{ NULL, 0, 0, NULL },
};

static const struct parameter trustee_parameters[] = {
	{ "Identity", PARAMETER_STRING, PARAMETER_MUST, NULL },
	{ "Trustee", PARAMETER_STRING, PARAMETER_MUST, NULL },
	{ "AccessRights", PARAMETER_STRING, 0, NULL },
	{ NULL, 0, 0, NULL },
};

static const struct parameter key_parameters[] = {
	{ "Identity", PARAMETER_STRING, PARAMETER_MUST, NULL },
	{ "Scope", PARAMETER_STRING, 0, NULL },
	{ "Folder", PARAMETER_STRING, 0, NULL },
	{ "SoftDeletedMailbox", PARAMETER_SWITCH, 0, NULL },
	{ "GroupMailbox", PARAMETER_SWITCH, 0, NULL },
	{ "ResultSize", PARAMETER_INT, 0, NULL },
	{ NULL, 0, 0, NULL },
};

static const struct parameter guid_parameters[] = {
	{ "MailboxGuid", PARAMETER_STRING, PARAMETER_MUST, NULL },
	{ "DatabaseGuid", PARAMETER_STRING, PARAMETER_MUST, NULL },
	{ NULL, 0, 0, NULL },
};

#define NATIVE(name, run, parameters) \
	{ name, run, parameters, NULL, AREA_RECIPIENTS, CMDLET_PAGED }

const struct native natives[] = {
	{ NATIVE("Get-EXOMailbox", run_native_mailbox, mailbox_parameters), "Mailbox", "", { NULL }, NATIVE_KEY_MAY,
	  " " PAGED " Anr Archive RecipientTypeDetails SoftDeletedMailbox InactiveMailboxOnly "
	  "IncludeInactiveMailbox MailboxPlan OrganizationalUnit ", "Mailbox" },
	{ NATIVE("Get-EXOCasMailbox", run_native_cas, mailbox_parameters), "CasMailbox", "", { NULL }, NATIVE_KEY_MAY,
	  " " PAGED " Anr OrganizationalUnit ", "CasMailbox" },
	{ NATIVE("Get-EXORecipient", run_native_recipient, mailbox_parameters), "Recipient", "", { NULL }, NATIVE_KEY_MAY,
	  " " PAGED " $expand IncludeSoftDeletedRecipients OrganizationalUnit ", "Recipient" },
	{ NATIVE("Get-EXORecipientPermission", run_native_trustee, trustee_parameters), "Recipient",
	  "/Exchange.GetRecipientPermissionByFilters(identity='*',trustee='*',accessRights='*')",
	  { "Identity", "Trustee", "AccessRights" }, NATIVE_KEY_NONE, " $skiptoken ", NULL },
	{ NATIVE("Get-EXOMailboxPermission", run_native_permission, key_parameters), "Mailbox", "/MailboxPermission",
	  { NULL }, NATIVE_KEY_MUST, " isEncoded $skiptoken $top SoftDeletedMailbox ", NULL },
	{ NATIVE("Get-EXOMailboxStatistics", run_native_statistics, key_parameters), "Mailbox",
	  "/Exchange.GetMailboxStatistics()", { NULL }, NATIVE_KEY_MUST, " isEncoded $select PropertySet ",
	  "Statistics" },
	{ NATIVE("Get-EXOMailboxStatistics", run_native_statistics_by_guid, guid_parameters), "Mailbox",
	  "/Exchange.GetMailboxStatisticsV2(mailboxGuid=*,databaseGuid=*)", { "MailboxGuid", "DatabaseGuid" },
	  NATIVE_KEY_NONE, " $select PropertySet ", "Statistics" },
	{ NATIVE("Get-EXOMailboxFolderStatistics", run_native_folders, key_parameters), "Mailbox",
	  "/MailboxFolder/Exchange.GetMailboxFolderStatistics(folderscope=Exchange.ElcFolderType'*')", { "Scope" },
	  NATIVE_KEY_MUST, " isEncoded $top ", NULL },
	{ NATIVE("Get-EXOMailboxFolderPermission", run_native_folder_permission, key_parameters), "Mailbox",
	  "/MailboxFolder('*')/MailboxFolderPermission", { "Folder" }, NATIVE_KEY_MUST,
	  " isEncoded GroupMailbox IsUsingMailboxFolderId $top $skiptoken ", NULL },
	{ NATIVE("Get-EXOMobileDeviceStatistics", run_native_devices, key_parameters), "Mailbox",
	  "/MobileDevice/Exchange.GetMobileDeviceStatistics()", { NULL }, NATIVE_KEY_MUST, " isEncoded $top ",
	  NULL },
	{ .entity = NULL },
};
