/* A batch while it runs: the thread that reads items and tells outcomes. */
#include "base/error.h"
#include "base/moment.h"
#include "exchange/batch_order.h"
#include "exchange/batch_proof.h"
#include "exchange/batch_repeat.h"
#include "exchange/batch_worker.h"

#include <stdio.h>
#include <time.h>

enum {
	CONCURRENCY = 8,
	CONCURRENCY_MAX = 64,
	WINDOW_PER_THREAD = 64,
	TICK_MS = 200,
};

typedef struct running {
	batch_engine              engine;
	exs_batch                *batch;
	const exs_batch_listener *listener;
	batch_reader             *reader;
	batch_worker             *workers;
	unsigned                  n_workers;
	batch_order               order;
	exs_error                *error;    /* the host's own refusal */
} running;

static void
running_done(running *r)
{
	batch_engine *e = &r->engine;

	engine_stop(e, NULL);
	for (unsigned i = 0; i < r->n_workers; i++)
		batch_worker_done(&r->workers[i]);
	mem_free(r->workers);
	batch_reader_free(r->reader);
	batch_order_done(&r->order);
	while (e->first != NULL) {
		batch_news *news = e->first;

		e->first = news->next;
		mem_free(news->line);
		mem_free(news);
	}
	batch_window_done(&e->window);
	batch_pace_done(&e->pace);
	exs_error_free(e->why);
	pthread_cond_destroy(&e->work);
	pthread_cond_destroy(&e->news);
	pthread_mutex_destroy(&e->lock);
}

static void
engine_begin(batch_engine *e, exs_batch *batch, const exs_batch_run_options *options)
{
	pthread_condattr_t attributes;

	*e = (batch_engine){.batch = batch, .options = *options, .last = &e->first};
	pthread_mutex_init(&e->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&e->work, &attributes);
	pthread_cond_init(&e->news, &attributes);
	pthread_condattr_destroy(&attributes);
	batch_window_begin(&e->window, (size_t)options->concurrency * WINDOW_PER_THREAD);
	batch_pace_begin(&e->pace, options->concurrency, options->rate);
	e->why = exs_error_new();
	e->no_groups = options->no_groups;
	e->at_once = options->concurrency < PACE_BEGINS_WITH ? options->concurrency : PACE_BEGINS_WITH;
}

/* It may have been made in an earlier run, and neither repeating nor reading is safe to tell. */
static void
tell_unknown(running *r, const batch_item *item)
{
	EXS_SCOPED(batch_fate) fate;

	batch_fate_begin(&fate);
	fate.state = BATCH_UNKNOWN;
	fate.attempts = standing_attempts(&r->batch->standing, item->number);
	snprintf(fate.code, sizeof fate.code, "%s", error_row_of(E_EXO_UNKNOWN)->code);
	buf_addf(&fate.message, "%s: begun in an earlier run whose answer was lost, and not a change "
	         "that may be made twice", item->cmdlet);
	engine_tell(&r->engine, item, &fate);
}

static void
tell_skipped(running *r, const batch_item *item)
{
	EXS_SCOPED(batch_fate) fate;

	batch_fate_begin(&fate);
	fate.state = BATCH_SKIPPED;
	buf_puts(&fate.message, item->why_not);
	engine_tell(&r->engine, item, &fate);
}

/* Might it have been made, so that it is not to be sent without more ado? */
static bool
is_doubtful(const running *r, const batch_item *item)
{
	return item->unsure && !repeat_is_harmless(item->command) &&
	       !(r->batch->repeat && r->batch->only == EXS_BATCH_UNKNOWN);
}

static exs_status
take_item(running *r, exs_error *error)
{
	EXS_AUTO(batch_item) *item = NULL;
	batch_item *given;
	batch_state state;
	unsigned    attempts;
	exs_status  status;
	bool        doubtful;

	EXS_TRY(batch_reader_item(r->reader, &item, error));
	if (item->why_not != NULL) {
		tell_skipped(r, item);
		return EXS_OK;
	}
	state = standing_state(&r->batch->standing, item->number);
	item->unsure = state == BATCH_SENT || state == BATCH_UNKNOWN;
	doubtful = is_doubtful(r, item);
	if (doubtful && !proof_exists(item->command)) {
		tell_unknown(r, item);
		return EXS_OK;
	}
	if (order_refuses(&r->order, &r->engine, item))
		return EXS_OK;
	attempts = standing_attempts(&r->batch->standing, item->number);
	EXS_GIVE(&given, item);
	pthread_mutex_lock(&r->engine.lock);
	status = window_add(&r->engine.window, given, attempts, doubtful, error);
	pthread_cond_signal(&r->engine.work);
	pthread_mutex_unlock(&r->engine.lock);
	return status;
}

