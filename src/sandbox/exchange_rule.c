/*
 * Get-TransportRule and Get-InboxRule. See exchange_organization.h.
 *
 * Inbox rules are numbered above the signed 64-bit range, as the real ones are, so the number is written as a
 * literal and never passes through a double.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "exchange_call.h"
#include "exchange_organization.h"
#include "exchange_page.h"
#include "exchange_recipient.h"
#include "tenant.h"

#define FIRST_RULE UINT64_C(15394007230974001153)
#define CHANGED    (INT64_C(1767323045) * TICKS_SECOND) /* 2026-01-02T03:04:05Z */

static const char *const states[] = { "Enabled", "Disabled", NULL };

static const struct {
	const char *name, *mode, *state, *condition;
} transport_rules[] = {
	{ "Tag external", "Enforce", "Enabled",
	  "Microsoft.Exchange.MessagingPolicies.Rules.Tasks.FromScopePredicate" },
	{ "Block executables", "Enforce", "Enabled",
	  "Microsoft.Exchange.MessagingPolicies.Rules.Tasks."
	  "AttachmentHasExecutableContentPredicate" },
	{ "Journal the board", "Audit", "Enabled", NULL },
	{ "Encrypt «vertraulich»", "AuditAndNotify", "Enabled",
	  "Microsoft.Exchange.MessagingPolicies.Rules.Tasks.SubjectContainsPredicate" },
	{ "Old disclaimer", "Enforce", "Disabled", NULL },
};

enum { TRANSPORT_RULES = sizeof(transport_rules) / sizeof(transport_rules[0]) };

const struct parameter get_transport_rule_parameters[] = {
	{ "Identity", PARAMETER_STRING, 0, NULL },
	{ "State", PARAMETER_ENUM, 0, states },
	{ "Filter", PARAMETER_STRING, 0, NULL },
	{ "ResultSize", PARAMETER_RESULT_SIZE, 0, NULL },
	{ NULL, 0, 0, NULL },
};

static bool
next_transport_rule(struct call *call, void *context, uint64_t *at)
{
	const char *identity = parameter_string(call, "Identity");

	(void)context;
	for (; *at < TRANSPORT_RULES; (*at)++) {
		char guid[GUID_TEXT];

		guid_write(GUID_RULE, *at, guid);
		if ((identity == NULL || strcasecmp(identity, transport_rules[*at].name) == 0 ||
		     strcasecmp(identity, guid) == 0) &&
		    parameter_allows(call, "State", transport_rules[*at].state))
			return true;
	}
	return false;
}

static void
write_transport_rule(struct row *row, void *context, uint64_t at)
{
	const char *condition = transport_rules[at].condition;
	char guid[GUID_TEXT];

	(void)context;
	guid_write(GUID_RULE, at, guid);
	row_string(row, KEY("Identity"), transport_rules[at].name);
	row_string(row, KEY("Name"), transport_rules[at].name);
	row_int(row, KEY_INT("Priority"), (long long)at);
	row_plain(row, KEY("State"), transport_rules[at].state);
	row_plain(row, KEY("Mode"), transport_rules[at].mode);
	if (condition != NULL)
		row_strings(row, KEY_STRINGS("Conditions"), &condition, 1);
	else
		row_null(row, KEY("Conditions"));
	row_null(row, KEY("Exceptions"));
	row_string(row, KEY("Comments"), at == 4 ? "kept for the record" : NULL);
	row_date(row, KEY_DATE("WhenChanged"), CHANGED, "+00:00");
	row_plain(row, KEY_GUID("Guid"), guid);
	row_bool(row, KEY("IsValid"), true);
}

void
run_get_transport_rule(struct call *call)
{
	const struct source source = { next_transport_rule, write_transport_rule, NULL };
	const char *identity = parameter_string(call, "Identity");

	page_walk(call, &source);
	if (identity != NULL && call->n_rows == 0 && !call->page_continues)
		call_fail_missing(call, identity);
}

const struct parameter get_inbox_rule_parameters[] = {
	{ "Mailbox", PARAMETER_STRING, 0, NULL },
	{ "Identity", PARAMETER_STRING, 0, NULL },
	{ "IncludeHidden", PARAMETER_SWITCH, 0, NULL },
	{ "ResultSize", PARAMETER_RESULT_SIZE, 0, NULL },
	{ NULL, 0, 0, NULL },
};

static const struct {
	const char *name;
	bool        hidden, enabled, forwards;
} inbox_rules[] = {
	{ "move", false, true, false },
	{ "Weiterleitung", false, true, true },
	{ "newsletters, unread", false, false, false },
	{ "Junk E-mail Rule", true, true, false },
	{ "..", true, true, true },
};

