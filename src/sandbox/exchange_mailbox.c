/*
 * Get-Mailbox, Set-Mailbox and Get-MailboxStatistics. See exchange_mailbox.h.
 */
#include "exchange_mailbox.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "exchange_call.h"
#include "exchange_filter.h"
#include "exchange_page.h"
#include "exchange_recipient.h"
#include "exchange_size.h"
#include "exchange_store.h"
#include "fault.h"
#include "tenant.h"

const struct parameter get_mailbox_parameters[] = {
	{ "Identity", PARAMETER_STRING, 0, NULL },
	{ "Anr", PARAMETER_STRING, 0, NULL },
	{ "Filter", PARAMETER_STRING, 0, NULL },
	{ "RecipientTypeDetails", PARAMETER_ENUMS, 0, recipient_types },
	{ "ResultSize", PARAMETER_RESULT_SIZE, 0, NULL },
	{ "IncludeInactiveMailbox", PARAMETER_SWITCH, 0, NULL },
	{ "InactiveMailboxOnly", PARAMETER_SWITCH, 0, NULL },
	{ "SoftDeletedMailbox", PARAMETER_SWITCH, 0, NULL },
	{ "IncludeGrantSendOnBehalfToWithDisplayNames", PARAMETER_SWITCH, 0, NULL },
	{ NULL, 0, 0, NULL },
};

struct listing {
	const char *anr;
	const char *pattern; /* an Identity with a star */
	unsigned    more;
};

static bool
next_mailbox(struct call *call, void *context, uint64_t *at)
{
	const struct listing *listing = context;
	struct recipient recipient = { 0 };

	for (; *at < the_tenant.mailboxes; (*at)++) {
		char name[ADDRESS_MAX], display[DISPLAY_MAX];

		if (!parameter_allows(call, "RecipientTypeDetails", mailbox_type(*at)))
			continue;
		recipient.id = *at;
		if (listing->anr != NULL && !recipient_is_meant(&recipient, listing->anr))
			continue;
		if (listing->pattern == NULL)
			return true;
		recipient_name(&recipient, name);
		recipient_display(&recipient, display);
		if (text_is_like(name, listing->pattern) || text_is_like(display, listing->pattern))
			return true;
	}
	return false;
}

static void
write_mailbox(struct row *row, void *context, uint64_t at)
{
	const struct listing *listing = context;

	mailbox_write(row, at, listing->more);
}

static unsigned
wanted_more(const struct call *call)
{
	unsigned more = 0;

	if (parameter_true(call, "IncludeGrantSendOnBehalfToWithDisplayNames"))
		more |= MAILBOX_DELEGATES;
	if (fault_acts("x-wide", call->cmdlet->name, NULL))
		more |= MAILBOX_WIDE;
	return more;
}

void
run_get_mailbox(struct call *call)
{
	const char *identity = parameter_string(call, "Identity");
	struct listing listing = { parameter_string(call, "Anr"), NULL, wanted_more(call) };
	const struct source source = { next_mailbox, write_mailbox, &listing };
	struct row row;
	uint64_t index;

	if (identity != NULL && (listing.anr != NULL || parameter_string(call, "Filter") != NULL)) {
		call_fail(call, FAILURE_PARAMETER,
		          "Parameter set cannot be resolved using the specified named parameters. "
		          "Identity");
		return;
	}
	/* This tenant never deleted a mailbox. */
	if (parameter_true(call, "InactiveMailboxOnly") || parameter_true(call, "SoftDeletedMailbox"))
		return;
	if (identity == NULL || strchr(identity, '*') != NULL) {
		listing.pattern = identity;
		page_walk(call, &source);
		return;
	}
	if (!mailbox_find(call, identity, &index))
		return;
	if (!parameter_allows(call, "RecipientTypeDetails", mailbox_type(index))) {
		call_fail_missing(call, identity);
		return;
	}
	call_row(call, &row);
	mailbox_write(&row, index, listing.more);
	call_row_end(call, &row);
}

static const char *const type_names[] = { "Regular", "Shared", "Room", "Equipment", NULL };

const struct parameter set_mailbox_parameters[] = {
	{ "Identity", PARAMETER_STRING, PARAMETER_MUST, NULL },
	{ "Type", PARAMETER_ENUM, 0, type_names },
	{ "Force", PARAMETER_SWITCH, 0, NULL },
	{ "Password", PARAMETER_SECRET, 0, NULL },
	{ "RoomMailboxPassword", PARAMETER_SECRET, 0, NULL },
	{ NULL, 0, 0, NULL },
};

/* A password is kept as its hash, and no cmdlet shows it. */
static size_t
set_password(const struct call *call, const char *name, cJSON *changes)
{
	const char *hash = parameter_string(call, name);

	if (hash == NULL)
		return 0;
	cJSON_DeleteItemFromObjectCaseSensitive(changes, name);
	cJSON_AddStringToObject(changes, name, hash);
	return 1;
}

/* Sets the type; true when it is another one than before. */
static bool
set_type(const struct call *call, uint64_t index, cJSON *changes)
{
	const char *type = parameter_string(call, "Type");

	for (size_t kind = 0; type != NULL && kind < MAILBOX_KINDS; kind++) {
		if (strcmp(type_names[kind], type) != 0)
			continue;
		if (strcmp(mailbox_type(index), mailbox_kind_names[kind]) == 0)
			return false;
		cJSON_DeleteItemFromObjectCaseSensitive(changes, "RecipientTypeDetails");
		cJSON_AddStringToObject(changes, "RecipientTypeDetails", mailbox_kind_names[kind]);
		return true;
	}
	return false;
}

