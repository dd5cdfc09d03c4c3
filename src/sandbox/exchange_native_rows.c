/*
 * The entities that are read by GET: what each way of asking answers. See exchange_native.h.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "exchange_call.h"
#include "exchange_mailbox.h"
#include "exchange_native.h"
#include "exchange_page.h"
#include "exchange_recipient.h"
#include "exchange_store.h"
#include "tenant.h"

static bool
next_mailbox(struct call *call, void *context, uint64_t *at)
{
	const char *anr = parameter_string(call, "Anr");

	(void)context;
	for (; *at < the_tenant.mailboxes; (*at)++) {
		struct recipient recipient = { false, *at };

		if (parameter_allows(call, "RecipientTypeDetails", mailbox_type(*at)) &&
		    (anr == NULL || recipient_is_meant(&recipient, anr)))
			return true;
	}
	return false;
}

/* What entities have and rows of cmdlets here do not. */
static void
write_entity(struct row *row, const char *name)
{
	char organization[ADDRESS_MAX];

	snprintf(organization, sizeof(organization), "sandbox.example/Microsoft Exchange Hosted Organizations/%s",
	         the_tenant.domain);
	row_string(row, KEY("Id"), name);
	row_string(row, KEY("OrganizationId"), organization);
	row_plain(row, KEY("ExchangeVersion"), "0.20 (15.0.0.0)");
}

static void
write_mailbox(struct row *row, void *context, uint64_t at)
{
	struct mailbox mailbox;
	char name[ADDRESS_MAX + 64], guid[GUID_TEXT];

	(void)context;
	mailbox_make(at, &mailbox);
	mailbox_write(row, at, 0);
	write_entity(row, mailbox.alias);
	snprintf(name, sizeof(name), "CN=%s,OU=%s", mailbox.alias, the_tenant.domain);
	row_string(row, KEY("DistinguishedName"), name);
	guid_write(GUID_MAILBOX, mailbox.roll % 7, guid);
	row_plain(row, KEY_GUID("DatabaseGuid"), guid);
	row_plain(row, KEY("ArchiveStatus"), "None");
}

static void
write_cas(struct row *row, void *context, uint64_t at)
{
	struct recipient recipient = { false, at };
	char name[ADDRESS_MAX], display[DISPLAY_MAX], address[ADDRESS_MAX], guid[GUID_TEXT];
	struct mailbox mailbox;

	(void)context;
	mailbox_make(at, &mailbox);
	recipient_name(&recipient, name);
	recipient_display(&recipient, display);
	recipient_address(&recipient, address);
	row_string(row, KEY("Identity"), name);
	row_string(row, KEY("Name"), name);
	row_string(row, KEY("DisplayName"), display);
	row_string(row, KEY("PrimarySmtpAddress"), address);
	mailbox_write_addresses(row, &mailbox);
	guid_write(GUID_MAILBOX, at, guid);
	row_plain(row, KEY_GUID("Guid"), guid);
	guid_write(GUID_OBJECT, at, guid);
	row_plain(row, KEY("ExternalDirectoryObjectId"), guid);
	row_bool(row, KEY("ActiveSyncEnabled"), mailbox.kind == MAILBOX_USER);
	row_bool(row, KEY("OWAEnabled"), true);
	row_bool(row, KEY("ECPEnabled"), true);
	row_bool(row, KEY("EwsEnabled"), true);
	row_bool(row, KEY("MAPIEnabled"), true);
	row_bool(row, KEY("ImapEnabled"), mailbox.roll % 3 == 0);
	row_bool(row, KEY("PopEnabled"), mailbox.roll % 5 == 0);
	row_bool(row, KEY("ImapUseProtocolDefaults"), true);
	row_plain(row, KEY("ServerLegacyDN"), "/o=ExchangeLabs/ou=Sandbox/cn=SBXP001MB0042");
	write_entity(row, name);
}

/* The one that is named, or all of them. */
static void
answer_mailboxes(struct call *call, void (*write)(struct row *row, void *context, uint64_t at))
{
	const char *identity = parameter_string(call, "Identity");
	const struct source source = { next_mailbox, write, NULL };
	struct row row;
	uint64_t index;

	/* this tenant never deleted a mailbox and has no archives or plans */
	if (parameter_true(call, "SoftDeletedMailbox") || parameter_true(call, "InactiveMailboxOnly") ||
	    parameter_true(call, "Archive") || parameter_string(call, "MailboxPlan") != NULL) {
		if (identity != NULL)
			call_fail_missing(call, identity);
		return;
	}
	if (identity == NULL) {
		page_walk(call, &source);
		return;
	}
	if (!mailbox_find(call, identity, &index))
		return;
	call_row(call, &row);
	write(&row, NULL, index);
	call_row_end(call, &row);
}

