/*
 * Get-MessageTraceV2 (exchange-rest.md 7.1): at most 10 days and 5000 rows a request, 100 requests in 5 minutes.
 *
 * The period is cut into windows, the newest first. Within one, an answer that may not be the last is followed by a request
 * whose EndDate is a row's Received, verbatim, and whose StartingRecipientAddress is its recipient. Not the last row is taken
 * for that but the last one before the rows that share the last row's Received and recipient: those come again, whole, whether
 * the service starts at the address or behind it, and so no row between them can be lost. That they do come again proves that
 * the answers fit together. Rows that were given are known by MessageTraceId and recipient, and dropped.
 *
 * A window is at its end when an answer is short, without the warning that there is more. An answer of a thousand rows and
 * more is not believed even then: the service cuts answers at such sizes, so one more request must find nothing.
 */
#include "exchange/walk_trace.h"

#include "base/error.h"
#include "base/moment.h"
#include "exchange/budget.h"
#include "exchange/period.h"
#include "exchange/seen.h"

#include <stdio.h>

enum {
	RESULT_MAX = 5000,
	BELIEVED_BELOW = 1000,  /* the service's own ResultSize */
	WINDOW_MAX = 10 * PERIOD_DAY,
	KEPT = 90 * PERIOD_DAY, /* by the service */
	USUAL = 2 * PERIOD_DAY, /* when no dates are given */
	REMEMBERED = 64 * 1024,
	TEXT_MAX = 4096,
	PATIENCE = 12,          /* waits for a budget that others use up too */
};

budget trace_budget = BUDGET(100, 5 * 60 * 1000);

/* Where an answer may be gone on from. */
typedef struct place {
	buf received, recipient;
} place;

typedef struct trace {
	walk         base;
	period_asked asked;
	unsigned     windows, window;
	place        from;         /* of the request; received is empty at the beginning of a window */
	place        last, before; /* the last row's, and the last one that differs from it */
	buf          received, recipient, id, key, last_key, awaited;
	bool         met;          /* the awaited row came again */
	uint64_t     wanted, came; /* rows of this answer */
	unsigned     waits;
	seen         seen;
} trace;

static place
no_place(void)
{
	return (place){BUF(TEXT_MAX), BUF(TEXT_MAX)};
}

static void
place_done(place *p)
{
	buf_done(&p->received);
	buf_done(&p->recipient);
}

static void
copy(buf *to, const buf *from)
{
	to->len = 0;
	buf_add(to, buf_span(from));
}

static void
copy_place(place *to, const place *from)
{
	copy(&to->received, &from->received);
	copy(&to->recipient, &from->recipient);
}

static bool
same_place(const place *a, const place *b)
{
	return span_same(buf_span(&a->received), buf_span(&b->received)) &&
	       span_same(buf_span(&a->recipient), buf_span(&b->recipient));
}

static bool
is_wanted(const exs_command *asked)
{
	return command_value(asked, "StartingRecipientAddress").at == NULL;
}

static exs_status
check_age(const trace *t, exs_error *error)
{
	int64_t    now = context_now(t->base.context);
	exs_status status;

	if (t->asked.whole.start >= now - KEPT - PERIOD_DAY)
		return EXS_OK;
	status = exs_fail(error, E_PARAMETER, "-StartDate %s is more than 90 days back, and the service keeps no older traces",
	                  moment_print(t->asked.whole.start).at);
	error_fix(error, "begin at %.10s or later; older messages: exosign run Start-HistoricalSearch",
	          moment_print(now - KEPT + PERIOD_DAY).at);
	return status;
}

static exs_status
begin(walk *w, exs_error *error)
{
	trace *t = (trace *)w;

	t->from = t->last = t->before = no_place();
	t->received = t->recipient = t->id = BUF(TEXT_MAX);
	t->key = t->last_key = t->awaited = BUF(4 * TEXT_MAX);
	seen_begin(&t->seen, REMEMBERED);
	EXS_TRY(period_of_command(w->asked, context_now(w->context), USUAL, &t->asked, error));
	EXS_TRY(check_age(t, error));
	t->windows = period_pieces(&t->asked.whole, WINDOW_MAX);
	return EXS_OK;
}

static void
done(walk *w)
{
	trace *t = (trace *)w;

	period_asked_done(&t->asked);
	place_done(&t->from);
	place_done(&t->last);
	place_done(&t->before);
	buf_done(&t->received);
	buf_done(&t->recipient);
	buf_done(&t->id);
	buf_done(&t->key);
	buf_done(&t->last_key);
	buf_done(&t->awaited);
	seen_done(&t->seen);
}

static exs_status
put_text(exs_command *command, const char *name, const buf *text, exs_error *error)
{
	return exs_command_text(command, name, buf_text(text), text->len, error);
}

static exs_status
put_dates(const trace *t, exs_command *command, exs_error *error)
{
	period window = period_piece(&t->asked.whole, t->windows, t->window);

	EXS_TRY(period_put_start(&t->asked, &window, command, error));
	if (t->from.received.len == 0)
		return period_put_end(&t->asked, &window, command, error);
	EXS_TRY(put_text(command, "EndDate", &t->from.received, error));
	return put_text(command, "StartingRecipientAddress", &t->from.recipient, error);
}

