/* One of the threads that carry out a batch's items. */
#include "exchange/batch_worker.h"

#include "api/fault.h"
#include "base/error.h"
#include "base/moment.h"
#include "exchange/batch_call.h"
#include "exchange/batch_group.h"
#include "exchange/batch_proof.h"
#include "exchange/batch_repeat.h"

#include <stdio.h>

enum {
	GRACE_MS = 10 * 1000,     /* for a change that is on its way when the host gives up */
	TRIES = 3,                /* of one item in one run, when its answer is lost */
	PAUSE_MS = 500,           /* before it is tried again */
	CALL_ATTEMPTS = 10,
	HOLD_TOLD_S = 5,          /* a wait of so long is told */
	OUTCOME_ROOM = 8 * 1024,  /* reserved in the journal for what will be told of an item */
};

static void
log_event(void *self, exs_log_level level, const char *area, const char *event,
          const exs_field *fields, size_t n_fields)
{
	const batch_worker *w = self;

	context_log(w->engine->batch->context, level, area, event, fields, n_fields);
}

static int64_t
now_ms(void *self)
{
	const batch_worker *w = self;

	return context_now_ms(w->engine->batch->context);
}

/* The host gave up: at once, unless a change is on its way, which is better waited for than left unknown. */
static bool
gives_up(void *self)
{
	batch_worker *w = self;
	int64_t       since;

	if (!context_cancelled(w->engine->batch->context))
		return false;
	if (!atomic_load(&w->sent))
		return true;
	since = atomic_load(&w->gave_up_ms);
	if (since == 0)
		atomic_store(&w->gave_up_ms, since = moment_steady_ms());
	return moment_steady_ms() - since > GRACE_MS;
}

static exs_status
record_begin(batch_worker *w, batch_member *m, uint64_t *ret_place, exs_error *error)
{
	EXS_SCOPED(buf) line = BUF(RECORD_MAX);
	const batch_item *item = m->entry->item;
	batch_journal    *journal = w->engine->batch->journal;

	if (journal == NULL || exs_command_reads(item->command))
		return EXS_OK;
	record_begun(&line, item->number, context_now(w->engine->batch->context),
	             m->fate.client_request_id.at);
	EXS_TRY(buf_check(&line, "a record", error));
	EXS_TRY(journal_add(journal, buf_span(&line), ret_place, error));
	m->begun = true;
	return EXS_OK;
}

/* Room for what will be told of all that can be on its way at once. */
static exs_status
reserve(const batch_worker *w, exs_error *error)
{
	const batch_engine *e = w->engine;
	uint64_t items = e->no_groups ? 1 : TURN_MAX;

	return journal_reserve(e->batch->journal, OUTCOME_ROOM * items * e->options.concurrency, error);
}

static exs_status
record_turn(batch_worker *w, exs_error *error)
{
	batch_journal *journal = w->engine->batch->journal;
	uint64_t       place = 0;

	if (journal == NULL || !w->turn->writes)
		return EXS_OK;
	EXS_TRY(reserve(w, error));
	for (size_t i = 0; i < w->turn->n; i++)
		if (!w->turn->members[i].told)
			EXS_TRY(record_begin(w, &w->turn->members[i], &place, error));
	return journal_flush(journal, place, error);
}

/* Members of a shared request have ids of their own in it; one that goes alone has the request's. */
static exs_status
begins(void *self, const char *client_request_id, exs_error *error)
{
	batch_worker *w = self;

	EXS_TRY(pace_gate(&w->engine->pace, w->context, error));
	for (size_t i = 0; i < w->turn->n; i++) {
		batch_fate *fate = &w->turn->members[i].fate;

		if (!w->turn->shared)
			snprintf(fate->client_request_id.at, sizeof fate->client_request_id.at, "%s",
			         client_request_id);
		fate->request_id[0] = '\0';
		fate->attempts++;
	}
	EXS_TRY(record_turn(w, error));
	atomic_store(&w->sent, w->turn->writes);
	return EXS_OK;
}

static int64_t
number_of(const http_response *response, const char *name)
{
	const char *value = http_header_value(response, name);
	uint64_t    number;

	if (value == NULL || !span_unsigned(span_trim(span_of(value)), &number) || number > INT64_MAX)
		return -1;
	return (int64_t)number;
}

/* Rate-Limit-Reset is a moment (exchange-rest.md 2.9); by the service's own clock when it tells the time. */
static int64_t
reset_of(const http_response *response, const exs_context *context)
{
	const char *value = http_header_value(response, "Rate-Limit-Reset");
	int64_t     moment, now;

	if (value == NULL || !moment_parse(span_trim(span_of(value)), &moment))
		return -1;
	if (!http_date(response, &now))
		now = context_now(context);
	return moment > now ? moment - now : 0;
}

