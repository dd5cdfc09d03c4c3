/*
 * The row of a mailbox. See exchange_mailbox.h.
 */
#include <string.h>

#include "exchange_mailbox.h"
#include "exchange_recipient.h"
#include "exchange_store.h"
#include "tenant.h"

#define QUOTA_SEND    "\"99 GB (106,300,440,576 bytes)\""
#define QUOTA_RECEIVE "\"100 GB (107,374,182,400 bytes)\""
#define QUOTA_WARNING "\"98 GB (105,226,698,752 bytes)\""

const struct setting mailbox_settings[] = {
	SETTING_STRING("DisplayName", NULL),
	SETTING_LIST("EmailAddresses", NULL),
	SETTING_BOOL("HiddenFromAddressListsEnabled", "false"),
	SETTING_STRING("ForwardingAddress", "null"),
	SETTING_STRING("ForwardingSmtpAddress", "null"),
	SETTING_BOOL("DeliverToMailboxAndForward", "false"),
	SETTING_BOOL("LitigationHoldEnabled", "false"),
	SETTING_BOOL("AuditEnabled", "true"),
	SETTING_BOOL("MessageCopyForSentAsEnabled", "false"),
	SETTING_LIST("GrantSendOnBehalfTo", "[]"),
	SETTING_SIZE("ProhibitSendQuota", QUOTA_SEND),
	SETTING_SIZE("ProhibitSendReceiveQuota", QUOTA_RECEIVE),
	SETTING_SIZE("IssueWarningQuota", QUOTA_WARNING),
	SETTING_SIZE("MaxSendSize", "\"35 MB (36,700,160 bytes)\""),
	SETTING_SIZE("MaxReceiveSize", "\"36 MB (37,748,736 bytes)\""),
	SETTING_STRING("RetainDeletedItemsFor", "\"14.00:00:00\""),
	SETTING_STRING("MailTip", "null"),
	SETTING_STRING("CustomAttribute1", "\"\""),
	SETTING_STRING("CustomAttribute2", "\"\""),
	SETTING_STRING("Office", "\"\""),
	SETTING_INT("ResourceCapacity", "null"),
	SETTINGS_END,
};

/* The settings of all those many that nobody changed, spelled once. */
static struct text unchanged;

void
mailbox_start(void)
{
	settings_spell(mailbox_settings, &unchanged);
}

void
mailbox_stop(void)
{
	text_done(&unchanged);
}

const char *
mailbox_type(uint64_t index)
{
	const cJSON *changed = cJSON_GetObjectItemCaseSensitive(store_find(STORE_MAILBOX, index),
	                                                        "RecipientTypeDetails");

	return cJSON_IsString(changed) ? changed->valuestring
	                               : mailbox_kind_names[mailbox_kind_of(index)];
}

void
mailbox_write_addresses(struct row *row, const struct mailbox *mailbox)
{
	const cJSON *changed = cJSON_GetObjectItemCaseSensitive(
		store_find(STORE_MAILBOX, mailbox->index), "EmailAddresses");
	const char *list[] = { "[\"SMTP:", mailbox->address, "\",\"SIP:", mailbox->address, "\"]" };
	char json[2 * ADDRESS_MAX + 32];
	size_t used = 0;

	if (changed != NULL) {
		row_json(row, KEY_STRINGS("EmailAddresses"), changed);
		return;
	}
	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		size_t len = strlen(list[i]);

		memcpy(json + used, list[i], len);
		used += len;
	}
	row_raw(row, KEY_STRINGS("EmailAddresses"), json, used);
}

static void
write_names(struct row *row, const struct mailbox *mailbox, const cJSON *changes)
{
	const cJSON *display = cJSON_GetObjectItemCaseSensitive(changes, "DisplayName");
	char address[ADDRESS_MAX];

	if (!address_primary(cJSON_GetObjectItemCaseSensitive(changes, "EmailAddresses"), address))
		memcpy(address, mailbox->address, ADDRESS_MAX);
	row_plain(row, KEY("Identity"), mailbox->alias);
	row_plain(row, KEY("Name"), mailbox->alias);
	row_string(row, KEY("DisplayName"),
	           cJSON_IsString(display) ? display->valuestring : mailbox->display);
	row_plain(row, KEY("Alias"), mailbox->alias);
	row_plain(row, KEY("UserPrincipalName"), mailbox->address);
	row_string(row, KEY("PrimarySmtpAddress"), address);
	mailbox_write_addresses(row, mailbox);
	row_plain(row, KEY("RecipientType"), "UserMailbox");
	row_plain(row, KEY("RecipientTypeDetails"), mailbox_type(mailbox->index));
}

static void
write_guids(struct row *row, uint64_t index)
{
	char guid[GUID_TEXT];

	guid_write(GUID_MAILBOX, index, guid);
	row_plain(row, KEY_GUID("Guid"), guid);
	guid_write(GUID_EXCHANGE, index, guid);
	row_plain(row, KEY_GUID("ExchangeGuid"), guid);
	guid_write(GUID_OBJECT, index, guid);
	row_plain(row, KEY("ExternalDirectoryObjectId"), guid);
}

/* Who may send on its behalf, as objects: the one nested collection among Get-Mailbox's properties. */
static void
write_delegates(struct row *row, const cJSON *names)
{
	cJSON *list = cJSON_CreateArray();
	const cJSON *name;

	cJSON_ArrayForEach(name, names) {
		char display[DISPLAY_MAX], address[ADDRESS_MAX];
		struct recipient delegate;
		cJSON *item;

		if (!cJSON_IsString(name) || !recipient_find(name->valuestring, &delegate))
			continue;
		recipient_display(&delegate, display);
		recipient_address(&delegate, address);
		item = cJSON_CreateObject();
		cJSON_AddStringToObject(item, "DisplayName", display);
		cJSON_AddStringToObject(item, "PrimarySmtpAddress", address);
		cJSON_AddItemToArray(list, item);
	}
	row_json(row, KEY_TABLES("GrantSendOnBehalfToWithDisplayNames"), list);
	cJSON_Delete(list);
}

void
mailbox_write(struct row *row, uint64_t index, unsigned more)
{
	const cJSON *changes = store_find(STORE_MAILBOX, index);
	struct mailbox mailbox;

	mailbox_make(index, &mailbox);
	write_names(row, &mailbox, changes);
	write_guids(row, index);
	if (changes == NULL && row_wants_all(row))
		row_members(row, unchanged.at, unchanged.len);
	else
		settings_write(row, mailbox_settings, changes);
	row_date(row, KEY_DATE("WhenCreated"), mailbox.created, "+00:00");
	row_date(row, KEY_DATE("WhenChanged"), mailbox.changed, "+00:00");
	row_date(row, KEY_DATE("WhenMailboxCreated"), mailbox.created, "+00:00");
	row_bool(row, KEY("IsShared"), strcmp(mailbox_type(index), "SharedMailbox") == 0);
	row_bool(row, KEY("IsValid"), true);
	if ((more & MAILBOX_DELEGATES) != 0)
		write_delegates(row, cJSON_GetObjectItemCaseSensitive(changes, "GrantSendOnBehalfTo"));
	if ((more & MAILBOX_WIDE) != 0)
		mailbox_write_rest(row);
}