static exs_status
ask(walk *w, exs_command **ret_command, exs_error *error)
{
	static const char *const ours[] = {"StartDate", "EndDate", "ResultSize", NULL};
	trace *t = (trace *)w;
	EXS_AUTO(exs_command) *command = NULL;
	char   size[24];

	if (t->window == t->windows)
		return EXS_OK;
	EXS_TRY(budget_spend(&trace_budget, w->context, w->kind->cmdlet, error));
	t->wanted = walk_page(w, RESULT_MAX);
	/* rows that come again are asked for too, once there are some */
	if (w->limited && w->limit < t->wanted && w->rows == 0)
		t->wanted = w->limit;
	t->came = 0;
	t->met = false;
	copy(&t->awaited, &t->last_key);
	t->last.received.len = t->before.received.len = 0;
	EXS_TRY(command_copy(w->asked, ours, &command, error));
	EXS_TRY(put_dates(t, command, error));
	snprintf(size, sizeof size, "%llu", (unsigned long long)t->wanted);
	EXS_TRY(exs_command_json(command, "ResultSize", size, strlen(size), error));
	EXS_GIVE(ret_command, command);
	return EXS_OK;
}

/* What identifies the row: its message and recipient; all of it when it names no message. */
static void
make_key(trace *t, span row)
{
	t->key.len = 0;
	if (!walk_text(row, "MessageTraceId", &t->id) || t->id.len == 0) {
		buf_add(&t->key, row);
		return;
	}
	buf_add(&t->key, buf_span(&t->id));
	buf_byte(&t->key, '\n');
	buf_add(&t->key, buf_span(&t->recipient));
}

static void
note_place(trace *t)
{
	bool first = t->last.received.len == 0;

	if (!first && span_same(buf_span(&t->last.received), buf_span(&t->received)) &&
	    span_same(buf_span(&t->last.recipient), buf_span(&t->recipient)))
		return;
	if (!first)
		copy_place(&t->before, &t->last);
	copy(&t->last.received, &t->received);
	copy(&t->last.recipient, &t->recipient);
}

static exs_status
row(walk *w, span text, walk_verdict *ret, exs_error *error)
{
	trace *t = (trace *)w;
	bool   fresh;

	t->came++;
	if (!walk_text(text, "Received", &t->received) || t->received.len == 0)
		return exs_fail(error, E_ANSWER, "row %llu of the message trace has no Received",
		                (unsigned long long)w->rows + 1);
	if (!walk_text(text, "RecipientAddress", &t->recipient))
		t->recipient.len = 0;
	make_key(t, text);
	note_place(t);
	if (span_same(buf_span(&t->key), buf_span(&t->awaited)))
		t->met = true;
	copy(&t->last_key, &t->key);
	EXS_TRY(buf_check(&t->last_key, "what identifies a row", error));
	EXS_TRY(seen_add(&t->seen, buf_span(&t->key), &fresh, error));
	*ret = fresh ? WALK_GIVE : WALK_DROP;
	return EXS_OK;
}

static exs_status
incomplete(const trace *t, const char *why, exs_error *error)
{
	period     window = period_piece(&t->asked.whole, t->windows, t->window);
	exs_status status = exs_fail(error, E_EXO_INCOMPLETE,
	                             "the message trace from %s to %s could not be walked to its end",
	                             moment_print(window.start).at, moment_print(window.end).at);

	error_why(error, "%s", why);
	return status;
}

static exs_status
next_window(trace *t)
{
	t->window++;
	t->from.received.len = t->from.recipient.len = 0;
	t->last_key.len = 0;
	return EXS_OK;
}

/*
 * On from before the last rows; or from the last rows, where the service was seen to answer from a place on and not from
 * behind it.
 */
static exs_status
go_on(trace *t, exs_error *error)
{
	if (t->before.received.len == 0) {
		exs_status status = incomplete(t, "more rows than fit into one answer share one Received and one recipient, "
		                                  "and the service cannot be asked to go on within them", error);

		error_fix(error, "narrow it down: -SenderAddress, -Status, a shorter period");
		return status;
	}
	copy_place(&t->from, same_place(&t->before, &t->from) ? &t->last : &t->before);
	return EXS_OK;
}

static exs_status
end(walk *w, bool more, exs_error *error)
{
	trace *t = (trace *)w;
	bool   may_be_cut = more || t->came >= t->wanted;

	t->waits = 0;
	if (t->from.received.len > 0 && !t->met)
		return incomplete(t, "the next answer does not begin where the last one ended", error);
	if (t->came == 0 && more)
		return incomplete(t, "the service says that there is more, and gives nothing", error);
	if (!may_be_cut && t->came < BELIEVED_BELOW)
		return next_window(t);
	/* all rows share one place: a short answer cannot be asked on from, and a cut one must be */
	if (!may_be_cut && (t->before.received.len == 0 || same_place(&t->before, &t->from)))
		return next_window(t);
	return go_on(t, error);
}

/* Others use up the service's budget too, and it does not say how long to wait. */
static bool
mend(walk *w, const exs_error *failed)
{
	trace  *t = (trace *)w;
	int64_t wait_ms = trace_budget.window_ms / (PATIENCE - 2);

	if (!error_is(failed, E_THROTTLED) || t->came > 0 || ++t->waits > PATIENCE)
		return false;
	LOG(w->context, EXS_LOG_NOTICE, "exchange", "waiting: the service throttles message traces",
	    LOG_TEXT("why", exs_error_message(failed)), LOG_NUMBER("wait_ms", wait_ms),
	    LOG_NUMBER("time", t->waits), LOG_NUMBER("times", PATIENCE));
	return context_sleep(w->context, wait_ms, NULL) == EXS_OK;
}

const walk_kind walk_of_trace = {
	.cmdlet = "Get-MessageTraceV2",
	.size = sizeof(trace),
	.wanted = is_wanted,
	.begin = begin,
	.done = done,
	.ask = ask,
	.row = row,
	.end = end,
	.mend = mend,
};
