/* A batch without running it: what was done, and what would be. */
#include "base/context.h"
#include "base/error.h"
#include "exchange/batch_engine.h"

typedef struct reporting {
	uint32_t                 *last; /* by item: the number of its last line with an outcome, from 1 */
	uint32_t                  line;
	bool                      tells;
	const exs_batch_listener *listener;
	exs_error                *error;
	exs_status                status;
} reporting;

static bool
take_record(void *self, const batch_record *record)
{
	reporting *r = self;

	r->line++;
	if (!r->tells)
		r->last[record->item] = record->state >= BATCH_DONE ? r->line
		                        : record->state == BATCH_SENT ? 0
		                                                      : r->last[record->item];
	else if (r->status == EXS_OK && r->last[record->item] == r->line)
		r->status = r->listener->outcome(r->listener->self, record->outcome.at,
		                                 record->outcome.len, r->error);
	return true;
}

exs_status
exs_batch_report(exs_batch *batch, const exs_batch_listener *listener, exs_error *error)
{
	reporting  r = {.listener = listener, .error = error, .status = EXS_OK};
	exs_status status;

	r.last = mem_new((size_t)batch->head.items + 1, sizeof *r.last);
	if (r.last == NULL)
		return mem_fail(error);
	status = journal_walk(batch->journal, take_record, &r, error);
	r.tells = true;
	r.line = 0;
	if (status == EXS_OK)
		status = journal_walk(batch->journal, take_record, &r, error);
	mem_free(r.last);
	return status != EXS_OK ? status : r.status;
}

/* One item's request, as exosign run --dry-run shows it, with the item's id and line in front. */
static exs_status
preview_item(exs_exchange *exchange, const batch_item *item, const exs_batch_listener *listener,
             exs_error *error)
{
	EXS_SCOPED(buf) line = BUF(COMMAND_BODY_MAX + RECORD_MAX);
	EXS_SCOPED(batch_fate) fate;
	char *request = NULL;

	batch_fate_begin(&fate);
	fate.state = BATCH_SKIPPED;
	if (item->why_not != NULL) {
		buf_puts(&fate.message, item->why_not);
		fate_print(&fate, item, &line);
	} else {
		EXS_TRY(exs_exchange_preview(exchange, item->command, &request, error));
		fate_print_request(item, span_of(request), &line);
		mem_free(request);
	}
	EXS_TRY(buf_check(&line, "a request", error));
	return listener->outcome(listener->self, buf_text(&line), line.len, error);
}

exs_status
exs_batch_preview(exs_batch *batch, exs_credential *credential, const exs_batch_run_options *options,
                  const exs_batch_listener *listener, exs_error *error)
{
	EXS_AUTO(exs_exchange) *exchange = NULL;
	EXS_AUTO(batch_reader) *reader = NULL;
	const exs_exchange_options *chosen = options->exchange.size == 0 ? NULL : &options->exchange;
	bool more = true;

	EXS_TRY(exs_exchange_new(batch->context, credential, chosen, &exchange, error));
	EXS_TRY(batch_open_reader(batch, &reader, error));
	for (;;) {
		EXS_AUTO(batch_item) *item = NULL;

		EXS_TRY(context_check(batch->context, error));
		EXS_TRY(batch_reader_step(reader, &more, error));
		if (!more)
			return EXS_OK;
		if (!standing_is_wanted(&batch->standing, batch_reader_count(reader) - 1, batch->only))
			continue;
		EXS_TRY(batch_reader_item(reader, &item, error));
		EXS_TRY(preview_item(exchange, item, listener, error));
	}
}