void
run_native_mailbox(struct call *call)
{
	answer_mailboxes(call, write_mailbox);
}

void
run_native_cas(struct call *call)
{
	answer_mailboxes(call, write_cas);
}

static struct recipient
recipient_at(uint64_t at)
{
	return at < the_tenant.mailboxes ? (struct recipient){ false, at }
	                                 : (struct recipient){ true, at - the_tenant.mailboxes };
}

static bool
next_recipient(struct call *call, void *context, uint64_t *at)
{
	uint64_t group = *at - the_tenant.mailboxes;

	(void)call;
	(void)context;
	if (*at < the_tenant.mailboxes)
		return true;
	if (!store_next(STORE_GROUP, &group))
		return false;
	*at = the_tenant.mailboxes + group;
	return true;
}

/* Who may send as the mailbox: itself, and the delegates of a shared one. */
static void
write_send_as(struct row *row, const struct recipient *recipient)
{
	struct text list = { 0 };
	char name[ADDRESS_MAX];

	recipient_name(recipient, name);
	text_puts(&list, "[");
	for (unsigned i = 0; i < (recipient->is_group ? 1 : 1 + recipient->id % 3); i++) {
		char trustee[ADDRESS_MAX] = "NT AUTHORITY\\SELF";
		struct recipient other = { false, (recipient->id + i) % the_tenant.mailboxes };

		if (i > 0)
			recipient_address(&other, trustee);
		text_addf(&list, "%s{", i > 0 ? "," : "");
		text_member(&list, "Identity", name);
		text_puts(&list, ",");
		text_member(&list, "Trustee", trustee);
		text_puts(&list, ",\"AccessControlType\":\"Allow\",\"AccessRights@odata.type\":\"#Collection(String)\","
		                 "\"AccessRights\":[\"SendAs\"],\"IsInherited\":false,\"InheritanceType\":\"None\"}");
	}
	text_puts(&list, "]");
	row_raw(row, KEY("RecipientPermission"), list.at, list.len);
	text_done(&list);
}

static void
write_recipient(struct row *row, void *context, uint64_t at)
{
	struct recipient recipient = recipient_at(at);
	char name[ADDRESS_MAX], guid[GUID_TEXT];

	recipient_write(row, &recipient);
	recipient_name(&recipient, name);
	write_entity(row, name);
	guid_write(recipient.is_group ? GUID_GROUP : GUID_OBJECT, recipient.id, guid);
	row_plain(row, KEY("ExternalDirectoryObjectId"), guid);
	row_bool(row, KEY("EmailAddressPolicyEnabled"), false);
	row_plain(row, KEY("CustomAttribute1"), "");
	row_plain(row, KEY("CustomAttribute2"), "");
	if (context != NULL) {
		row->selection = NULL; /* what is expanded comes whatever is selected */
		write_send_as(row, &recipient);
	}
}

void
run_native_recipient(struct call *call)
{
	char expanded[64] = "";
	bool expands = web_field(call->request->query, "$expand", expanded, sizeof(expanded));
	const struct source source = { next_recipient, write_recipient, expands ? &expands : NULL };
	const char *identity = parameter_string(call, "Identity");
	struct recipient recipient;
	struct row row;

	if (expands && strcasecmp(expanded, "RecipientPermission") != 0) {
		call_fail(call, FAILURE_QUERY, "Could not find a property named '%s'.", expanded);
		return;
	}
	if (identity == NULL) {
		page_walk(call, &source);
		return;
	}
	if (!recipient_find(identity, &recipient)) {
		call_fail_missing(call, identity);
		return;
	}
	call_row(call, &row);
	write_recipient(&row, source.context,
	                recipient.is_group ? the_tenant.mailboxes + recipient.id : recipient.id);
	call_row_end(call, &row);
}

void
run_native_trustee(struct call *call)
{
	const char *identity = parameter_string(call, "Identity"), *wanted = parameter_string(call, "Trustee");
	struct recipient recipient, trustee;
	struct row row;

	if (!recipient_find(identity, &recipient) || !recipient_find(wanted, &trustee)) {
		call_fail_missing(call, identity);
		return;
	}
	for (unsigned i = 1; i < 1 + recipient.id % 3; i++) {
		char name[ADDRESS_MAX], address[ADDRESS_MAX];

		if (trustee.is_group || (recipient.id + i) % the_tenant.mailboxes != trustee.id)
			continue;
		recipient_name(&recipient, name);
		recipient_address(&trustee, address);
		call_row(call, &row);
		row_string(&row, KEY("Identity"), name);
		row_string(&row, KEY("Trustee"), address);
		row_plain(&row, KEY("AccessControlType"), "Allow");
		call_row_end(call, &row);
	}
}
