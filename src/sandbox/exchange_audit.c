/*
 * Search-UnifiedAuditLog. See exchange_trail.h.
 *
 * Every twenty seconds of the past hold one record. A session remembers how far its identical requests have
 * come: the newest first with ReturnNextPreviewPage, in no order with ReturnLargeSet, until an
 * answer is empty.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "exchange_call.h"
#include "exchange_generator.h"
#include "exchange_trail.h"
#include "fault.h"
#include "tenant.h"

#define SLOT    (20 * TICKS_SECOND)
#define AGE_MAX (180 * TICKS_DAY)

enum {
	ROLL_AUDIT = 101,
	RESULT_DEFAULT = 100,
	RESULT_MAX = 5000,
	LARGE_MAX = 50000,
	PREVIEW_MAX = 5000,
	MIXED_MAX = 10000,
	SESSIONS = 64,
	STRIDE = 65537, /* a prime: stepping by it visits every slot once unless it divides their number */
};

static const struct {
	const char *record_type, *operation, *workload;
} kinds[] = {
	{ "ExchangeAdmin", "Set-Mailbox", "Exchange" },
	{ "ExchangeAdmin", "Add-MailboxPermission", "Exchange" },
	{ "ExchangeItemAggregated", "MailItemsAccessed", "Exchange" },
	{ "ExchangeItem", "SoftDelete", "Exchange" },
	{ "SharePointFileOperation", "FileAccessed", "SharePoint" },
	{ "AzureActiveDirectoryStsLogon", "UserLoggedIn", "AzureActiveDirectory" },
};

static const char *const record_types[] = {
	"ExchangeAdmin", "ExchangeItem", "ExchangeItemGroup", "SharePoint", "SharePointFileOperation",
	"OneDrive", "AzureActiveDirectory", "AzureActiveDirectoryStsLogon", "ExchangeItemAggregated",
	"MicrosoftTeams", NULL,
};

static const char *const commands[] = { "ReturnLargeSet", "ReturnNextPreviewPage", NULL };

const struct parameter search_audit_parameters[] = {
	{ "StartDate", PARAMETER_DATE, PARAMETER_MUST, NULL },
	{ "EndDate", PARAMETER_DATE, PARAMETER_MUST, NULL },
	{ "ResultSize", PARAMETER_INT, 0, NULL },
	{ "SessionId", PARAMETER_STRING, 0, NULL },
	{ "SessionCommand", PARAMETER_ENUM, 0, commands },
	{ "RecordType", PARAMETER_ENUM, 0, record_types },
	{ "Operations", PARAMETER_STRINGS, 0, NULL },
	{ "UserIds", PARAMETER_STRINGS, 0, NULL },
	{ "HighCompleteness", PARAMETER_SWITCH, 0, NULL },
	{ "Formatted", PARAMETER_SWITCH, 0, NULL },
	{ NULL, 0, 0, NULL },
};

struct record {
	ticks    created;
	uint64_t user;
	size_t   kind;
};

static struct record
make_record(int64_t slot)
{
	uint64_t dice = roll(ROLL_AUDIT, (uint64_t)slot);

	return (struct record){
		.created = slot * SLOT + (ticks)(dice % 20) * TICKS_SECOND,
		.user = (dice >> 8) % the_tenant.mailboxes,
		.kind = (dice >> 40) % (sizeof(kinds) / sizeof(kinds[0])),
	};
}

/* What is looked for: slots first..first+count, of which those that match. */
struct search {
	ticks   start, end;
	int64_t first, count;
	bool    large, by_user;
};

static bool
matches(const struct call *call, const struct search *search, const struct record *record)
{
	struct mailbox mailbox;

	if (record->created < search->start || record->created >= search->end ||
	    !parameter_allows(call, "RecordType", kinds[record->kind].record_type) ||
	    !parameter_allows(call, "Operations", kinds[record->kind].operation))
		return false;
	if (!search->by_user)
		return true;
	mailbox_make(record->user, &mailbox);
	return parameter_allows(call, "UserIds", mailbox.address);
}

/* The slot of step i: newest first, or strewn over the window. */
static int64_t
slot_at(const struct search *search, int64_t i)
{
	if (!search->large || search->count % STRIDE == 0)
		return search->first + search->count - 1 - i;
	return search->first + (i % search->count) * STRIDE % search->count;
}

static int64_t
count_matches(const struct call *call, const struct search *search, int64_t most)
{
	int64_t found = 0;

	for (int64_t i = 0; i < search->count && found < most; i++) {
		struct record record = make_record(search->first + i);

		found += matches(call, search, &record);
	}
	return found;
}

