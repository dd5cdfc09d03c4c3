/*
 * Recipients. See exchange_recipient.h.
 */
#include "exchange_recipient.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "exchange_call.h"
#include "exchange_filter.h"
#include "exchange_group.h"
#include "exchange_mailbox.h"
#include "exchange_page.h"
#include "exchange_store.h"
#include "tenant.h"

const char *const recipient_types[] = {
	"UserMailbox",
	"SharedMailbox",
	"RoomMailbox",
	"EquipmentMailbox",
	"LinkedMailbox",
	"SchedulingMailbox",
	"DiscoveryMailbox",
	"TeamMailbox",
	"GroupMailbox",
	"MailUniversalDistributionGroup",
	"MailUniversalSecurityGroup",
	"DynamicDistributionGroup",
	"RoomList",
	"MailUser",
	"MailContact",
	"GuestMailUser",
	NULL,
};

bool
address_primary(const cJSON *addresses, char address[ADDRESS_MAX])
{
	const cJSON *item;

	cJSON_ArrayForEach(item, addresses) {
		if (cJSON_IsString(item) && strncmp(item->valuestring, "SMTP:", 5) == 0) {
			snprintf(address, ADDRESS_MAX, "%s", item->valuestring + 5);
			return true;
		}
	}
	return false;
}

/* Does a list of proxy addresses hold this one, whatever its prefix? */
static bool
holds_address(const cJSON *addresses, const char *address)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, addresses) {
		const char *colon = cJSON_IsString(item) ? strchr(item->valuestring, ':') : NULL;

		if (colon != NULL && strcasecmp(colon + 1, address) == 0)
			return true;
	}
	return false;
}

static bool
find_changed(const char *identity, uint64_t *ret_index)
{
	for (uint64_t id = 0; store_next(STORE_MAILBOX, &id); id++) {
		const cJSON *changes = store_find(STORE_MAILBOX, id);

		if (holds_address(cJSON_GetObjectItemCaseSensitive(changes, "EmailAddresses"), identity)) {
			*ret_index = id;
			return true;
		}
	}
	return false;
}

bool
recipient_find(const char *identity, struct recipient *ret_recipient)
{
	const char *address = strncasecmp(identity, "smtp:", 5) == 0 ? identity + 5 : identity;

	ret_recipient->is_group = false;
	if (mailbox_find_made(identity, &ret_recipient->id) || find_changed(address, &ret_recipient->id))
		return true;
	ret_recipient->is_group = true;
	return group_find(address, &ret_recipient->id);
}

bool
mailbox_find(struct call *call, const char *identity, uint64_t *ret_index)
{
	struct recipient found;

	if (!recipient_find(identity, &found) || found.is_group) {
		call_fail_missing(call, identity);
		return false;
	}
	*ret_index = found.id;
	return true;
}

void
recipient_address(const struct recipient *recipient, char address[ADDRESS_MAX])
{
	struct mailbox mailbox;

	if (recipient->is_group) {
		snprintf(address, ADDRESS_MAX, "%s", group_text(recipient->id, "PrimarySmtpAddress"));
		return;
	}
	if (address_primary(cJSON_GetObjectItemCaseSensitive(store_find(STORE_MAILBOX, recipient->id),
	                                                     "EmailAddresses"),
	                    address))
		return;
	mailbox_make(recipient->id, &mailbox);
	memcpy(address, mailbox.address, ADDRESS_MAX);
}

void
recipient_display(const struct recipient *recipient, char display[DISPLAY_MAX])
{
	struct mailbox mailbox;
	const cJSON *changed;

	if (recipient->is_group) {
		snprintf(display, DISPLAY_MAX, "%s", group_text(recipient->id, "DisplayName"));
		return;
	}
	changed = cJSON_GetObjectItemCaseSensitive(store_find(STORE_MAILBOX, recipient->id),
	                                           "DisplayName");
	mailbox_make(recipient->id, &mailbox);
	snprintf(display, DISPLAY_MAX, "%s",
	         cJSON_IsString(changed) ? changed->valuestring : mailbox.display);
}

void
recipient_name(const struct recipient *recipient, char name[ADDRESS_MAX])
{
	struct mailbox mailbox;

	if (recipient->is_group) {
		snprintf(name, ADDRESS_MAX, "%s", group_text(recipient->id, "Name"));
		return;
	}
	mailbox_make(recipient->id, &mailbox);
	snprintf(name, ADDRESS_MAX, "%s", mailbox.alias);
}

static void
resolve_items(struct call *call, const cJSON *list)
{
	cJSON *item;

	cJSON_ArrayForEach(item, list) {
		struct recipient recipient;
		char name[ADDRESS_MAX];

		if (!cJSON_IsString(item))
			continue;
		if (!recipient_find(item->valuestring, &recipient)) {
			call_fail_missing(call, item->valuestring);
			return;
		}
		recipient_name(&recipient, name);
		cJSON_SetValuestring(item, name);
	}
}