enum { INBOX_RULES = sizeof(inbox_rules) / sizeof(inbox_rules[0]) };

struct inbox {
	struct mailbox mailbox;
	uint64_t       only; /* a rule's number; 0: any */
	bool           hidden;
};

static uint64_t
rule_number(uint64_t index, uint64_t at)
{
	return FIRST_RULE + index * 16 + at;
}

/* Every mailbox has "move" and the hidden ones; the others as it falls. */
static bool
next_inbox_rule(struct call *call, void *context, uint64_t *at)
{
	const struct inbox *inbox = context;

	(void)call;
	for (; *at < INBOX_RULES; (*at)++) {
		bool has = *at == 0 || inbox_rules[*at].hidden ||
		           (inbox->mailbox.roll >> *at & 1) != 0;

		if (has && (inbox->hidden || !inbox_rules[*at].hidden) &&
		    (inbox->only == 0 || inbox->only == rule_number(inbox->mailbox.index, *at)))
			return true;
	}
	return false;
}

static void
write_inbox_rule(struct row *row, void *context, uint64_t at)
{
	const struct inbox *inbox = context;
	unsigned long long number = rule_number(inbox->mailbox.index, at);
	char literal[24], identity[ALIAS_MAX + 32], target[DISPLAY_MAX + 128], display[DISPLAY_MAX];
	struct recipient other = { false, inbox->mailbox.roll % the_tenant.mailboxes };
	const char *forward = target;
	int len = snprintf(literal, sizeof(literal), "%llu", number);

	snprintf(identity, sizeof(identity), "%s\\%llu", inbox->mailbox.alias, number);
	recipient_display(&other, display);
	snprintf(target, sizeof(target),
	         "\"%s\" [EX:/o=ExchangeLabs/ou=Sandbox/cn=Recipients/cn=%08llx]", display,
	         (unsigned long long)other.id);
	row_string(row, KEY("Name"), inbox_rules[at].name);
	row_bool(row, KEY("Enabled"), inbox_rules[at].enabled);
	row_raw(row, KEY("RuleIdentity"), literal, (size_t)len);
	row_string(row, KEY("Identity"), identity);
	row_int(row, KEY_INT("Priority"), (long long)at + 1);
	row_string(row, KEY("Description"), "If the message arrives:\r\n\tact on it");
	if (inbox_rules[at].forwards)
		row_strings(row, KEY_STRINGS("ForwardTo"), &forward, 1);
	else
		row_null(row, KEY("ForwardTo"));
	row_null(row, KEY("RedirectTo"));
	row_string(row, KEY("MoveToFolder"), at == 0 ? "Archive" : NULL);
	row_bool(row, KEY("DeleteMessage"), at == 4);
	row_string(row, KEY("MailboxOwnerId"), inbox->mailbox.alias);
	row_bool(row, KEY("IsValid"), true);
}

/* "mailbox\number" names both; a number alone needs the mailbox beside it. */
static void
read_identity(struct call *call, char mailbox[ADDRESS_MAX], uint64_t *ret_number)
{
	const char *identity = parameter_string(call, "Identity");
	const char *given = parameter_string(call, "Mailbox"), *slash, *number;
	char *end;

	snprintf(mailbox, ADDRESS_MAX, "%s", given != NULL ? given : "");
	*ret_number = 0;
	if (identity == NULL)
		return;
	slash = strrchr(identity, '\\');
	if (slash != NULL && given == NULL)
		snprintf(mailbox, ADDRESS_MAX, "%.*s", (int)(slash - identity), identity);
	number = slash != NULL ? slash + 1 : identity;
	*ret_number = strtoull(number, &end, 10);
	if (end == number || *end != '\0' || *ret_number == 0)
		call_fail_missing(call, identity);
}

void
run_get_inbox_rule(struct call *call)
{
	struct inbox inbox = { .hidden = parameter_true(call, "IncludeHidden") };
	const struct source source = { next_inbox_rule, write_inbox_rule, &inbox };
	char mailbox[ADDRESS_MAX];
	uint64_t index;

	read_identity(call, mailbox, &inbox.only);
	if (mailbox[0] == '\0')
		call_fail(call, FAILURE_BINDING,
		          "Cannot process command because of one or more missing mandatory "
		          "parameters: Mailbox.");
	if (call->failed || !mailbox_find(call, mailbox, &index))
		return;
	mailbox_make(index, &inbox.mailbox);
	page_walk(call, &source);
	if (inbox.only != 0 && call->n_rows == 0 && !call->page_continues)
		call_fail_missing(call, parameter_string(call, "Identity"));
}
