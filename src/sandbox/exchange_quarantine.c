/*
 * Get-QuarantineMessage. See exchange_trail.h.
 *
 * Pages are counted from one; nothing tells how many there are, a short one is the last.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "exchange_call.h"
#include "exchange_generator.h"
#include "exchange_trail.h"
#include "fault.h"
#include "tenant.h"

enum { ROLL_QUARANTINE = 102, PAGE_DEFAULT = 100, PAGE_MAX = 1000, MESSAGES_MAX = 2345 };

#define BETWEEN (613 * TICKS_SECOND)

static const char *const types[] = {
	"Spam", "Bulk", "Phish", "HighConfPhish", "Malware", "TransportRule", NULL,
};
static const char *const entities[] = { "Email", "SharePointOnline", "Teams", NULL };

const struct parameter get_quarantine_parameters[] = {
	{ "Identity", PARAMETER_STRING, 0, NULL },
	{ "Page", PARAMETER_INT, 0, NULL },
	{ "PageSize", PARAMETER_INT, 0, NULL },
	{ "QuarantineTypes", PARAMETER_ENUMS, 0, types },
	{ "Type", PARAMETER_ENUM, 0, types },
	{ "EntityType", PARAMETER_ENUM, PARAMETER_WITHHELD, entities },
	{ "RecipientAddress", PARAMETER_STRINGS, 0, NULL },
	{ "SenderAddress", PARAMETER_STRINGS, 0, NULL },
	{ "StartReceivedDate", PARAMETER_DATE, 0, NULL },
	{ "EndReceivedDate", PARAMETER_DATE, 0, NULL },
	{ NULL, 0, 0, NULL },
};

struct message {
	char           identity[2 * GUID_TEXT], sender[64];
	struct mailbox recipient;
	const char    *type;
	ticks          received;
	uint64_t       dice;
};

static uint64_t
message_count(void)
{
	uint64_t count = 40 + 2 * the_tenant.mailboxes;

	return count < MESSAGES_MAX ? count : MESSAGES_MAX;
}

static void
make_message(uint64_t number, struct message *message)
{
	ticks midnight = ticks_now() / TICKS_DAY * TICKS_DAY;
	char first[GUID_TEXT], second[GUID_TEXT];

	message->dice = roll(ROLL_QUARANTINE, number);
	guid_write(GUID_QUARANTINE, number, first);
	guid_write(GUID_MESSAGE, number, second);
	snprintf(message->identity, sizeof(message->identity), "%s\\%s", first, second);
	snprintf(message->sender, sizeof(message->sender), "prize%u@lottery.example",
	         (unsigned)(message->dice % 90));
	message->type = types[(message->dice >> 8) % 6];
	message->received = midnight - (ticks)number * BETWEEN;
	mailbox_make((message->dice >> 16) % the_tenant.mailboxes, &message->recipient);
}

static bool
is_wanted(const struct call *call, const struct message *message)
{
	ticks start = INT64_MIN, end = INT64_MAX;

	parameter_ticks(call, "StartReceivedDate", &start);
	parameter_ticks(call, "EndReceivedDate", &end);
	return message->received >= start && message->received <= end &&
	       parameter_allows(call, "Identity", message->identity) &&
	       parameter_allows(call, "Type", message->type) &&
	       parameter_allows(call, "QuarantineTypes", message->type) &&
	       parameter_allows(call, "EntityType", "Email") &&
	       parameter_allows(call, "SenderAddress", message->sender) &&
	       parameter_allows(call, "RecipientAddress", message->recipient.address);
}

static void
write_message(struct call *call, const struct message *message)
{
	const char *recipient = message->recipient.address;
	struct row row;

	call_row(call, &row);
	row_string(&row, KEY("Identity"), message->identity);
	row_date(&row, KEY_DATE("ReceivedTime"), message->received, "+00:00");
	row_date(&row, KEY_DATE("Expires"), message->received + 30 * TICKS_DAY, "+00:00");
	row_plain(&row, KEY("SenderAddress"), message->sender);
	row_strings(&row, KEY_STRINGS("RecipientAddress"), &recipient, 1);
	row_string(&row, KEY("Subject"), "You have won — claim \"now\", 中奖");
	row_plain(&row, KEY("Type"), message->type);
	row_plain(&row, KEY("QuarantineTypes"), message->type);
	row_plain(&row, KEY("EntityType"), "Email");
	row_plain(&row, KEY("Direction"), "Inbound");
	row_int(&row, KEY_INT("Size"), (long long)(message->dice % 400000));
	row_plain(&row, KEY("ReleaseStatus"), "NotReleased");
	row_bool(&row, KEY("Released"), false);
	row_plain(&row, KEY("PolicyType"), "AntiSpamPolicy");
	call_row_end(call, &row);
}

/* Faults move the list a little before every page: messages leave it at the top, or arrive there. */
static uint64_t
moved(const char *fault, const char *cmdlet, atomic_ullong *so_far)
{
	struct fault_hit hit;

	if (fault_moment(fault) == 0)
		atomic_store(so_far, 0);
	else if (fault_acts(fault, cmdlet, &hit))
		atomic_fetch_add(so_far, (unsigned long long)hit.number);
	return atomic_load(so_far);
}

uint64_t
quarantine_count(void)
{
	return message_count();
}

void
run_get_quarantine(struct call *call)
{
	static atomic_ullong gone, come;
	uint64_t released = moved("x-quarantine-release", call->name, &gone);
	uint64_t arrived = moved("x-quarantine-arrive", call->name, &come);
	const char *identity = parameter_string(call, "Identity");
	long page = parameter_number(call, "Page", 1);
	long size = parameter_number(call, "PageSize", PAGE_DEFAULT);
	uint64_t found = 0, first, count = message_count();
	struct message message;

	if (page < 1 || size < 0 || size > PAGE_MAX) {
		call_fail(call, FAILURE_ARGUMENT,
		          "Page must be 1 or more and PageSize between 1 and %d.", PAGE_MAX);
		return;
	}
	first = (uint64_t)(page - 1) * (uint64_t)size;
	for (uint64_t i = 0; i + released < count + arrived && call->n_rows < (size_t)size; i++) {
		make_message(i < arrived ? count + arrived - 1 - i : i - arrived + released, &message);
		if (is_wanted(call, &message) && found++ >= first)
			write_message(call, &message);
	}
	if (identity != NULL && found == 0)
		call_fail_missing(call, identity);
}
