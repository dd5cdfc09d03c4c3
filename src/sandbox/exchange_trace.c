/*
 * Get-MessageTraceV2. See exchange_trail.h.
 *
 * Every half minute of the past holds one message to up to four recipients, so many rows share their Received.
 * Rows come newest first, and by recipient where they are equally new; the pair is the whole
 * continuation: EndDate and StartingRecipientAddress of the last row seen.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "exchange_call.h"
#include "exchange_generator.h"
#include "exchange_trail.h"
#include "tenant.h"

#define SLOT       (30 * TICKS_SECOND)
#define WINDOW_MAX (10 * TICKS_DAY)
#define AGE_MAX    (90 * TICKS_DAY)

enum {
	ROLL_TRACE = 100,
	RECIPIENTS_MAX = 4,
	RESULT_DEFAULT = 1000,
	RESULT_MAX = 5000,
	BUDGET = 100,
	BUDGET_SECONDS = 300,
};

static const char *const statuses[] = {
	"Delivered", "FilteredAsSpam", "Failed", "Pending", "Quarantined", "Expanded",
	"GettingStatus", NULL,
};

static const char *const subject_filters[] = { "Contains", "StartsWith", "EndsWith", NULL };

const struct parameter get_trace_parameters[] = {
	{ "StartDate", PARAMETER_DATE, 0, NULL },
	{ "EndDate", PARAMETER_DATE, 0, NULL },
	{ "StartingRecipientAddress", PARAMETER_STRING, 0, NULL },
	{ "ResultSize", PARAMETER_INT, 0, NULL },
	{ "RecipientAddress", PARAMETER_STRINGS, 0, NULL },
	{ "SenderAddress", PARAMETER_STRINGS, 0, NULL },
	{ "Status", PARAMETER_ENUMS, 0, statuses },
	{ "MessageTraceId", PARAMETER_STRING, 0, NULL },
	{ "MessageId", PARAMETER_STRINGS, 0, NULL },
	{ "Subject", PARAMETER_STRING, 0, NULL },
	{ "SubjectFilterType", PARAMETER_ENUM, 0, subject_filters },
	{ "FromIP", PARAMETER_STRING, 0, NULL },
	{ "ToIP", PARAMETER_STRING, 0, NULL },
	{ NULL, 0, 0, NULL },
};

struct message {
	ticks       received;
	uint64_t    dice;
	char        id[GUID_TEXT], message_id[128], sender[64], subject[96], from_ip[24];
	const char *status;
	unsigned    n_recipients;
	char        recipients[RECIPIENTS_MAX][ADDRESS_MAX];
};

static int
by_address(const void *left, const void *right)
{
	return strcasecmp(left, right);
}

static void
make_message(int64_t slot, struct message *message)
{
	static const char *const subjects[] = {
		"Hi", "Re: invoice 4711", "=1+1", "Отчёт за неделю", "会議", "AW: Übergabe \"Q3\"",
	};
	uint64_t dice = roll(ROLL_TRACE, (uint64_t)slot);

	message->dice = dice;
	message->received = slot * SLOT + (ticks)(dice % 30000) * (TICKS_SECOND / 1000);
	guid_write(GUID_MESSAGE, (uint64_t)slot, message->id);
	snprintf(message->message_id, sizeof(message->message_id), "<%llx@fabrikam.example>",
	         (unsigned long long)slot);
	snprintf(message->sender, sizeof(message->sender), "sender%u@fabrikam.example",
	         (unsigned)(dice >> 8) % 50);
	snprintf(message->subject, sizeof(message->subject), "%s", subjects[(dice >> 16) % 6]);
	snprintf(message->from_ip, sizeof(message->from_ip), "192.0.2.%u",
	         (unsigned)(dice >> 24) % 254 + 1);
	message->status = statuses[(dice >> 32) % 10 < 7 ? 0 : (dice >> 40) % 6];
	message->n_recipients = (unsigned)((dice >> 48) % RECIPIENTS_MAX) + 1;
	if (message->n_recipients > the_tenant.mailboxes)
		message->n_recipients = (unsigned)the_tenant.mailboxes;
	for (unsigned i = 0; i < message->n_recipients; i++) {
		struct mailbox mailbox;

		mailbox_make(((dice >> 4) % the_tenant.mailboxes + i) % the_tenant.mailboxes, &mailbox);
		memcpy(message->recipients[i], mailbox.address, ADDRESS_MAX);
	}
	qsort(message->recipients, message->n_recipients, ADDRESS_MAX, by_address);
}

static bool
subject_matches(const struct call *call, const char *subject)
{
	const char *wanted = parameter_string(call, "Subject");
	const char *how = parameter_string(call, "SubjectFilterType");
	size_t len, wanted_len;

	if (wanted == NULL)
		return true;
	len = strlen(subject);
	wanted_len = strlen(wanted);
	if (how != NULL && strcmp(how, "StartsWith") == 0)
		return strncasecmp(subject, wanted, wanted_len) == 0;
	if (how != NULL && strcmp(how, "EndsWith") == 0)
		return len >= wanted_len && strcasecmp(subject + len - wanted_len, wanted) == 0;
	return strcasestr(subject, wanted) != NULL;
}

static bool
message_matches(const struct call *call, const struct message *message)
{
	return parameter_allows(call, "SenderAddress", message->sender) &&
	       parameter_allows(call, "Status", message->status) &&
	       parameter_allows(call, "MessageTraceId", message->id) &&
	       parameter_allows(call, "MessageId", message->message_id) &&
	       parameter_allows(call, "FromIP", message->from_ip) &&
	       parameter_value(call, "ToIP") == NULL && subject_matches(call, message->subject);
}

static void
write_trace(struct call *call, const struct message *message, const char *recipient)
{
	struct row row;

	call_row(call, &row);
	row_plain(&row, KEY("MessageTraceId"), message->id);
	row_plain(&row, KEY("MessageId"), message->message_id);
	row_date(&row, KEY_DATE("Received"), message->received, "Z");
	row_plain(&row, KEY("SenderAddress"), message->sender);
	row_plain(&row, KEY("RecipientAddress"), recipient);
	row_string(&row, KEY("Subject"), message->subject);
	row_plain(&row, KEY("Status"), message->status);
	row_plain(&row, KEY("FromIP"), message->from_ip);
	row_null(&row, KEY("ToIP"));
	row_int(&row, KEY_INT("Size"), (long long)(message->dice % 5000000));
	call_row_end(call, &row);
}

/* One query is one of a hundred in five minutes. */
static bool
spend_budget(struct call *call)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static time_t began;
	static unsigned spent;
	time_t now = time(NULL), left;
	bool good;

	pthread_mutex_lock(&lock);
	if (now - began >= BUDGET_SECONDS) {
		began = now;
		spent = 0;
	}
	good = ++spent <= BUDGET;
	left = began + BUDGET_SECONDS - now;
	pthread_mutex_unlock(&lock);
	if (good)
		return true;
	call_fail(call, FAILURE_TRACE_BUDGET,
	          "Your recent queries have surpassed the permitted limit. Try again later.");
	web_set(call->answer, "Retry-After", "%ld", (long)left);
	return false;
}