/* The address a mailbox forwards to is kept with its kind. */
static void
prefix_forwarding(struct call *call)
{
	const char *address = parameter_string(call, "ForwardingSmtpAddress");
	char prefixed[ADDRESS_MAX];

	if (address == NULL || address[0] == '\0' || strchr(address, ':') != NULL)
		return;
	snprintf(prefixed, sizeof(prefixed), "smtp:%s", address);
	cJSON_ReplaceItemInObjectCaseSensitive(call->bound, "ForwardingSmtpAddress",
	                                       cJSON_CreateString(prefixed));
}

static void
resolve_forwarding(struct call *call)
{
	const char *identity = parameter_string(call, "ForwardingAddress");
	struct recipient recipient;
	char name[ADDRESS_MAX];

	if (identity == NULL || identity[0] == '\0')
		return;
	if (!recipient_find(identity, &recipient)) {
		call_fail_missing(call, identity);
		return;
	}
	recipient_name(&recipient, name);
	cJSON_ReplaceItemInObjectCaseSensitive(call->bound, "ForwardingAddress",
	                                       cJSON_CreateString(name));
}

/* Nobody else may have one of the addresses asked for. */
static void
check_addresses(struct call *call, const cJSON *list, uint64_t index)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list) {
		const char *text = cJSON_GetStringValue(item);
		struct recipient owner;

		if (text == NULL || strncasecmp(text, "smtp:", 5) != 0 ||
		    !recipient_find(text + 5, &owner) || (!owner.is_group && owner.id == index))
			continue;
		call_fail(call, FAILURE_ADDRESS_TAKEN,
		          "The proxy address \"%s\" is already being used by another recipient.",
		          text);
	}
}

void
run_set_mailbox(struct call *call)
{
	const char *identity = parameter_string(call, "Identity");
	const cJSON *addresses = parameter_value(call, "EmailAddresses"), *before;
	struct listing listing = { 0 };
	const struct source source = { next_mailbox, write_mailbox, &listing };
	cJSON *changes, *now;
	uint64_t index;
	size_t changed;

	if (!mailbox_find(call, identity, &index))
		return;
	prefix_forwarding(call);
	resolve_forwarding(call);
	recipient_resolve_list(call, "GrantSendOnBehalfTo");
	if (cJSON_IsArray(addresses))
		check_addresses(call, addresses, index);
	check_addresses(call, cJSON_GetObjectItemCaseSensitive(addresses, "Add"), index);
	if (call->failed)
		return;
	before = store_find(STORE_MAILBOX, index);
	changes = before != NULL ? cJSON_Duplicate(before, true) : cJSON_CreateObject();
	now = source_read(&source, index, NULL);
	changed = settings_apply(call, mailbox_settings, now, changes);
	changed += set_type(call, index, changes);
	changed += set_password(call, "Password", changes);
	changed += set_password(call, "RoomMailboxPassword", changes);
	cJSON_Delete(now);
	if (changed != 0) {
		store_put(STORE_MAILBOX, index, changes);
		return;
	}
	cJSON_Delete(changes);
	call_warn(call, "The command completed successfully but no settings of '%s' have been modified.",
	          identity);
}

const struct parameter get_mailbox_statistics_parameters[] = {
	{ "Identity", PARAMETER_STRING, PARAMETER_MUST, NULL },
	{ "Archive", PARAMETER_SWITCH, 0, NULL },
	{ NULL, 0, 0, NULL },
};

void
run_get_mailbox_statistics(struct call *call)
{
	char size[SIZE_TEXT_MAX], guid[GUID_TEXT], display[DISPLAY_MAX];
	struct recipient recipient = { 0 };
	struct mailbox mailbox;
	struct row row;
	uint64_t index;

	if (!mailbox_find(call, parameter_string(call, "Identity"), &index))
		return;
	if (parameter_true(call, "Archive")) {
		call_fail(call, FAILURE_NOT_FOUND,
		          "The mailbox '%s' doesn't have an archive.",
		          parameter_string(call, "Identity"));
		return;
	}
	mailbox_make(index, &mailbox);
	recipient.id = index;
	recipient_display(&recipient, display);
	guid_write(GUID_EXCHANGE, index, guid);
	call_row(call, &row);
	row_string(&row, KEY("DisplayName"), display);
	row_plain(&row, KEY_GUID("MailboxGuid"), guid);
	row_int(&row, KEY_INT("ItemCount"), (long long)(mailbox.roll % 250000));
	size_write((mailbox.roll >> 16) % (99ull << 30), size);
	row_plain(&row, KEY("TotalItemSize"), size);
	row_int(&row, KEY_INT("DeletedItemCount"), (long long)(mailbox.roll % 9000));
	size_write((mailbox.roll >> 24) % (9ull << 30), size);
	row_plain(&row, KEY("TotalDeletedItemSize"), size);
	row_string(&row, KEY("LastLoggedOnUserAccount"), NULL);
	if (mailbox.kind == MAILBOX_EQUIPMENT)
		row_string(&row, KEY("LastLogonTime"), NULL);
	else
		row_date(&row, KEY_DATE("LastLogonTime"), mailbox.changed, "Z");
	row_plain(&row, KEY("MailboxTypeDetail"), mailbox_type(index));
	row_string(&row, KEY("IsArchiveMailbox"), NULL);
	row_plain(&row, KEY("OwnerADGuid"), guid);
	row_bool(&row, KEY("IsValid"), true);
	call_row_end(call, &row);
}