/* The input was read to its end: was it the one that was checked? */
static exs_status
end_input(running *r, exs_error *error)
{
	char digest[BATCH_DIGEST_MAX];

	EXS_TRY(batch_reader_digest(r->reader, digest, error));
	if (strcmp(digest, r->batch->head.input) != 0 ||
	    batch_reader_count(r->reader) != r->batch->head.items)
		return exs_fail(error, E_BATCH_CHANGED, "%s was changed while the batch ran", r->batch->name);
	pthread_mutex_lock(&r->engine.lock);
	r->engine.input_ended = true;
	pthread_cond_broadcast(&r->engine.work);
	pthread_mutex_unlock(&r->engine.lock);
	return EXS_OK;
}

/* Reads on until the window is full or the input ends; *ret_more is false when it ended before. */
static exs_status
read_on(running *r, exs_error *error)
{
	batch_engine *e = &r->engine;
	bool          more = true, room;

	for (;;) {
		pthread_mutex_lock(&e->lock);
		room = !e->stopping && !e->input_ended && window_has_room(&e->window) &&
		       e->first == NULL;
		pthread_mutex_unlock(&e->lock);
		if (!room)
			return EXS_OK;
		EXS_TRY(batch_reader_step(r->reader, &more, error));
		if (!more)
			return end_input(r, error);
		if (batch_reader_count(r->reader) > r->batch->head.items)
			return end_input(r, error);
		if (standing_is_wanted(&r->batch->standing, batch_reader_count(r->reader) - 1,
		                       r->batch->only))
			EXS_TRY(take_item(r, error));
	}
}

static void
wait_for_news(batch_engine *e)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += TICK_MS * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_sec++;
		until.tv_nsec -= 1000000000;
	}
	(void)pthread_cond_timedwait(&e->news, &e->lock, &until);
}

/* All news there are, when there are some; waits a moment when nothing else can be done. *ret_over: there will be no more. */
static batch_news *
take_news(batch_engine *e, bool *ret_over)
{
	batch_news *first;

	pthread_mutex_lock(&e->lock);
	*ret_over = e->busy == 0 && (e->stopping || (e->input_ended && e->window.count == 0));
	if (e->first == NULL && !*ret_over && (e->stopping || e->input_ended || !window_has_room(&e->window)))
		wait_for_news(e);
	first = e->first;
	e->first = NULL;
	e->last = &e->first;
	e->news_bytes = 0;
	pthread_cond_broadcast(&e->work);
	pthread_mutex_unlock(&e->lock);
	return first;
}

static void
count(const running *r, const batch_news *news)
{
	standing_set(&r->batch->standing, news->item, news->state, news->attempts);
}

/* Tells all of them, also after a failure of the journal, and frees them. The first failure is returned. */
static exs_status
tell_all(running *r, batch_news *first, exs_error *error)
{
	uint64_t   place = 0;
	exs_status status = EXS_OK, told = EXS_OK;

	for (batch_news *news = first; news != NULL; news = news->next)
		place = news->place > place ? news->place : place;
	if (r->batch->journal != NULL)
		status = journal_flush(r->batch->journal, place, error);
	while (first != NULL) {
		batch_news *news = first;

		first = news->next;
		count(r, news);
		if (told == EXS_OK)
			told = r->listener->outcome(r->listener->self, news->line, news->length,
			                            status == EXS_OK ? error : NULL);
		mem_free(news->line);
		mem_free(news);
	}
	return status != EXS_OK ? status : told;
}

static void
tell_progress(running *r)
{
	exs_batch_tally tally;

	exs_batch_count(r->batch, &tally);
	pace_count(&r->engine.pace, &tally.throttled, &tally.requests, &tally.at_once);
	pthread_mutex_lock(&r->engine.lock);
	r->engine.at_once = tally.at_once;
	pthread_mutex_unlock(&r->engine.lock);
	if (r->listener->progress == NULL)
		return;
	r->listener->progress(r->listener->self, &tally);
}