static bool
read_window(struct call *call, ticks *ret_start, ticks *ret_end)
{
	ticks now = ticks_now();

	*ret_end = now;
	parameter_ticks(call, "EndDate", ret_end);
	*ret_start = *ret_end - 2 * TICKS_DAY;
	parameter_ticks(call, "StartDate", ret_start);
	if (*ret_start > *ret_end)
		call_fail(call, FAILURE_ARGUMENT, "The StartDate must be before the EndDate.");
	else if (*ret_end - *ret_start > WINDOW_MAX)
		call_fail(call, FAILURE_ARGUMENT,
		          "The time range must not be longer than 10 days. Choose a StartDate "
		          "and an EndDate within 10 days of each other.");
	else if (*ret_start < now - AGE_MAX - TICKS_HOUR)
		call_fail(call, FAILURE_ARGUMENT, "The StartDate must be within the last 90 days.");
	return !call->failed;
}

static void
warn_more(struct call *call, ticks start, const struct message *last, const char *recipient)
{
	char from[TICKS_TEXT_MAX], to[TICKS_TEXT_MAX];

	ticks_write(start, "Z", from);
	ticks_write(last->received, "Z", to);
	call_warn(call,
	          "There are more results, use the following command to get more. "
	          "Get-MessageTraceV2 -StartDate \"%s\" -EndDate \"%s\" -StartingRecipientAddress "
	          "\"%s\"",
	          from, to, recipient);
}

/* Is this row after the point where an earlier answer ended? */
static bool
is_further(const struct message *message, const char *recipient, ticks end, const char *starting)
{
	return message->received < end ||
	       (message->received == end &&
	        (starting == NULL || strcasecmp(recipient, starting) > 0));
}

void
run_get_trace(struct call *call)
{
	const char *starting = parameter_string(call, "StartingRecipientAddress"), *recipient = "";
	long limit = parameter_number(call, "ResultSize", RESULT_DEFAULT), written = 0;
	struct message message, last = { 0 };
	char last_recipient[ADDRESS_MAX];
	ticks start, end, now = ticks_now();

	if (limit < 1 || limit > RESULT_MAX) {
		call_fail(call, FAILURE_ARGUMENT, "The ResultSize must be between 1 and %d.",
		          RESULT_MAX);
		return;
	}
	if (!read_window(call, &start, &end) || !spend_budget(call))
		return;
	for (int64_t slot = (end < now ? end : now) / SLOT; slot >= start / SLOT; slot--) {
		make_message(slot, &message);
		if (message.received > now || message.received < start ||
		    !message_matches(call, &message))
			continue;
		for (unsigned i = 0; i < message.n_recipients; i++) {
			recipient = message.recipients[i];
			if (!is_further(&message, recipient, end, starting) ||
			    !parameter_allows(call, "RecipientAddress", recipient))
				continue;
			if (written == limit) {
				warn_more(call, start, &last, last_recipient);
				return;
			}
			write_trace(call, &message, recipient);
			last = message;
			memcpy(last_recipient, recipient, ADDRESS_MAX);
			written++;
		}
	}
}