static void
answered(void *self, const http_response *response, const fault *f)
{
	batch_worker *w = self;
	const char   *id = http_header_value(response, "request-id");
	int64_t       held;
	pace_word     word = {.throttled = f != NULL && f->kind == FAULT_THROTTLED,
	                      .retry_after_s = f == NULL ? -1 : f->retry_after,
	                      .remaining = number_of(response, "Rate-Limit-Remaining"),
	                      .reset_in_s = reset_of(response, w->context)};

	held = pace_answer(&w->engine->pace, &word);
	if (held >= HOLD_TOLD_S)
		LOG(w->context, EXS_LOG_NOTICE, "batch", "held back by the service",
		    LOG_NUMBER("seconds", held));
	for (size_t i = 0; i < w->turn->n; i++)
		snprintf(w->turn->members[i].fate.request_id, sizeof w->turn->members[i].fate.request_id, "%s",
		         id == NULL ? "" : id);
	/* a good answer is still to be read; till then the change's fate is open */
	if (f != NULL)
		atomic_store(&w->sent, false);
}

/* Once, alone; the fate says how it went. */
static void
attempt(batch_worker *w, batch_member *m)
{
	batch_turn *turn = w->turn;
	batch_turn  alone = {.n = 1, .writes = !exs_command_reads(m->entry->item->command)};

	/* borrowed: the member goes back where it was */
	alone.members[0] = *m;
	alone.members[0].told = false;
	w->turn = &alone;
	atomic_store(&w->sent, false);
	exs_error_clear(w->error);
	if (batch_call(w->exchange, m->entry->item, w->engine->batch->shape.cmdlets, &alone.members[0].fate,
	               w->error) != EXS_OK)
		fate_of_error(&alone.members[0].fate, w->error, atomic_load(&w->sent));
	atomic_store(&w->sent, false);
	*m = alone.members[0];
	w->turn = turn;
}

/* Finds the object or does not; *ret_known is false when that cannot be told. */
static bool
look_for(batch_worker *w, const exs_command *read, bool *ret_known)
{
	EXS_AUTO(exs_rows) *rows = NULL;
	batch_turn  nobody = {.n = 0}, *turn = w->turn;
	const char *row = NULL;
	size_t      length;
	exs_status  status;

	/* it is nobody's attempt and no line of the journal */
	w->turn = &nobody;
	exs_error_clear(w->error);
	status = exs_exchange_run(w->exchange, read, &rows, w->error);
	if (status == EXS_OK)
		status = exs_rows_next(rows, &row, &length, w->error);
	w->turn = turn;
	/* an answer without rows says nothing: whoever asks for one object is told that there is none */
	*ret_known = (status == EXS_OK && row != NULL) || error_is(w->error, E_EXO_NOT_FOUND);
	return status == EXS_OK && row != NULL;
}

/* Does a read prove that the change was not made? */
static bool
was_not_made(batch_worker *w, const batch_member *m)
{
	EXS_AUTO(exs_command) *read = NULL;
	bool when_found, known, found;

	if (!proof_exists(m->entry->item->command) ||
	    proof_read(m->entry->item->command, &read, &when_found, NULL) != EXS_OK)
		return false;
	found = look_for(w, read, &known);
	LOG(w->context, EXS_LOG_INFO, "batch", "looked whether it was made",
	    LOG_TEXT("cmdlet", m->entry->item->cmdlet), LOG_TEXT("found", !known ? "unknown" : found ? "yes" : "no"));
	return known && found == when_found;
}

static void
finish(batch_worker *w, batch_member *m)
{
	bool ends = m->fate.state == BATCH_OPEN;

	turn_judge_doubt(m);
	if (m->fate.state == BATCH_OPEN)
		engine_leave(w->engine, m->entry, &m->fate, m->begun);
	else
		engine_settle(w->engine, m->entry, &m->fate);
	if (ends)
		engine_stop(w->engine, w->error);
}

/* With a proof that it was not made. The doubt stays: if the next try is refused, it may be because the first one was done. */
static bool
may_repeat(batch_worker *w, batch_member *m)
{
	return repeat_is_harmless(m->entry->item->command) || was_not_made(w, m);
}

static void
carry_out_alone(batch_worker *w, batch_member *m)
{
	if (m->entry->doubtful && !may_repeat(w, m)) {
		fate_stays_unknown(&m->fate, m->entry->item->cmdlet);
		engine_settle(w->engine, m->entry, &m->fate);
		return;
	}
	for (int i = 0; i < TRIES; i++) {
		attempt(w, m);
		m->unsure = m->unsure || m->fate.state == BATCH_UNKNOWN;
		if (m->fate.state != BATCH_UNKNOWN ||
		    context_sleep(w->context, PAUSE_MS << i, NULL) != EXS_OK || !may_repeat(w, m))
			break;
	}
	finish(w, m);
}

