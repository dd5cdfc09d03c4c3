/* The Get-EXO cmdlets: which there are, and the paths of their requests. */
#include "exchange/native.h"

#include "base/encode.h"
#include "base/error.h"
#include "base/jsontext.h"
#include "exchange/cast.h"

enum { KEY_MAX = 4096 };

/* By what a mailbox or recipient is named: one of them, not two. */
#define KEYS                                                                                       \
	{"Identity", NATIVE_KEY, NULL}, {"UserPrincipalName", NATIVE_KEY, NULL},                   \
		{"PrimarySmtpAddress", NATIVE_KEY, NULL},                                          \
		{"ExternalDirectoryObjectId", NATIVE_KEY, NULL}
#define MODULE                                                                                     \
	{"UseCustomRouting", NATIVE_OURS, NULL}, {"ErrorAction", NATIVE_OURS, NULL},               \
		{"WarningAction", NATIVE_OURS, NULL}, {"InformationAction", NATIVE_OURS, NULL},    \
		{"Verbose", NATIVE_OURS, NULL}, {"Debug", NATIVE_OURS, NULL}, {NULL, NATIVE_OURS, NULL}
#define PROPERTIES {"PropertySets", NATIVE_SETS, NULL}, {"Properties", NATIVE_SELECT, NULL}
#define SIZE       {"ResultSize", NATIVE_SIZE, NULL}

static const native_parameter of_mailbox[] = {
	KEYS,
	{"Anr", NATIVE_OPTION, "Anr"},
	{"Archive", NATIVE_SWITCH, "Archive"},
	{"Filter", NATIVE_FILTER, NULL},
	{"InactiveMailboxOnly", NATIVE_SWITCH, "InactiveMailboxOnly"},
	{"IncludeInactiveMailbox", NATIVE_SWITCH, "IncludeInactiveMailbox"},
	{"MailboxPlan", NATIVE_OPTION, "MailboxPlan"},
	{"OrganizationalUnit", NATIVE_OPTION, "OrganizationalUnit"},
	{"RecipientTypeDetails", NATIVE_LIST, "RecipientTypeDetails"},
	{"SoftDeletedMailbox", NATIVE_SWITCH, "SoftDeletedMailbox"},
	{"Async", NATIVE_REFUSED, NULL},
	{"GroupMailbox", NATIVE_REFUSED, NULL},
	{"Migration", NATIVE_REFUSED, NULL},
	{"PublicFolder", NATIVE_REFUSED, NULL},
	PROPERTIES,
	SIZE,
	MODULE,
};

static const native_parameter of_recipient[] = {
	KEYS,
	{"Anr", NATIVE_REFUSED, NULL},
	{"Filter", NATIVE_FILTER, NULL},
	{"IncludeSoftDeletedRecipients", NATIVE_SWITCH, "IncludeSoftDeletedRecipients"},
	{"OrganizationalUnit", NATIVE_OPTION, "OrganizationalUnit"},
	{"RecipientPreviewFilter", NATIVE_REFUSED, NULL},
	{"RecipientType", NATIVE_TYPES, "RecipientType"},
	{"RecipientTypeDetails", NATIVE_TYPES, "RecipientTypeDetails"},
	PROPERTIES,
	SIZE,
	MODULE,
};

static const native_parameter of_cas_mailbox[] = {
	KEYS,
	{"Anr", NATIVE_OPTION, "Anr"},
	{"Filter", NATIVE_FILTER, NULL},
	{"OrganizationalUnit", NATIVE_OPTION, "OrganizationalUnit"},
	{"ProtocolSettings", NATIVE_REFUSED, NULL},
	{"RecalculateHasActiveSyncDevicePartnership", NATIVE_REFUSED, NULL},
	PROPERTIES,
	SIZE,
	MODULE,
};

static const native_parameter of_permission[] = {
	KEYS,
	{"Owner", NATIVE_REFUSED, NULL},
	{"SoftDeletedMailbox", NATIVE_SWITCH, "SoftDeletedMailbox"},
	SIZE,
	MODULE,
};

