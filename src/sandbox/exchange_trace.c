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
#include "fault.h"
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

/* grain: so many slots share the moment of the first; 1: each has its own. */
static void
make_message(int64_t slot, int64_t grain, struct message *message)
{
	static const char *const subjects[] = {
		"Hi", "Re: invoice 4711", "=1+1", "Отчёт за неделю", "会議", "AW: Übergabe \"Q3\"",
	};
	uint64_t dice = roll(ROLL_TRACE, (uint64_t)slot);

	message->dice = dice;
	message->received = slot * SLOT + (ticks)(dice % 30000) * (TICKS_SECOND / 1000);
	if (grain > 1)
		message->received = slot / grain * grain * SLOT;
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
	const char *said = "Your recent queries have surpassed the permitted limit. Try again later.";
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
	good = ++spent <= BUDGET || fault_acts("x-trace-free", call->name, NULL);
	left = began + BUDGET_SECONDS - now;
	pthread_mutex_unlock(&lock);
	if (fault_acts("x-trace-throttle", call->name, NULL)) {
		call_fail(call, FAILURE_TRACE_BUDGET, "%s", said); /* and not a word about when */
		return false;
	}
	if (good)
		return true;
	call_fail(call, FAILURE_TRACE_BUDGET, "%s", said);
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

/* One row to be: a message to one of its recipients. */
struct entry {
	int64_t slot;
	char    recipient[ADDRESS_MAX];
};

static int
by_place(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;
	int side = strcasecmp(a->recipient, b->recipient);

	return side != 0 ? side : (a->slot > b->slot) - (a->slot < b->slot);
}

/* What is asked for, and how far. */
struct query {
	ticks       start, end, now;
	const char *starting;
	int64_t     grain;
};

/* All rows of one moment, by recipient; the caller frees them. */
static struct entry *
gather(const struct call *call, const struct query *query, int64_t moment, size_t *ret_count)
{
	struct entry *entries = calloc((size_t)query->grain * RECIPIENTS_MAX, sizeof(*entries));

	*ret_count = 0;
	if (entries == NULL)
		abort();
	for (int64_t slot = moment * query->grain; slot < (moment + 1) * query->grain; slot++) {
		struct message message;

		make_message(slot, query->grain, &message);
		if (message.received > query->now || message.received < query->start ||
		    !message_matches(call, &message))
			continue;
		for (unsigned i = 0; i < message.n_recipients; i++) {
			if (!is_further(&message, message.recipients[i], query->end, query->starting) ||
			    !parameter_allows(call, "RecipientAddress", message.recipients[i]))
				continue;
			entries[*ret_count].slot = slot;
			memcpy(entries[(*ret_count)++].recipient, message.recipients[i], ADDRESS_MAX);
		}
	}
	qsort(entries, *ret_count, sizeof(*entries), by_place);
	return entries;
}

static int64_t
grain_of(const char *cmdlet)
{
	struct fault_hit hit;

	return fault_acts("x-trace-crowd", cmdlet, &hit) && hit.number * TICKS_SECOND >= SLOT
	               ? hit.number * TICKS_SECOND / SLOT
	               : 1;
}

/* Writes up to limit rows; *ret_more when there are more, and the last that was written. */
static void
write_rows(struct call *call, const struct query *query, long limit, bool *ret_more, struct entry *last)
{
	int64_t first = (query->end < query->now ? query->end : query->now) / SLOT / query->grain;
	bool lose = query->starting != NULL && fault_acts("x-trace-lose", call->name, NULL);
	long written = 0;

	for (int64_t moment = first; moment >= query->start / SLOT / query->grain && !*ret_more; moment--) {
		size_t count;
		struct entry *entries = gather(call, query, moment, &count);

		for (size_t i = 0; i < count && !*ret_more; i++) {
			struct message message;

			*ret_more = written == limit;
			if (*ret_more || lose) {
				lose = false;
				continue;
			}
			make_message(entries[i].slot, query->grain, &message);
			write_trace(call, &message, entries[i].recipient);
			*last = entries[i];
			written++;
		}
		free(entries);
	}
}

void
run_get_trace(struct call *call)
{
	struct query query = { .starting = parameter_string(call, "StartingRecipientAddress"), .now = ticks_now() };
	long limit = parameter_number(call, "ResultSize", RESULT_DEFAULT);
	struct entry last = { 0 };
	struct message message;
	struct fault_hit hit;
	bool more = false, capped;

	if (limit < 1 || limit > RESULT_MAX) {
		call_fail(call, FAILURE_ARGUMENT, "The ResultSize must be between 1 and %d.",
		          RESULT_MAX);
		return;
	}
	if (!read_window(call, &query.start, &query.end) || !spend_budget(call))
		return;
	query.grain = grain_of(call->name);
	capped = fault_acts("x-trace-cap", call->name, &hit) && hit.number < limit;
	write_rows(call, &query, capped ? hit.number : limit, &more, &last);
	if (!more || capped)
		return;
	make_message(last.slot, query.grain, &message);
	warn_more(call, query.start, &message, last.recipient);
}

uint64_t
trace_count(ticks start, ticks end)
{
	int64_t grain = grain_of("Get-MessageTraceV2");
	uint64_t count = 0;

	for (int64_t slot = start / SLOT - grain; slot <= end / SLOT + grain; slot++) {
		struct message message;

		make_message(slot, grain, &message);
		if (message.received >= start && message.received <= end)
			count += message.n_recipients;
	}
	return count;
}