static exs_status
name_members(batch_turn *turn, exs_error *error)
{
	for (size_t i = 0; i < turn->n; i++)
		EXS_TRY(uuid_new(&turn->members[i].fate.client_request_id, error));
	return EXS_OK;
}

/* All of them in one request. Who has no fate after it goes alone, which harms nobody: only such items share (batch_turn.h). */
static void
carry_out_together(batch_worker *w)
{
	batch_turn *turn = w->turn;
	bool        refused = false;
	exs_status  status;

	exs_error_clear(w->error);
	turn->shared = true;
	status = name_members(turn, w->error);
	if (status == EXS_OK)
		status = group_call(w->exchange, turn, &w->engine->pace, &refused, w->error);
	turn->shared = false;
	if (refused || error_is(w->error, E_ANSWER_SIZE))
		engine_share_no_more(w->engine);
	for (size_t i = 0; i < turn->n && status != EXS_OK; i++) {
		fate_of_error(&turn->members[i].fate, w->error, atomic_load(&w->sent));
		turn->members[i].alone = turn->members[i].fate.state != BATCH_OPEN;
		turn->members[i].unsure = turn->members[i].unsure || error_is(w->error, E_ANSWER_SIZE);
	}
	atomic_store(&w->sent, false);
}

static void
carry_out(batch_worker *w, batch_entry *const *entries, size_t n)
{
	EXS_SCOPED(batch_turn) turn;

	batch_turn_begin(&turn, entries, n, w->engine->options.rows);
	w->turn = &turn;
	if (n > 1)
		carry_out_together(w);
	for (size_t i = 0; i < n; i++) {
		batch_member *m = &turn.members[i];

		m->unsure = m->unsure || m->fate.state == BATCH_UNKNOWN;
		if (n == 1 || m->alone || m->fate.state == BATCH_UNKNOWN)
			carry_out_alone(w, m);
		else
			finish(w, m);
	}
	w->turn = NULL;
}

static void *
work(void *self)
{
	batch_worker *w = self;
	batch_engine *e = w->engine;
	bool          shares = group_is_possible(w->exchange);
	batch_entry  *entries[TURN_MAX];
	size_t        n;

	do {
		if (pace_enter(&e->pace, w->context, NULL) != EXS_OK)
			return NULL;
		n = engine_take(e, shares, entries);
		if (n > 0 && pace_rate(&e->pace, (unsigned)n, w->context, NULL) == EXS_OK)
			carry_out(w, entries, n);
		else
			for (size_t i = 0; i < n; i++)
				engine_leave(e, entries[i], &(batch_fate){.state = BATCH_OPEN}, false);
		pace_leave(&e->pace);
	} while (n > 0);
	return NULL;
}

static exs_status
prepare(batch_worker *w, const batch_sessions *sessions, exs_error *error)
{
	const exs_hooks hooks = {.size = sizeof hooks,
	                         .self = w,
	                         .log = log_event,
	                         .clock = now_ms,
	                         .cancelled = gives_up};
	api_session *session;

	w->error = exs_error_new();
	if (w->error == NULL)
		return mem_fail(error);
	EXS_TRY(exs_context_new(&hooks, &w->context, error));
	EXS_TRY(sessions->make(sessions->self, w->context, &w->exchange, error));
	w->witness = (api_witness){w, begins, answered};
	session = w->exchange->session;
	session->witness = &w->witness;
	if (session->attempts < CALL_ATTEMPTS)
		session->attempts = CALL_ATTEMPTS;
	return EXS_OK;
}

exs_status
batch_worker_start(batch_worker *w, batch_engine *engine, const batch_sessions *sessions,
                   exs_error *error)
{
	exs_status status;

	w->engine = engine;
	status = prepare(w, sessions, error);
	if (status == EXS_OK && pthread_create(&w->thread, NULL, work, w) != 0)
		status = exs_fail(error, E_NO_MEMORY, "no thread can be started");
	w->started = status == EXS_OK;
	if (!w->started)
		batch_worker_done(w);
	return status;
}

void
batch_worker_done(batch_worker *w)
{
	if (w->started)
		pthread_join(w->thread, NULL);
	w->started = false;
	exs_exchange_free(w->exchange);
	w->exchange = NULL;
	exs_context_free(w->context);
	w->context = NULL;
	exs_error_free(w->error);
	w->error = NULL;
}
