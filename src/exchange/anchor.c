/* X-AnchorMailbox. */
#include "exchange/anchor.h"

#include "exchange/cast.h"

#include <stdio.h>

#define SYSTEM_MAILBOX "SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}"

/* The service's list of cmdlets that may be led to a mailbox. */
static const char *const to_mailbox[] = {
	"Get-Clutter",
	"Get-FocusedInbox",
	"Get-InboxRule",
	"Get-MailboxAutoReplyConfiguration",
	"Get-MailboxCalendarFolder",
	"Get-MailboxFolderPermission",
	"Get-MailboxFolderStatistics",
	"Get-MailboxMessageConfiguration",
	"Get-MailboxPermission",
	"Get-MailboxRegionalConfiguration",
	"Get-MailboxStatistics",
	"Get-MobileDeviceStatistics",
	"Get-UserPhoto",
	"Remove-CalendarEvents",
	"Set-Clutter",
	"Set-FocusedInbox",
	"Set-MailboxRegionalConfiguration",
	"Set-UserPhoto",
};

static bool
goes_to_mailbox(const char *cmdlet)
{
	for (size_t i = 0; i < sizeof to_mailbox / sizeof to_mailbox[0]; i++)
		if (span_is_nocase(span_of(cmdlet), to_mailbox[i]))
			return true;
	return false;
}

/* One @ with something on both sides, visible ASCII that a header can carry. */
static bool
is_address(span text)
{
	span domain = text, local = span_cut(&domain, '@');

	if (local.len == 0 || domain.len == 0 || text.len > 320 ||
	    memchr(domain.at, '@', domain.len) != NULL)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] <= ' ' || text.at[i] > '~' || strchr("\"\\:;,<>*", text.at[i]) != NULL)
			return false;
	return true;
}

/* alex@contoso.com:\Calendar is about the mailbox before the colon. */
static span
mailbox_part(span identity)
{
	ptrdiff_t folder = span_find(identity, ":\\");

	return folder < 0 ? identity : span_from(identity.at, (size_t)folder);
}

bool
anchor_mailbox(const exs_command *command, const char *parameter, const char *tenant, anchor *ret)
{
	EXS_SCOPED(buf) value = BUF(ANCHOR_MAX);
	span mailbox;

	if (!command_string(command, parameter, &value))
		return false;
	mailbox = mailbox_part(buf_span(&value));
	if (is_address(mailbox))
		snprintf(ret->value, sizeof ret->value, "UPN:%.*s", (int)mailbox.len, mailbox.at);
	else if (cast_is_guid(mailbox) && cast_is_guid(span_of(tenant)))
		snprintf(ret->value, sizeof ret->value, "MBX:%.36s@%s", mailbox.at, tenant);
	else
		return false;
	ret->from_parameter = true;
	return true;
}

void
anchor_system(const char *prefix, const char *tenant, const char *organization, anchor *ret)
{
	*ret = (anchor){.from_parameter = false};
	/* only this prefix is known to take a GUID */
	if (organization[0] == '\0' && cast_is_guid(span_of(tenant)))
		prefix = "APP:";
	snprintf(ret->value, sizeof ret->value, "%s" SYSTEM_MAILBOX "@%s", prefix,
	         organization[0] == '\0' ? tenant : organization);
}

void
anchor_choose(const exs_command *command, const char *tenant, const char *organization, anchor *ret)
{
	*ret = (anchor){.from_parameter = false};
	if (!goes_to_mailbox(exs_command_name(command)) ||
	    !(anchor_mailbox(command, "Identity", tenant, ret) ||
	      anchor_mailbox(command, "Mailbox", tenant, ret)))
		anchor_system("UPN:", tenant, organization, ret);
}
