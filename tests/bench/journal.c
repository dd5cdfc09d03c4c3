/*
 * journal cost ITEMS TOGETHER FILE    what the journal of a batch costs: prints microseconds and bytes an item
 * journal fill LINES FILE             lengthens a journal that `exosign batch` began, until it has so many lines; all items but
 *                                     the last are done then
 *
 * An item costs two lines, and two flushes that wait for the disk: before it is sent, and when it has its outcome. TOGETHER
 * items share them, as items that are sent in one request do.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "exchange/batch_journal.h"

enum { MOMENT = 1790000000 };

static bool
pass_over(void *self, const batch_record *record)
{
	uint64_t *lines = self;

	(void)record;
	(*lines)++;
	return true;
}

static exs_status
add(batch_journal *j, buf *line, uint64_t *place, exs_error *error)
{
	exs_status status = journal_add(j, buf_span(line), place, error);

	buf_clear(line);
	return status;
}

static exs_status
begin_item(batch_journal *j, buf *line, uint64_t item, uint64_t *place, exs_error *error)
{
	record_begun(line, item, MOMENT, "0b9e1c52-6f0d-4c1c-9a55-2d8c5b7d1f3e");
	return add(j, line, place, error);
}

static exs_status
settle_item(batch_journal *j, buf *line, uint64_t item, uint64_t *place, exs_error *error)
{
	char outcome[512];
	int  len = snprintf(outcome, sizeof outcome,
	                    "{\"id\":\"%" PRIu64 "\",\"line\":%" PRIu64 ",\"cmdlet\":\"Set-Mailbox\",\"outcome\":\"done\","
	                    "\"attempts\":1,\"clientRequestId\":\"0b9e1c52-6f0d-4c1c-9a55-2d8c5b7d1f3e\","
	                    "\"requestId\":\"6f0d0b9e-1c52-4c1c-9a55-5b7d1f3e2d8c\"}", item + 1, item + 1);

	record_settled(line, item, MOMENT, BATCH_DONE, span_from(outcome, (size_t)len));
	return add(j, line, place, error);
}

/* So many items at once: begun, on the disk, settled, on the disk. */
static exs_status
take_items(batch_journal *j, buf *line, uint64_t first, uint64_t count, exs_error *error)
{
	uint64_t place = 0;

	for (uint64_t i = 0; i < count; i++)
		EXS_TRY(begin_item(j, line, first + i, &place, error));
	EXS_TRY(journal_flush(j, place, error));
	for (uint64_t i = 0; i < count; i++)
		EXS_TRY(settle_item(j, line, first + i, &place, error));
	return journal_flush(j, place, error);
}

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static exs_status
cost(uint64_t items, uint64_t together, const char *path, exs_error *error)
{
	EXS_AUTO(batch_journal) *j = NULL;
	EXS_SCOPED(buf) line = BUF(RECORD_MAX);
	char target[] = "bench";
	batch_head head = { .input = "sha256:0", .plan = "sha256:0", .items = items, .target = target };
	batch_head none = { .items = 0 };
	bool old;
	double began;
	uint64_t lines = 0;
	FILE *file;

	EXS_TRY(journal_open(path, pass_over, &lines, &none, &old, &j, error));
	EXS_TRY(journal_begin(j, &head, MOMENT, error));
	began = seconds();
	for (uint64_t i = 0; i < items; i += together)
		EXS_TRY(take_items(j, &line, i, together, error));
	began = seconds() - began;
	batch_journal_free(j);
	j = NULL;
	file = fopen(path, "r");
	if (file == NULL || fseek(file, 0, SEEK_END) != 0)
		exit(1);
	printf("%.1f %.0f\n", began / (double)items * 1e6, (double)ftell(file) / (double)items);
	fclose(file);
	return EXS_OK;
}

static exs_status
fill(uint64_t wanted, const char *path, exs_error *error)
{
	EXS_AUTO(batch_journal) *j = NULL;
	EXS_SCOPED(buf) line = BUF(RECORD_MAX);
	batch_head head = { .items = 0 };
	bool old;
	uint64_t lines = 1, item = 0, place = 0;
	exs_status status;

	EXS_TRY(journal_open(path, pass_over, &lines, &head, &old, &j, error));
	for (status = EXS_OK; status == EXS_OK && lines < wanted && item + 1 < head.items; item++, lines += 2) {
		status = begin_item(j, &line, item, &place, error);
		if (status == EXS_OK)
			status = settle_item(j, &line, item, &place, error);
		if (status == EXS_OK && item % 1000 == 0)
			status = journal_flush(j, place, error);
	}
	if (status == EXS_OK)
		status = journal_flush(j, place, error);
	printf("%" PRIu64 " lines, %" PRIu64 " of %" PRIu64 " items\n", lines, item, head.items);
	batch_head_done(&head);
	return status;
}

static exs_status
run(int argc, char **argv, exs_error *error)
{
	if (argc == 5 && strcmp(argv[1], "cost") == 0)
		return cost(strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10), argv[4], error);
	if (argc == 4 && strcmp(argv[1], "fill") == 0)
		return fill(strtoull(argv[2], NULL, 10), argv[3], error);
	return exs_fail(error, E_USAGE, "usage: journal cost ITEMS TOGETHER FILE | journal fill LINES FILE");
}

int
main(int argc, char **argv)
{
	exs_error *error = exs_error_new();
	bool good = error != NULL && run(argc, argv, error) == EXS_OK;

	if (!good)
		fprintf(stderr, "journal: %s\n", exs_error_message(error));
	exs_error_free(error);
	return good ? 0 : 1;
}