bool
recipient_resolve_list(struct call *call, const char *parameter)
{
	const cJSON *value = parameter_value(call, parameter);

	if (cJSON_IsArray(value))
		resolve_items(call, value);
	resolve_items(call, cJSON_GetObjectItemCaseSensitive(value, "Add"));
	resolve_items(call, cJSON_GetObjectItemCaseSensitive(value, "Remove"));
	return !call->failed;
}

const char *
recipient_type(const struct recipient *recipient)
{
	return recipient->is_group ? group_text(recipient->id, "RecipientTypeDetails")
	                           : mailbox_type(recipient->id);
}

bool
recipient_is_meant(const struct recipient *recipient, const char *anr)
{
	char display[DISPLAY_MAX], address[ADDRESS_MAX];
	size_t len = strlen(anr);
	const char *family;

	recipient_display(recipient, display);
	recipient_address(recipient, address);
	family = strchr(display, ' ');
	return strncasecmp(display, anr, len) == 0 || strncasecmp(address, anr, len) == 0 ||
	       (family != NULL && strncasecmp(family + 1, anr, len) == 0);
}

void
recipient_write(struct row *row, const struct recipient *recipient)
{
	char display[DISPLAY_MAX], address[ADDRESS_MAX], name[ADDRESS_MAX], guid[GUID_TEXT];
	const char *type = recipient_type(recipient);
	struct mailbox mailbox;

	guid_write(recipient->is_group ? GUID_GROUP : GUID_MAILBOX, recipient->id, guid);
	recipient_name(recipient, name);
	recipient_display(recipient, display);
	recipient_address(recipient, address);
	row_string(row, KEY("Identity"), name);
	row_string(row, KEY("Name"), name);
	row_string(row, KEY("DisplayName"), display);
	row_string(row, KEY("Alias"), recipient->is_group ? group_text(recipient->id, "Alias") : name);
	row_string(row, KEY("PrimarySmtpAddress"), address);
	if (recipient->is_group) {
		group_write_addresses(row, recipient->id);
	} else {
		mailbox_make(recipient->id, &mailbox);
		mailbox_write_addresses(row, &mailbox);
	}
	row_plain(row, KEY("RecipientType"), recipient->is_group ? type : "UserMailbox");
	row_plain(row, KEY("RecipientTypeDetails"), type);
	row_string(row, KEY("ExternalEmailAddress"), NULL);
	row_plain(row, KEY_GUID("Guid"), guid);
	row_string(row, KEY("OrganizationalUnit"), the_tenant.domain);
	row_bool(row, KEY("IsValid"), true);
}

const struct parameter get_recipient_parameters[] = {
	{ "Identity", PARAMETER_STRING, 0, NULL },
	{ "Anr", PARAMETER_STRING, 0, NULL },
	{ "Filter", PARAMETER_STRING, 0, NULL },
	{ "RecipientTypeDetails", PARAMETER_ENUMS, 0, recipient_types },
	{ "ResultSize", PARAMETER_RESULT_SIZE, 0, NULL },
	{ NULL, 0, 0, NULL },
};

/* Places: first the mailboxes, then the groups. */
static struct recipient
recipient_at(uint64_t at)
{
	if (at < the_tenant.mailboxes)
		return (struct recipient){ false, at };
	return (struct recipient){ true, at - the_tenant.mailboxes };
}

static bool
is_wanted(const struct call *call, const struct recipient *recipient)
{
	const char *anr = parameter_string(call, "Anr");

	return parameter_allows(call, "RecipientTypeDetails", recipient_type(recipient)) &&
	       (anr == NULL || recipient_is_meant(recipient, anr));
}

static bool
next_recipient(struct call *call, void *context, uint64_t *at)
{
	uint64_t group;

	(void)context;
	for (; *at < the_tenant.mailboxes; (*at)++) {
		struct recipient recipient = recipient_at(*at);

		if (is_wanted(call, &recipient))
			return true;
	}
	for (group = *at - the_tenant.mailboxes; store_next(STORE_GROUP, &group); group++) {
		struct recipient recipient = { true, group };

		*at = the_tenant.mailboxes + group;
		if (is_wanted(call, &recipient))
			return true;
	}
	return false;
}

static void
write_recipient(struct row *row, void *context, uint64_t at)
{
	struct recipient recipient = recipient_at(at);

	(void)context;
	recipient_write(row, &recipient);
}

void
run_get_recipient(struct call *call)
{
	const struct source source = { next_recipient, write_recipient, NULL };
	const char *identity = parameter_string(call, "Identity");
	struct recipient recipient;
	struct row row;

	if (identity == NULL) {
		page_walk(call, &source);
		return;
	}
	if (!recipient_find(identity, &recipient)) {
		call_fail_missing(call, identity);
		return;
	}
	call_row(call, &row);
	recipient_write(&row, &recipient);
	call_row_end(call, &row);
}
