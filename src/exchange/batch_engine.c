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

batch_entry *
engine_take(batch_engine *e)
{
	batch_entry *entry = NULL;

	pthread_mutex_lock(&e->lock);
	while (!e->stopping && !(e->input_ended && e->window.count == 0)) {
		if (e->news_bytes < NEWS_BYTES_MAX)
			entry = window_take(&e->window);
		if (entry != NULL)
			break;
		pthread_cond_wait(&e->work, &e->lock);
	}
	if (entry != NULL)
		e->busy++;
	pthread_mutex_unlock(&e->lock);
	return entry;
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
