/*
 * Search-UnifiedAuditLog (exchange-rest.md 7.2): a session of identical requests until an answer is empty.
 *
 * Each session has a SessionId of ours and asks for the large set, which reaches 50,000 records of a window. When a window
 * holds as many (ResultCount), nothing of it is given out: it is cut in halves. Every record carries its ResultIndex; at the
 * end of a session as many different ones must have come as the largest ResultCount that was said, without a gap. What a
 * session owes is asked for again, in a session of its own, then in halves and quarters; records that were given are known by
 * Identity. What still does not come is named, and the list is incomplete.
 *
 * A record with ResultIndex -1 is the service's way of saying that it failed inside; it is not given out.
 */
#include "exchange/walk.h"

#include "base/error.h"
#include "base/id.h"
#include "base/jsontext.h"
#include "base/moment.h"
#include "exchange/period.h"
#include "exchange/seen.h"

#include <stdio.h>

enum {
	RESULT_MAX = 5000,
	SESSION_MAX = 50000,  /* records that a large set reaches */
	INDEX_MAX = 64 * 1024,
	WINDOWS_MAX = 128,    /* waiting: each cut adds one, and a period has at most 2^40 seconds */
	TRIES = 2,            /* sessions for one window */
	DEFECT_CUTS_MAX = 3,  /* times a window is halved because records are missing */
	IDLE_MAX = 2,         /* answers without anything new */
	REMEMBERED = 128 * 1024,
	TEXT_MAX = 4096,
	NAMED_MAX = 8,        /* missing ones named in the message */
};

typedef struct window {
	period   period;
	unsigned tries, cuts;
} window;

typedef struct audit {
	walk          base;
	period_asked  asked;
	window        windows[WINDOWS_MAX]; /* still to be searched, the newest on top */
	size_t        n_windows;
	uuid_text     session; /* "" when none is open */
	unsigned char came[INDEX_MAX / 8];
	uint64_t      have, owed, highest; /* indexes that came, the largest ResultCount, the largest ResultIndex */
	uint64_t      in_answer, new_in_answer;
	unsigned      idle;
	bool          full, failed_inside;
	buf           identity;
	seen          seen;
} audit;

static bool
is_wanted(const exs_command *asked)
{
	span size = command_value(asked, "ResultSize");

	return command_value(asked, "SessionId").at == NULL &&
	       command_value(asked, "SessionCommand").at == NULL &&
	       command_value(asked, "StartDate").at != NULL &&
	       command_value(asked, "EndDate").at != NULL &&
	       (size.at == NULL || span_is_nocase(size, "\"Unlimited\""));
}

static exs_status
begin(walk *w, exs_error *error)
{
	audit *a = (audit *)w;

	a->identity = BUF(TEXT_MAX);
	seen_begin(&a->seen, REMEMBERED);
	EXS_TRY(period_of_command(w->asked, context_now(w->context), 0, &a->asked, error));
	a->windows[a->n_windows++] = (window){.period = a->asked.whole};
	return EXS_OK;
}

static void
done(walk *w)
{
	audit *a = (audit *)w;

	period_asked_done(&a->asked);
	buf_done(&a->identity);
	seen_done(&a->seen);
}

static exs_status
open_session(audit *a, exs_error *error)
{
	EXS_TRY(uuid_new(&a->session, error));
	memset(a->came, 0, sizeof a->came);
	a->have = a->owed = a->highest = 0;
	a->idle = 0;
	a->full = a->failed_inside = false;
	a->windows[a->n_windows - 1].tries++;
	return EXS_OK;
}

static exs_status
ask(walk *w, exs_command **ret_command, exs_error *error)
{
	static const char *const ours[] = {"StartDate", "EndDate", "ResultSize", NULL};
	audit *a = (audit *)w;
	EXS_AUTO(exs_command) *command = NULL;
	char   text[64];

	if (a->n_windows == 0)
		return EXS_OK;
	if (a->session.at[0] == '\0')
		EXS_TRY(open_session(a, error));
	a->in_answer = a->new_in_answer = 0;
	EXS_TRY(command_copy(w->asked, ours, &command, error));
	EXS_TRY(period_put_start(&a->asked, &a->windows[a->n_windows - 1].period, command, error));
	EXS_TRY(period_put_end(&a->asked, &a->windows[a->n_windows - 1].period, command, error));
	snprintf(text, sizeof text, "%u", walk_page(w, RESULT_MAX));
	EXS_TRY(exs_command_json(command, "ResultSize", text, strlen(text), error));
	snprintf(text, sizeof text, "exosign-%s", a->session.at);
	EXS_TRY(exs_command_text(command, "SessionId", text, strlen(text), error));
	EXS_TRY(exs_command_text(command, "SessionCommand", "ReturnLargeSet", 14, error));
	EXS_GIVE(ret_command, command);
	return EXS_OK;
}

static bool
read_number(span row, const char *name, int64_t *ret)
{
	return jsontext_kind_of(row) == JSONTEXT_OBJECT &&
	       span_signed(jsontext_member(row, name), ret);
}

/* False when the index is none that can be. */
static bool
note_index(audit *a, int64_t index)
{
	unsigned char bit = (unsigned char)(1u << (index % 8));

	if (index < 1 || index >= INDEX_MAX)
		return false;
	if ((a->came[index / 8] & bit) == 0) {
		a->came[index / 8] |= bit;
		a->have++;
		a->new_in_answer++;
	}
	if ((uint64_t)index > a->highest)
		a->highest = (uint64_t)index;
	return true;
}

