/*
 * The functions bound to a mailbox: statistics, folders, devices. See exchange_native.h.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "exchange_call.h"
#include "exchange_mailbox.h"
#include "exchange_native.h"
#include "exchange_recipient.h"
#include "tenant.h"

static void
write_statistics(struct call *call, uint64_t index)
{
	struct recipient recipient = { false, index };
	char guid[GUID_TEXT], display[DISPLAY_MAX];
	struct mailbox mailbox;
	struct row row;

	mailbox_make(index, &mailbox);
	recipient_display(&recipient, display);
	guid_write(GUID_EXCHANGE, index, guid);
	call_row(call, &row);
	row_string(&row, KEY("DisplayName"), display);
	row_plain(&row, KEY_GUID("MailboxGuid"), guid);
	row_int(&row, KEY_LONG("ItemCount"), (long long)(mailbox.roll % 250000));
	row_int(&row, KEY_LONG("TotalItemSize"), (long long)((mailbox.roll >> 16) % (99ull << 30)));
	row_int(&row, KEY_LONG("DeletedItemCount"), (long long)(mailbox.roll % 9000));
	row_int(&row, KEY_LONG("TotalDeletedItemSize"), (long long)((mailbox.roll >> 24) % (9ull << 30)));
	row_plain(&row, KEY("MailboxTypeDetail"), mailbox_type(index));
	row_int(&row, KEY_LONG("SystemMessageCount"), (long long)(mailbox.roll % 77));
	call_row_end(call, &row);
}

void
run_native_statistics(struct call *call)
{
	uint64_t index;

	if (mailbox_find(call, parameter_string(call, "Identity"), &index))
		write_statistics(call, index);
}

void
run_native_statistics_by_guid(struct call *call)
{
	uint64_t index;

	if (guid_read(GUID_EXCHANGE, parameter_string(call, "MailboxGuid"), &index) &&
	    index < the_tenant.mailboxes)
		write_statistics(call, index);
	else
		call_fail_missing(call, parameter_string(call, "MailboxGuid"));
}

static const char *const folders[] = {
	"Top of Information Store", "Inbox", "Calendar", "Contacts", "Sent Items", "Deleted Items",
	"Drafts", "Junk Email", "Tasks", "Notes", NULL,
};

void
run_native_folders(struct call *call)
{
	const char *scope = parameter_string(call, "Scope");
	struct recipient recipient = { 0 };
	char name[ADDRESS_MAX];
	struct mailbox mailbox;

	if (!mailbox_find(call, parameter_string(call, "Identity"), &recipient.id))
		return;
	mailbox_make(recipient.id, &mailbox);
	recipient_name(&recipient, name);
	for (size_t i = 0; folders[i] != NULL; i++) {
		char bare[32] = "", identity[ADDRESS_MAX + 64];
		struct row row;

		for (const char *c = folders[i]; *c != '\0'; c++)
			if (*c != ' ')
				snprintf(bare + strlen(bare), sizeof(bare) - strlen(bare), "%c", *c);
		if (strcasecmp(scope, "All") != 0 && strcasecmp(scope, bare) != 0)
			continue;
		snprintf(identity, sizeof(identity), "%s\\%s", name, folders[i]);
		call_row(call, &row);
		row_string(&row, KEY("Identity"), identity);
		row_string(&row, KEY("Name"), folders[i]);
		row_plain(&row, KEY("FolderType"), bare);
		row_int(&row, KEY_LONG("ItemsInFolder"), (long long)((mailbox.roll >> i) % 5000));
		row_int(&row, KEY_LONG("FolderSize"), (long long)((mailbox.roll >> i) % (1ull << 32)));
		call_row_end(call, &row);
	}
}

void
run_native_devices(struct call *call)
{
	struct mailbox mailbox;
	uint64_t index;

	if (!mailbox_find(call, parameter_string(call, "Identity"), &index))
		return;
	mailbox_make(index, &mailbox);
	for (unsigned i = 0; i < mailbox.roll % 3; i++) {
		char id[40];
		struct row row;

		snprintf(id, sizeof(id), "SBX%012llX%u", (unsigned long long)(mailbox.roll & 0xffffffffffff), i);
		call_row(call, &row);
		row_plain(&row, KEY("DeviceID"), id);
		row_plain(&row, KEY("DeviceType"), i == 0 ? "Outlook" : "iPhone");
		row_date(&row, KEY_DATE("LastSuccessSync"), mailbox.changed, "Z");
		row_plain(&row, KEY("DeviceAccessState"), "Allowed");
		call_row_end(call, &row);
	}
}