static const native_parameter of_statistics[] = {
	KEYS,
	{"Archive", NATIVE_REFUSED, NULL},
	{"DatabaseGuid", NATIVE_PATH, NULL},
	{"ExchangeGuid", NATIVE_PATH, NULL},
	{"IncludeMoveHistory", NATIVE_REFUSED, NULL},
	{"IncludeMoveReport", NATIVE_REFUSED, NULL},
	{"IncludeSoftDeletedRecipients", NATIVE_REFUSED, NULL},
	PROPERTIES,
	MODULE,
};

static const native_parameter of_folder_statistics[] = {
	KEYS,
	{"Archive", NATIVE_REFUSED, NULL},
	{"DiagnosticInfo", NATIVE_REFUSED, NULL},
	{"FolderScope", NATIVE_PATH, NULL},
	{"IncludeAnalysis", NATIVE_REFUSED, NULL},
	{"IncludeOldestAndNewestItems", NATIVE_REFUSED, NULL},
	{"IncludeSoftDeletedRecipients", NATIVE_REFUSED, NULL},
	SIZE,
	MODULE,
};

static const native_parameter of_folder_permission[] = {
	KEYS,
	{"GroupMailbox", NATIVE_SWITCH, "GroupMailbox"},
	{"User", NATIVE_REFUSED, NULL},
	SIZE,
	MODULE,
};

static const native_parameter of_recipient_permission[] = {
	KEYS,
	{"AccessRights", NATIVE_PATH, NULL},
	{"Trustee", NATIVE_PATH, NULL},
	SIZE,
	MODULE,
};

static const native_parameter of_device_statistics[] = {
	{"Mailbox", NATIVE_KEY, NULL},
	{"UserPrincipalName", NATIVE_KEY, NULL},
	{"PrimarySmtpAddress", NATIVE_KEY, NULL},
	{"ExternalDirectoryObjectId", NATIVE_KEY, NULL},
	{"Identity", NATIVE_REFUSED, NULL}, /* it names a device */
	{"ActiveSync", NATIVE_REFUSED, NULL},
	{"GetMailboxLog", NATIVE_REFUSED, NULL},
	{"NotificationEmailAddresses", NATIVE_REFUSED, NULL},
	{"OWAforDevices", NATIVE_REFUSED, NULL},
	{"RestApi", NATIVE_REFUSED, NULL},
	{"ShowRecoveryPassword", NATIVE_REFUSED, NULL},
	{"UniversalOutlook", NATIVE_REFUSED, NULL},
	SIZE,
	MODULE,
};

static exs_status
behind_permission(const exs_command *command, span key, buf *path, exs_error *error)
{
	(void)command;
	(void)key;
	buf_puts(path, "/MailboxPermission");
	return buf_check(path, "the address", error);
}

static exs_status
put_guid(const exs_command *command, const char *parameter, buf *path, exs_error *error)
{
	EXS_SCOPED(buf) text = BUF(KEY_MAX);

	if (!command_string(command, parameter, &text) || !cast_is_guid(buf_span(&text)))
		return exs_fail(error, E_PARAMETER, "-%s wants a GUID", parameter);
	buf_add(path, buf_span(&text));
	return buf_check(path, "the address", error);
}

static exs_status
behind_statistics(const exs_command *command, span key, buf *path, exs_error *error)
{
	bool by_guid = command_value(command, "ExchangeGuid").at != NULL ||
	               command_value(command, "DatabaseGuid").at != NULL;

	if (!by_guid) {
		buf_puts(path, "/Exchange.GetMailboxStatistics()");
		return buf_check(path, "the address", error);
	}
	if (key.at != NULL)
		return exs_fail(error, E_PARAMETER, "-ExchangeGuid and -DatabaseGuid name the mailbox "
		                                    "already; leave the identity out");
	buf_puts(path, "/Exchange.GetMailboxStatisticsV2(mailboxGuid=");
	EXS_TRY(put_guid(command, "ExchangeGuid", path, error));
	buf_puts(path, ",databaseGuid=");
	EXS_TRY(put_guid(command, "DatabaseGuid", path, error));
	buf_byte(path, ')');
	return buf_check(path, "the address", error);
}

static bool
is_plain_word(span text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!((text.at[i] >= 'a' && text.at[i] <= 'z') || (text.at[i] >= 'A' && text.at[i] <= 'Z')))
			return false;
	return text.len > 0;
}