static exs_status
row(walk *w, span text, walk_verdict *ret, exs_error *error)
{
	audit  *a = (audit *)w;
	int64_t index = -1, count = 0;
	period  older, newer;
	bool    fresh;

	a->in_answer++;
	if (!read_number(text, "ResultIndex", &index) || !read_number(text, "ResultCount", &count))
		return exs_fail(error, E_ANSWER, "record %llu of the audit log has no ResultIndex and "
		                                 "ResultCount",
		                (unsigned long long)w->rows + 1);
	if (count > 0 && (uint64_t)count > a->owed)
		a->owed = (uint64_t)count;
	if (count >= SESSION_MAX && period_halve(&a->windows[a->n_windows - 1].period, &older, &newer)) {
		a->full = true;
		*ret = WALK_ABANDON;
		return EXS_OK;
	}
	*ret = WALK_DROP;
	if (!note_index(a, index)) {
		a->failed_inside = true;
		return EXS_OK;
	}
	if (!walk_text(text, "Identity", &a->identity) || a->identity.len == 0)
		EXS_TRY(seen_add(&a->seen, text, &fresh, error));
	else
		EXS_TRY(seen_add(&a->seen, buf_span(&a->identity), &fresh, error));
	*ret = fresh ? WALK_GIVE : WALK_DROP;
	return EXS_OK;
}

static bool
cut(audit *a, unsigned cuts)
{
	window *top = &a->windows[a->n_windows - 1];
	period  older, newer;

	if (a->n_windows == WINDOWS_MAX || !period_halve(&top->period, &older, &newer))
		return false;
	*top = (window){.period = older, .cuts = cuts};
	a->windows[a->n_windows++] = (window){.period = newer, .cuts = cuts};
	return true;
}

/* "3, 17, 18 and 212 more" */
static void
name_missing(const audit *a, buf *to)
{
	uint64_t last = a->owed > a->highest ? a->owed : a->highest, named = 0, missing = 0;

	for (uint64_t i = 1; i <= last && i < INDEX_MAX; i++) {
		if ((a->came[i / 8] & (1u << (i % 8))) != 0)
			continue;
		if (missing++ < NAMED_MAX) {
			buf_addf(to, "%s%llu", named == 0 ? "" : ", ", (unsigned long long)i);
			named++;
		}
	}
	if (missing > named)
		buf_addf(to, " and %llu more", (unsigned long long)(missing - named));
}

static exs_status
incomplete(const audit *a, exs_error *error)
{
	EXS_SCOPED(buf) missing = BUF(1024);
	const period *p = &a->windows[a->n_windows - 1].period;
	exs_status    status = exs_fail(error, E_EXO_INCOMPLETE,
	                                "of %llu audit records from %s to %s, %llu came",
	                                (unsigned long long)a->owed, moment_print(p->start).at,
	                                moment_print(p->end).at, (unsigned long long)a->have);

	name_missing(a, &missing);
	if (a->owed >= SESSION_MAX)
		error_why(error, "a session of the service reaches no more than %d, and the period is too "
		                 "short to be cut", SESSION_MAX);
	else if (a->failed_inside && missing.len == 0)
		error_why(error, "the service failed inside (ResultIndex -1), %u times", TRIES);
	else
		error_why(error, "missing, by ResultIndex: %s", buf_text(&missing));
	error_fix(error, "run it again later; -HighCompleteness makes the service search longer");
	return status;
}

/* The session came short of what it owed. */
static exs_status
ask_again(audit *a, exs_error *error)
{
	window *top = &a->windows[a->n_windows - 1];

	LOG(a->base.context, EXS_LOG_NOTICE, "exchange", "audit records are missing",
	    LOG_TEXT("from", moment_print(top->period.start).at),
	    LOG_TEXT("to", moment_print(top->period.end).at), LOG_NUMBER("owed", a->owed),
	    LOG_NUMBER("came", a->have), LOG_NUMBER("session", top->tries));
	if (top->tries < TRIES)
		return EXS_OK;
	if (top->cuts < DEFECT_CUTS_MAX && cut(a, top->cuts + 1))
		return EXS_OK;
	return incomplete(a, error);
}

static exs_status
end_session(audit *a, exs_error *error)
{
	window *top = &a->windows[a->n_windows - 1];

	a->session.at[0] = '\0';
	if (a->full && cut(a, top->cuts))
		return EXS_OK;
	if (a->owed >= SESSION_MAX)
		return incomplete(a, error);
	if (a->failed_inside || a->have < a->owed || a->have < a->highest)
		return ask_again(a, error);
	a->n_windows--;
	return EXS_OK;
}

static exs_status
end(walk *w, bool more, exs_error *error)
{
	audit *a = (audit *)w;

	(void)more; /* the next answer shows */
	if (a->full || a->in_answer == 0)
		return end_session(a, error);
	a->idle = a->new_in_answer > 0 ? 0 : a->idle + 1;
	return a->idle >= IDLE_MAX ? end_session(a, error) : EXS_OK;
}

/* A session cannot be asked for an answer that broke: what was in it is owed, and comes with another session. */
static bool
mend(walk *w, const exs_error *failed)
{
	audit  *a = (audit *)w;
	window *top = &a->windows[a->n_windows - 1];

	if (a->in_answer == 0 || exs_error_status(failed) != EXS_INCOMPLETE || top->tries >= TRIES)
		return false;
	LOG(w->context, EXS_LOG_NOTICE, "exchange", "audit session begun anew",
	    LOG_TEXT("why", exs_error_message(failed)), LOG_NUMBER("session", top->tries));
	a->session.at[0] = '\0';
	return true;
}

const walk_kind walk_of_audit = {
	.cmdlet = "Search-UnifiedAuditLog",
	.size = sizeof(audit),
	.wanted = is_wanted,
	.begin = begin,
	.done = done,
	.ask = ask,
	.row = row,
	.end = end,
	.mend = mend,
};