/* One round: read, tell, look up. */
static exs_status
go_round(running *r, bool *ret_over, exs_error *error)
{
	batch_news *news;

	EXS_TRY(read_on(r, error));
	news = take_news(&r->engine, ret_over);
	EXS_TRY(tell_all(r, news, error));
	*ret_over = *ret_over && news == NULL;
	tell_progress(r);
	return engine_is_stopping(&r->engine) ? EXS_OK : context_check(r->batch->context, error);
}

/* Threads that nobody needs are not started. */
static exs_status
start_workers(running *r, const batch_sessions *sessions, exs_error *error)
{
	unsigned wanted = r->engine.options.concurrency;

	if (r->batch->head.items < wanted)
		wanted = (unsigned)r->batch->head.items;
	r->workers = mem_new(wanted + 1, sizeof *r->workers);
	if (r->workers == NULL)
		return mem_fail(error);
	for (; r->n_workers < wanted; r->n_workers++)
		EXS_TRY(batch_worker_start(&r->workers[r->n_workers], &r->engine, sessions, error));
	return EXS_OK;
}

static exs_status
run_to_end(running *r, exs_error *error)
{
	EXS_SCOPED(error_scratch) scratch = exs_error_new();
	bool over = false;

	if (scratch == NULL)
		return mem_fail(error);
	while (!over) {
		exs_error_clear(scratch);
		if (go_round(r, &over, scratch) != EXS_OK) {
			engine_stop(&r->engine, scratch);
			over = false;
		}
	}
	return EXS_OK;
}

/* What stopped the run, or how the items stand. */
static exs_status
conclude(running *r, exs_error *error)
{
	exs_batch_tally tally;
	exs_status      status = exs_error_status(r->engine.why);

	exs_batch_count(r->batch, &tally);
	if (status != EXS_OK) {
		error_copy(error, r->engine.why);
		return status;
	}
	if (tally.done == tally.items)
		return EXS_OK;
	status = exs_fail(error, E_BATCH_PARTIAL,
	                  "%llu of %llu items done, %llu failed, %llu unknown, %llu skipped, %llu left",
	                  (unsigned long long)tally.done, (unsigned long long)tally.items,
	                  (unsigned long long)tally.failed, (unsigned long long)tally.unknown,
	                  (unsigned long long)tally.skipped, (unsigned long long)tally.left);
	if (tally.left > 0)
		error_why(error, "it was ended after %llu failures", (unsigned long long)r->engine.failures);
	return status;
}

exs_status
batch_run_over(exs_batch *batch, const batch_sessions *sessions,
               const exs_batch_run_options *options, const exs_batch_listener *listener,
               exs_error *error)
{
	EXS_SCOPED(running) r = {.batch = batch, .listener = listener};
	exs_batch_run_options chosen = {.size = sizeof chosen};

	memcpy(&chosen, options, options->size < sizeof chosen ? options->size : sizeof chosen);
	if (chosen.concurrency == 0)
		chosen.concurrency = CONCURRENCY;
	if (chosen.concurrency > CONCURRENCY_MAX)
		chosen.concurrency = CONCURRENCY_MAX;
	engine_begin(&r.engine, batch, &chosen);
	if (r.engine.why == NULL)
		return mem_fail(error);
	if (batch->ran)
		return exs_fail(error, E_BUG, "a batch is run once");
	batch->ran = true;
	EXS_TRY(batch_order_read(&r.order, batch, error));
	EXS_TRY(batch_open_reader(batch, &r.reader, error));
	/* so that the first requests can be shared ones */
	EXS_TRY(read_on(&r, error));
	EXS_TRY(start_workers(&r, sessions, error));
	EXS_TRY(run_to_end(&r, error));
	pace_count(&r.engine.pace, &batch->tally.throttled, &batch->tally.requests, &batch->tally.at_once);
	if (batch->journal != NULL)
		EXS_TRY(journal_flush(batch->journal, UINT64_MAX, error));
	return conclude(&r, error);
}

static exs_status
make_session(void *self, const exs_context *context, exs_exchange **ret, exs_error *error)
{
	void *const *both = self;

	return exs_exchange_new(context, both[0], both[1], ret, error);
}

exs_status
exs_batch_run(exs_batch *batch, exs_credential *credential, const exs_batch_run_options *options,
              const exs_batch_listener *listener, exs_error *error)
{
	exs_exchange_options exchange = options->exchange;
	void                *both[] = {credential, exchange.size == 0 ? NULL : &exchange};
	const batch_sessions sessions = {both, make_session};

	return batch_run_over(batch, &sessions, options, listener, error);
}
