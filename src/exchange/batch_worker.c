/* One of the threads that carry out a batch's items. */
#include "exchange/batch_worker.h"

#include "api/fault.h"
#include "base/error.h"
#include "base/moment.h"
#include "exchange/batch_call.h"
#include "exchange/batch_repeat.h"

#include <stdio.h>

enum {
	GRACE_MS = 10 * 1000,     /* for a change that is on its way when the host gives up */
	TRIES = 3,                /* of one item in one run, when its answer is lost */
	PAUSE_MS = 500,           /* before it is tried again */
	CALL_ATTEMPTS = 10,
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
record_begin(batch_worker *w, const char *client_request_id, exs_error *error)
{
	EXS_SCOPED(buf) line = BUF(RECORD_MAX);
	batch_journal *journal = w->engine->batch->journal;
	uint64_t       place;

	if (journal == NULL || exs_command_reads(w->item->command))
		return EXS_OK;
	record_begun(&line, w->item->number, context_now(w->engine->batch->context),
	             client_request_id);
	EXS_TRY(buf_check(&line, "a record", error));
	EXS_TRY(journal_reserve(journal, line.len + OUTCOME_ROOM * w->engine->options.concurrency, error));
	EXS_TRY(journal_add(journal, buf_span(&line), &place, error));
	w->begun = true;
	return journal_flush(journal, place, error);
}

static exs_status
begins(void *self, const char *client_request_id, exs_error *error)
{
	batch_worker *w = self;

	EXS_TRY(pace_gate(&w->engine->pace, w->context, error));
	EXS_TRY(record_begin(w, client_request_id, error));
	snprintf(w->fate->client_request_id.at, sizeof w->fate->client_request_id.at, "%s",
	         client_request_id);
	w->fate->request_id[0] = '\0';
	w->fate->attempts++;
	atomic_store(&w->sent, !exs_command_reads(w->item->command));
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
	pace_word     word = {.throttled = f != NULL && f->kind == FAULT_THROTTLED,
	                      .retry_after_s = f == NULL ? -1 : f->retry_after,
	                      .remaining = number_of(response, "Rate-Limit-Remaining"),
	                      .reset_in_s = reset_of(response, w->context)};

	pace_answer(&w->engine->pace, &word);
	snprintf(w->fate->request_id, sizeof w->fate->request_id, "%s", id == NULL ? "" : id);
	/* a good answer is still to be read; till then the change's fate is open */
	if (f != NULL)
		atomic_store(&w->sent, false);
}

/* Once; the fate says how it went. */
static void
attempt(batch_worker *w, exs_error *error)
{
	atomic_store(&w->sent, false);
	exs_error_clear(error);
	if (batch_call(w->exchange, w->item, w->engine->batch->shape.cmdlets, w->fate, error) != EXS_OK)
		fate_of_error(w->fate, error, atomic_load(&w->sent));
	atomic_store(&w->sent, false);
}

static void
carry_out(batch_worker *w, batch_entry *entry)
{
	EXS_SCOPED(batch_fate) fate;
	batch_engine *e = w->engine;

	batch_fate_begin(&fate);
	fate.has_rows = e->options.rows;
	fate.attempts = entry->attempts;
	w->item = entry->item;
	w->fate = &fate;
	w->begun = false;
	for (int i = 0; i < TRIES; i++) {
		attempt(w, w->error);
		if (fate.state != BATCH_UNKNOWN || !repeat_is_harmless(entry->item->command) ||
		    context_sleep(w->context, PAUSE_MS << i, NULL) != EXS_OK)
			break;
	}
	if (fate.state == BATCH_OPEN) {
		engine_leave(e, entry, &fate, w->begun);
		engine_stop(e, w->error);
	} else {
		engine_settle(e, entry, &fate);
	}
	w->fate = NULL;
	w->item = NULL;
}

static void *
work(void *self)
{
	batch_worker *w = self;
	batch_engine *e = w->engine;
	batch_entry  *entry;

	for (;;) {
		if (pace_enter(&e->pace, 1, w->context, NULL) != EXS_OK)
			return NULL;
		entry = engine_take(e);
		if (entry != NULL)
			carry_out(w, entry);
		pace_leave(&e->pace);
		if (entry == NULL)
			return NULL;
	}
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
