/* What the threads of a batch share. */
#include "exchange/batch_engine.h"

#include "base/error.h"

enum { NEWS_BYTES_MAX = 4 * 1024 * 1024 };

void
engine_stop(batch_engine *e, const exs_error *error)
{
	pthread_mutex_lock(&e->lock);
	if (error != NULL && exs_error_status(e->why) == EXS_OK)
		error_copy(e->why, error);
	e->stopping = true;
	pthread_cond_broadcast(&e->work);
	pthread_cond_broadcast(&e->news);
	pthread_mutex_unlock(&e->lock);
	pace_close(&e->pace);
}

bool
engine_is_stopping(batch_engine *e)
{
	bool stopping;

	pthread_mutex_lock(&e->lock);
	stopping = e->stopping;
	pthread_mutex_unlock(&e->lock);
	return stopping;
}

/*
 * How many requests should share one, when so many could go: sharing must not leave places empty, because items that go side by
 * side are done sooner than items in a row.
 */
static size_t
share_of(const batch_engine *e, size_t ready)
{
	size_t share = ready / (e->at_once > 0 ? e->at_once : 1);

	return share < 1 ? 1 : share > TURN_MAX ? TURN_MAX : share;
}

/* With the lock held, behind a first one. */
static size_t
take_more(batch_engine *e, batch_entry *entries[TURN_MAX])
{
	size_t n = 1, share = share_of(e, e->window.n_ready + 1);

	if (!turn_is_shared_gladly(entries[0]->item))
		return n;
	while (n < share && e->window.ready != NULL && turn_is_shared_gladly(e->window.ready->item))
		entries[n++] = window_take(&e->window);
	return n;
}

size_t
engine_take(batch_engine *e, bool shares, batch_entry *entries[TURN_MAX])
{
	size_t n = 0;

	pthread_mutex_lock(&e->lock);
	while (!e->stopping && !(e->input_ended && e->window.count == 0)) {
		entries[0] = e->news_bytes < NEWS_BYTES_MAX ? window_take(&e->window) : NULL;
		if (entries[0] != NULL)
			break;
		pthread_cond_wait(&e->work, &e->lock);
	}
	if (!e->stopping && !(e->input_ended && e->window.count == 0))
		n = shares && !e->no_groups ? take_more(e, entries) : 1;
	e->busy += (unsigned)n;
	pthread_mutex_unlock(&e->lock);
	return n;
}

void
engine_share_no_more(batch_engine *e)
{
	pthread_mutex_lock(&e->lock);
	e->no_groups = true;
	pthread_mutex_unlock(&e->lock);
}

static exs_status
keep(batch_engine *e, const batch_item *item, const batch_fate *fate, span outcome,
     uint64_t *ret_place, exs_error *error)
{
	EXS_SCOPED(buf) line = BUF(RECORD_MAX);

	if (e->batch->journal == NULL)
		return EXS_OK;
	record_settled(&line, item->number, context_now(e->batch->context), fate->state, outcome);
	EXS_TRY(buf_check(&line, "an outcome", error));
	return journal_add(e->batch->journal, buf_span(&line), ret_place, error);
}

/* The outcome as news; it goes to the host even when the journal failed, because it is true. */
static exs_status
make_news(batch_engine *e, const batch_item *item, const batch_fate *fate, batch_news **ret,
          exs_error *error)
{
	EXS_SCOPED(buf) line = BUF(RECORD_MAX - 4096);
	batch_news *news;
	exs_status  status;

	fate_print(fate, item, &line);
	EXS_TRY(buf_check(&line, "an outcome", error));
	news = mem_new(1, sizeof *news);
	if (news == NULL)
		return mem_fail(error);
	*news = (batch_news){.item = item->number, .state = fate->state,
	                     .attempts = fate->attempts, .length = line.len};
	status = keep(e, item, fate, buf_span(&line), &news->place, error);
	if (buf_take(&line, "an outcome", &news->line, error) != EXS_OK) {
		mem_free(news);
		return EXS_INTERNAL;
	}
	*ret = news;
	return status;
}

void
engine_tell(batch_engine *e, const batch_item *item, const batch_fate *fate)
{
	EXS_SCOPED(error_scratch) error = exs_error_new();
	batch_news *news = NULL;
	exs_status  status = make_news(e, item, fate, &news, error);

	pthread_mutex_lock(&e->lock);
	if (news != NULL) {
		*e->last = news;
		e->last = &news->next;
		e->news_bytes += news->length;
	}
	e->failures += fate->state == BATCH_FAILED || fate->state == BATCH_RETRYABLE ||
	               fate->state == BATCH_UNKNOWN;
	if (e->options.max_failures > 0 && e->failures >= e->options.max_failures) {
		e->stopping = true;
		pthread_cond_broadcast(&e->work);
	}
	pthread_cond_signal(&e->news);
	pthread_mutex_unlock(&e->lock);
	if (status != EXS_OK)
		engine_stop(e, error);
}

void
engine_settle(batch_engine *e, batch_entry *entry, const batch_fate *fate)
{
	engine_tell(e, entry->item, fate);
	pthread_mutex_lock(&e->lock);
	e->busy--;
	window_settle(&e->window, entry);
	pthread_cond_broadcast(&e->work);
	pthread_cond_signal(&e->news);
	pthread_mutex_unlock(&e->lock);
}

void
engine_leave(batch_engine *e, batch_entry *entry, const batch_fate *fate, bool begun)
{
	EXS_SCOPED(buf) line = BUF(RECORD_MAX);
	uint64_t place;

	if (begun && e->batch->journal != NULL) {
		record_returned(&line, entry->item->number, context_now(e->batch->context), fate->code);
		/* a journal that cannot be written has stopped the run already; it then stays begun there */
		if (journal_add(e->batch->journal, buf_span(&line), &place, NULL) != EXS_OK)
			engine_stop(e, NULL);
	}
	pthread_mutex_lock(&e->lock);
	e->busy--;
	window_put_back(&e->window, entry);
	pthread_cond_broadcast(&e->work);
	pthread_cond_signal(&e->news);
	pthread_mutex_unlock(&e->lock);
}