static exs_status
behind_folder_statistics(const exs_command *command, span key, buf *path, exs_error *error)
{
	EXS_SCOPED(buf) scope = BUF(KEY_MAX);

	(void)key;
	if (command_value(command, "FolderScope").at == NULL)
		buf_puts(&scope, "All");
	else if (!command_string(command, "FolderScope", &scope) || !is_plain_word(buf_span(&scope)))
		return exs_fail(error, E_PARAMETER, "-FolderScope is a kind of folder: All, Inbox, Calendar ...");
	buf_addf(path, "/MailboxFolder/Exchange.GetMailboxFolderStatistics(folderscope=Exchange.ElcFolderType'%s')",
	         buf_text(&scope));
	return buf_check(path, "the address", error);
}

static void
put_encoded(buf *path, span text)
{
	EXS_SCOPED(buf) base64 = BUF(2 * KEY_MAX);

	encode_base64(&base64, text);
	encode_percent(path, buf_span(&base64));
}

/* "mailbox:\Folder": the part from the colon on; a backslash alone is the top. */
static span
folder_of(span identity)
{
	ptrdiff_t colon = span_find(identity, ":\\");

	return colon < 0 ? span_of("\\")
	                 : span_from(identity.at + colon + 1, identity.len - (size_t)colon - 1);
}

static exs_status
behind_folder_permission(const exs_command *command, span key, buf *path, exs_error *error)
{
	EXS_SCOPED(buf) identity = BUF(KEY_MAX);

	(void)key;
	(void)command_string(command, "Identity", &identity);
	buf_puts(path, "/MailboxFolder('");
	put_encoded(path, folder_of(buf_span(&identity)));
	buf_puts(path, "')/MailboxFolderPermission");
	return buf_check(path, "the address", error);
}

/* A text as OData writes it in a path: quotes doubled, then percent-encoded. */
static void
put_text(buf *path, const char *name, span text)
{
	EXS_SCOPED(buf) quoted = BUF(4 * KEY_MAX);

	for (size_t i = 0; i < text.len; i++) {
		buf_byte(&quoted, text.at[i]);
		if (text.at[i] == '\'')
			buf_byte(&quoted, '\'');
	}
	buf_addf(path, "%s='", name);
	encode_percent(path, buf_span(&quoted));
	buf_byte(path, '\'');
}

/* With a trustee the service looks for it; without, the permissions are part of the recipient. */
static exs_status
behind_recipient_permission(const exs_command *command, span key, buf *path, exs_error *error)
{
	EXS_SCOPED(buf) trustee = BUF(KEY_MAX);
	EXS_SCOPED(buf) rights = BUF(KEY_MAX);

	if (command_value(command, "AccessRights").at != NULL &&
	    (!command_string(command, "AccessRights", &rights) ||
	     !span_is_nocase(buf_span(&rights), "SendAs")))
		return exs_fail(error, E_PARAMETER, "-AccessRights can only be SendAs");
	if (!command_string(command, "Trustee", &trustee))
		return EXS_OK;
	if (key.at == NULL)
		return exs_fail(error, E_PARAMETER, "-Trustee wants a recipient too: -Identity");
	buf_puts(path, "/Exchange.GetRecipientPermissionByFilters(");
	put_text(path, "identity", key);
	buf_byte(path, ',');
	put_text(path, "trustee", buf_span(&trustee));
	buf_puts(path, ",accessRights='SendAs')");
	return buf_check(path, "the address", error);
}

static exs_status
behind_device_statistics(const exs_command *command, span key, buf *path, exs_error *error)
{
	(void)command;
	(void)key;
	buf_puts(path, "/MobileDevice/Exchange.GetMobileDeviceStatistics()");
	return buf_check(path, "the address", error);
}

