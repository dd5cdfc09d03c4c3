/* A batch as it is seen. */
#include "cli/batchshow.h"

#include "base/context.h"
#include "base/error.h"
#include "base/moment.h"
#include "cli/logger.h"

#include <stdio.h>

enum { BEAT_MS = 30 * 1000 };

static exs_status
outcome(void *self, const char *json, size_t length, exs_error *error)
{
	batchshow *b = self;

	return writer_row(b->writer, json, length, error);
}

static uint64_t
settled(const exs_batch_tally *t)
{
	return t->done + t->failed + t->skipped + t->unknown;
}

/* Seconds left at the speed of this run so far; -1: not known yet. */
static int64_t
seconds_left(const batchshow *b, const exs_batch_tally *t)
{
	uint64_t so_far = settled(t) - b->began_settled;
	int64_t  ms = moment_steady_ms() - b->began_ms;

	if (settled(t) <= b->began_settled || ms < 1000)
		return -1;
	return (int64_t)((double)t->left * (double)ms / (double)so_far / 1000);
}

static double
speed(const batchshow *b, const exs_batch_tally *t)
{
	int64_t ms = moment_steady_ms() - b->began_ms;

	return ms <= 0 || settled(t) <= b->began_settled
	               ? 0
	               : (double)(settled(t) - b->began_settled) * 1000 / (double)ms;
}

static void
beat(batchshow *b, const exs_batch_tally *t)
{
	if (moment_steady_ms() < b->beat_ms)
		return;
	b->beat_ms = moment_steady_ms() + BEAT_MS;
	LOG(b->inv->context, EXS_LOG_NOTICE, "batch", "progress", LOG_NUMBER("items", t->items),
	    LOG_NUMBER("done", t->done), LOG_NUMBER("failed", t->failed),
	    LOG_NUMBER("unknown", t->unknown), LOG_NUMBER("skipped", t->skipped),
	    LOG_NUMBER("left", t->left), LOG_NUMBER("throttled", t->throttled),
	    LOG_NUMBER("at_once", t->at_once), LOG_NUMBER("seconds_left", seconds_left(b, t)));
}

static void
show_progress(void *self, const exs_batch_tally *t)
{
	batchshow *b = self;
	char       line[320];
	int64_t    left = seconds_left(b, t);

	b->last = *t;
	if (logger_is_json()) {
		beat(b, t);
		return;
	}
	if (!progress_is_due(&b->progress))
		return;
	(void)snprintf(line, sizeof line, "%s of %s, %.1f/s, %s failed, %s unknown%s%s",
	               progress_count(settled(t)).at, progress_count(t->items).at, speed(b, t),
	               progress_count(t->failed).at, progress_count(t->unknown).at,
	               left < 0 ? "" : ", left: ", left < 0 ? "" : moment_print_duration(left).at);
	progress_line(&b->progress, line);
}

exs_status
batchshow_begin(batchshow *b, const invocation *inv, const exs_batch *opened, exs_batch_listener *ret,
                exs_error *error)
{
	*b = (batchshow){.inv = inv, .began_ms = moment_steady_ms()};
	b->beat_ms = b->began_ms + BEAT_MS;
	exs_batch_count(opened, &b->last);
	b->began_settled = settled(&b->last);
	progress_begin(&b->progress, "batch", logger_shows(EXS_LOG_WARNING) && !logger_is_json());
	*ret = (exs_batch_listener){.size = sizeof *ret, .self = b, .outcome = outcome,
	                            .progress = show_progress};
	return show_list(inv, "id,cmdlet,outcome,code,message", &b->writer, error);
}

exs_status
batchshow_end(batchshow *b, exs_status so_far, exs_error *error)
{
	const exs_batch_tally *t = &b->last;

	progress_hide(&b->progress);
	if (t->items == 0 && so_far == EXS_OK)
		logger_warn("the input holds no item: nothing was done");
	LOG(b->inv->context, EXS_LOG_INFO, "batch", "finished", LOG_NUMBER("items", t->items),
	    LOG_NUMBER("done", t->done), LOG_NUMBER("failed", t->failed),
	    LOG_NUMBER("unknown", t->unknown), LOG_NUMBER("skipped", t->skipped),
	    LOG_NUMBER("left", t->left), LOG_NUMBER("before", t->before),
	    LOG_NUMBER("requests", t->requests), LOG_NUMBER("throttled", t->throttled));
	return show_end(b->writer, so_far, error);
}

void
batchshow_done(batchshow *b)
{
	writer_free(b->writer);
	b->writer = NULL;
}