struct session {
	char    id[128];
	char   *query;   /* everything else that was asked; another query begins anew */
	bool    large, mixed;
	int64_t next;    /* the step to go on with */
	int64_t served;  /* rows given out */
	uint64_t used;   /* when, to let the oldest go */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct session sessions[SESSIONS];
static uint64_t uses;

/* The session of that name and query, a new one if need be. Under the lock. */
static struct session *
find_session(const char *id, char *query, bool large)
{
	struct session *oldest = &sessions[0];

	for (size_t i = 0; i < SESSIONS; i++) {
		struct session *session = &sessions[i];

		if (session->query != NULL && strcmp(session->id, id) == 0) {
			oldest = session;
			break;
		}
		if (session->used < oldest->used)
			oldest = session;
	}
	if (oldest->query == NULL || strcmp(oldest->id, id) != 0 || strcmp(oldest->query, query) != 0) {
		cJSON_free(oldest->query);
		memset(oldest, 0, sizeof(*oldest));
		snprintf(oldest->id, sizeof(oldest->id), "%s", id);
		oldest->query = query;
		oldest->large = large;
	} else {
		cJSON_free(query);
	}
	oldest->mixed = oldest->mixed || oldest->large != large;
	oldest->used = ++uses;
	return oldest;
}

/* What was asked apart from how the session goes on; the caller's. */
static char *
spell_query(const struct call *call)
{
	cJSON *asked = cJSON_Duplicate(call->bound, true);
	char *query;

	cJSON_DeleteItemFromObjectCaseSensitive(asked, "SessionCommand");
	query = cJSON_PrintUnformatted(asked);
	cJSON_Delete(asked);
	return query;
}

static void
write_record(struct call *call, int64_t slot, int64_t number, int64_t total)
{
	struct record record = make_record(slot);
	char guid[GUID_TEXT], when[TICKS_TEXT_MAX];
	struct text data = { 0 };
	struct mailbox mailbox;
	struct row row;

	mailbox_make(record.user, &mailbox);
	guid_write(GUID_AUDIT, (uint64_t)slot, guid);
	ticks_write(record.created, "", when);
	text_puts(&data, "{");
	text_member(&data, "CreationTime", when);
	text_puts(&data, ",");
	text_member(&data, "Id", guid);
	text_puts(&data, ",");
	text_member(&data, "Operation", kinds[record.kind].operation);
	text_puts(&data, ",");
	text_member(&data, "OrganizationId", the_tenant.id);
	text_puts(&data, ",");
	text_member(&data, "Workload", kinds[record.kind].workload);
	text_puts(&data, ",");
	text_member(&data, "UserId", mailbox.address);
	text_puts(&data, ",");
	text_member(&data, "ObjectId", mailbox.display);
	text_puts(&data, "}");
	call_row(call, &row);
	row_plain(&row, KEY("RecordType"), kinds[record.kind].record_type);
	row_date(&row, KEY_DATE("CreationDate"), record.created, "Z");
	row_plain(&row, KEY("UserIds"), mailbox.address);
	row_plain(&row, KEY("Operations"), kinds[record.kind].operation);
	row_string(&row, KEY("AuditData"), data.at);
	row_int(&row, KEY_INT("ResultIndex"), number);
	row_int(&row, KEY_INT("ResultCount"), total);
	row_plain(&row, KEY("Identity"), guid);
	row_bool(&row, KEY("IsValid"), true);
	row_plain(&row, KEY("ObjectState"), "Unchanged");
	call_row_end(call, &row);
	text_done(&data);
}

static bool
read_search(struct call *call, struct search *search)
{
	ticks now = ticks_now();
	ticks last;

	parameter_ticks(call, "StartDate", &search->start);
	parameter_ticks(call, "EndDate", &search->end);
	if (search->start > search->end) {
		call_fail(call, FAILURE_ARGUMENT, "The StartDate must be before the EndDate.");
		return false;
	}
	if (search->start < now - AGE_MAX)
		search->start = now - AGE_MAX;
	last = search->end < now ? search->end : now;
	search->first = search->start / SLOT;
	search->count = last > search->start ? last / SLOT - search->first + 1 : 0;
	search->by_user = parameter_value(call, "UserIds") != NULL;
	return true;
}

/* Gives out rows from session->next on, at most limit and never more than most in all. */
static void
serve(struct call *call, const struct search *search, struct session *session, long limit, int64_t most)
{
	int64_t total = count_matches(call, search, most);
	bool lose = fault_acts("x-audit-lose", call->name, NULL);
	bool fails = fault_acts("x-audit-fail", call->name, NULL);

	if (fault_acts("x-audit-count", call->name, NULL))
		total += session->served % 7 + 3;

	for (; session->next < search->count && limit > 0 && session->served < most; session->next++) {
		int64_t slot = slot_at(search, session->next);
		struct record record = make_record(slot);

		if (!matches(call, search, &record))
			continue;
		session->served++;
		limit--;
		if (lose)
			lose = false; /* it has its index and is not there */
		else if (fails)
			write_record(call, slot, -1, 0);
		else
			write_record(call, slot, session->served, total);
	}
}

void
run_search_audit(struct call *call)
{
	const char *id = parameter_string(call, "SessionId");
	const char *command = parameter_string(call, "SessionCommand");
	long limit = parameter_number(call, "ResultSize", RESULT_DEFAULT);
	struct session alone = { 0 }, *session = &alone;
	struct search search = { 0 };
	int64_t most;

	if (limit < 1 || limit > RESULT_MAX) {
		call_fail(call, FAILURE_ARGUMENT, "The ResultSize must be between 1 and %d.",
		          RESULT_MAX);
		return;
	}
	if (!read_search(call, &search))
		return;
	search.large = command != NULL && strcmp(command, "ReturnLargeSet") == 0;
	most = search.large ? LARGE_MAX : PREVIEW_MAX;
	pthread_mutex_lock(&lock);
	if (id != NULL) {
		session = find_session(id, spell_query(call), search.large);
		if (session->mixed)
			most = MIXED_MAX;
	}
	serve(call, &search, session, limit, most);
	pthread_mutex_unlock(&lock);
}

uint64_t
audit_count(ticks start, ticks end)
{
	uint64_t count = 0;

	for (int64_t slot = start / SLOT - 1; slot <= end / SLOT; slot++) {
		struct record record = make_record(slot);

		count += record.created >= start && record.created < end;
	}
	return count;
}