static const native_kind kinds[] = {
	{"Get-EXOMailbox", "Get-Mailbox", "Mailbox", NULL, false, false, native_sets_of_mailbox, NULL,
	 of_mailbox},
	{"Get-EXORecipient", "Get-Recipient", "Recipient", NULL, false, false, native_sets_of_recipient,
	 NULL, of_recipient},
	{"Get-EXOCasMailbox", "Get-CASMailbox", "CasMailbox", NULL, false, false,
	 native_sets_of_cas_mailbox, NULL, of_cas_mailbox},
	{"Get-EXOMailboxPermission", "Get-MailboxPermission", "Mailbox", NULL, true, true, NULL,
	 behind_permission, of_permission},
	{"Get-EXOMailboxStatistics", "Get-MailboxStatistics", "Mailbox", NULL, true, true,
	 native_sets_of_statistics, behind_statistics, of_statistics},
	{"Get-EXOMailboxFolderStatistics", "Get-MailboxFolderStatistics", "Mailbox", NULL, true, true, NULL,
	 behind_folder_statistics, of_folder_statistics},
	{"Get-EXOMailboxFolderPermission", "Get-MailboxFolderPermission", "Mailbox", NULL, true, true, NULL,
	 behind_folder_permission, of_folder_permission},
	{"Get-EXORecipientPermission", "Get-RecipientPermission", "Recipient", "RecipientPermission", false,
	 false, NULL, behind_recipient_permission, of_recipient_permission},
	{"Get-EXOMobileDeviceStatistics", "Get-MobileDeviceStatistics", "Mailbox", NULL, true, true, NULL,
	 behind_device_statistics, of_device_statistics},
};

const native_kind *
native_find(const char *cmdlet)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (span_is_nocase(span_of(cmdlet), kinds[i].cmdlet))
			return &kinds[i];
	return NULL;
}

exs_status
native_check_name(const char *cmdlet, exs_error *error)
{
	const char *names[sizeof kinds / sizeof kinds[0]];
	const char *near;
	exs_status  status;

	if (!span_starts_nocase(span_of(cmdlet), "Get-EXO") || native_find(cmdlet) != NULL)
		return EXS_OK;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		names[i] = kinds[i].cmdlet;
	near = span_nearest(span_of(cmdlet), names, sizeof kinds / sizeof kinds[0]);
	status = exs_fail(error, E_USAGE, "the PowerShell module has no %s", cmdlet);
	if (near != NULL)
		error_fix(error, "did you mean %s?", near);
	else
		error_fix(error, "use Get-%s", cmdlet + 7);
	return status;
}

bool
native_key(const native_kind *kind, const exs_command *command, buf *to)
{
	for (const native_parameter *p = kind->parameters; p->name != NULL; p++) {
		if (p->use != NATIVE_KEY || !command_string(command, p->name, to))
			continue;
		if (kind->behind == behind_folder_permission && span_find(buf_span(to), ":\\") >= 0)
			to->len = (size_t)span_find(buf_span(to), ":\\");
		return to->len > 0;
	}
	return false;
}

/* One way of naming the object, and a name that is one. */
static exs_status
check_key(const native_kind *kind, const exs_command *command, bool has_key, exs_error *error)
{
	const char *given = NULL;
	bool        by_guid = command_value(command, "ExchangeGuid").at != NULL;

	for (const native_parameter *p = kind->parameters; p->name != NULL; p++) {
		if (p->use != NATIVE_KEY || command_value(command, p->name).at == NULL)
			continue;
		if (given != NULL)
			return exs_fail(error, E_PARAMETER, "-%s and -%s cannot go together", given, p->name);
		given = p->name;
	}
	if (given != NULL && !has_key)
		return exs_fail(error, E_PARAMETER, "-%s wants a text that is not empty", given);
	if (given == NULL && kind->needs_key && !by_guid) {
		exs_status status = exs_fail(error, E_PARAMETER, "%s wants to know of which mailbox", kind->cmdlet);

		error_fix(error, "add -%s NAME", kind->parameters[0].name);
		return status;
	}
	return EXS_OK;
}

exs_status
native_address(const native_kind *kind, const exs_command *command, buf *address, size_t *ret_whole,
               exs_error *error)
{
	EXS_SCOPED(buf) key = BUF(KEY_MAX);
	bool has_key = native_key(kind, command, &key);
	bool finds = command_value(command, "Trustee").at != NULL;

	EXS_TRY(native_check(kind, command, error));
	EXS_TRY(check_key(kind, command, has_key, error));
	buf_puts(address, kind->entity);
	if (has_key && !finds) {
		buf_puts(address, "('");
		put_encoded(address, buf_span(&key));
		buf_puts(address, "')");
	}
	if (kind->behind != NULL)
		EXS_TRY(kind->behind(command, has_key ? buf_span(&key) : span_from(NULL, 0), address, error));
	return native_query(kind, command, has_key && !finds, address, ret_whole, error);
}
