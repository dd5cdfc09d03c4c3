/* A batch: opened, counted, reported, closed. */
#include <exosign/batch.h>

#include "base/context.h"
#include "base/encode.h"
#include "base/error.h"
#include "exchange/batch_engine.h"
#include "exchange/batch_keep.h"

#include <openssl/evp.h>
#include <stdio.h>

EXS_DEFINE_AUTO(exs_batch)

void
exs_batch_free(exs_batch *batch)
{
	if (batch == NULL)
		return;
	descriptor_done(&batch->kept);
	batch_journal_free(batch->journal);
	batch_head_done(&batch->head);
	batch_standing_done(&batch->standing);
	exs_command_free(batch->pattern);
	mem_free(batch->cmdlet);
	mem_free(batch->path);
	mem_free(batch->name);
	mem_free(batch);
}

void
exs_batch_count(const exs_batch *batch, exs_batch_tally *ret)
{
	*ret = batch->tally;
	standing_count(&batch->standing, ret);
}

exs_status
batch_open_reader(const exs_batch *batch, batch_reader **ret, exs_error *error)
{
	return batch_reader_new(batch->path, batch->name, &batch->shape, ret, error);
}

/* What makes commands of the lines: another cmdlet or pattern over the same input is another batch. */
static exs_status
sum_plan(const exs_batch *batch, char ret[BATCH_DIGEST_MAX], exs_error *error)
{
	EXS_SCOPED(buf) plan = BUF(COMMAND_BODY_MAX);
	EXS_SCOPED(buf) text = BUF(BATCH_DIGEST_MAX);
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned      length = 0;

	buf_addf(&plan, "exosign-batch 1\n%s\n", batch->cmdlet == NULL ? "" : batch->cmdlet);
	if (batch->pattern != NULL)
		EXS_TRY(command_body(batch->pattern, false, &plan, error));
	if (EVP_Digest(buf_text(&plan), plan.len, digest, &length, EVP_sha256(), NULL) != 1)
		return exs_fail(error, E_BUG, "SHA-256 cannot be computed");
	encode_hex(&text, span_from((const char *)digest, length), false);
	EXS_TRY(buf_check(&text, "a digest", error));
	snprintf(ret, BATCH_DIGEST_MAX, "%s", buf_text(&text));
	return EXS_OK;
}

/* The whole input once. An item that was checked when its journal was begun is not made again. */
static exs_status
check_input(exs_batch *batch, bool make, batch_head *ret, exs_error *error)
{
	EXS_AUTO(batch_reader) *reader = NULL;
	bool more = true;

	EXS_TRY(batch_open_reader(batch, &reader, error));
	while (more) {
		EXS_AUTO(batch_item) *item = NULL;

		EXS_TRY(context_check(batch->context, error));
		EXS_TRY(batch_reader_step(reader, &more, error));
		if (!more || !make)
			continue;
		EXS_TRY(batch_reader_item(reader, &item, error));
		/* is there a key for them? */
		if (exs_command_has_secrets(item->command))
			EXS_TRY(exs_command_seal(item->command, batch->shape.cmdlets, error));
	}
	ret->items = batch_reader_count(reader);
	EXS_TRY(batch_reader_digest(reader, ret->input, error));
	return sum_plan(batch, ret->plan, error);
}

/* While the journal is read: the items are counted by its first line. */
static bool
take_record(void *self, const batch_record *record)
{
	exs_batch *batch = self;

	if (batch->standing.bytes.len == 0 &&
	    standing_begin(&batch->standing, batch->head.items, NULL) != EXS_OK)
		return false;
	standing_take(&batch->standing, record);
	return true;
}

static exs_status
changed(const exs_batch *batch, const batch_head *now, const char *path, exs_error *error)
{
	const batch_head *then = &batch->head;

	if (strcmp(then->input, now->input) != 0 || then->items != now->items)
		return exs_fail(error, E_BATCH_CHANGED, "the journal %s was kept for another input than %s",
		                path, batch->name);
	if (strcmp(then->plan, now->plan) != 0)
		return exs_fail(error, E_BATCH_CHANGED,
		                "the journal %s was kept for the same input with another cmdlet or pattern",
		                path);
	if (strcmp(then->target, now->target == NULL ? "" : now->target) != 0)
		return exs_fail(error, E_BATCH_CHANGED, "the journal %s was kept for %s, not for %s", path,
		                then->target, now->target == NULL ? "" : now->target);
	return EXS_OK;
}

static exs_status
open_journal(exs_batch *batch, const exs_batch_options *options, exs_error *error)
{
	exs_status status;

	EXS_TRY(journal_open(options->journal, take_record, batch, &batch->head, &batch->old,
	                     &batch->journal, error));
	if (!batch->old || options->resume || options->report || options->only != EXS_BATCH_REST)
		return EXS_OK;
	status = exs_fail(error, E_BATCH_BEGUN, "the journal %s is there already", options->journal);
	error_why(error, "%llu of its %llu items have an outcome",
	          (unsigned long long)(batch->head.items - batch->standing.counts[BATCH_OPEN]),
	          (unsigned long long)batch->head.items);
	return status;
}

/* A journal that goes on must be this input's; a new one gets its first line. */
static exs_status
match(exs_batch *batch, const exs_batch_options *options, exs_error *error)
{
	EXS_SCOPED(batch_head) now = {.items = 0};

	EXS_TRY(mem_copy(options->target == NULL ? "" : options->target, &now.target, error));
	EXS_TRY(check_input(batch, !batch->old, &now, error));
	if (batch->old) {
		EXS_TRY(changed(batch, &now, options->journal, error));
	} else {
		batch->head = now;
		now.target = NULL;
		if (batch->journal != NULL)
			EXS_TRY(journal_begin(batch->journal, &batch->head, context_now(batch->context), error));
	}
	if (batch->standing.bytes.len == 0)
		return standing_begin(&batch->standing, batch->head.items, error);
	return EXS_OK;
}

static exs_status
copy_shape(exs_batch *batch, const exs_batch_options *options, exs_error *error)
{
	static const char *const nothing[] = {NULL};

	EXS_TRY(mem_copy(options->cmdlet, &batch->cmdlet, error));
	if (options->pattern != NULL)
		EXS_TRY(command_copy(options->pattern, nothing, &batch->pattern, error));
	batch->shape = (batch_shape){batch->cmdlet, batch->pattern, options->cmdlets, options->checks};
	return EXS_OK;
}

static void
count_before(exs_batch *batch)
{
	for (uint64_t i = 0; i < batch->head.items; i++)
		if (standing_state(&batch->standing, i) >= BATCH_DONE &&
		    !standing_is_wanted(&batch->standing, i, batch->only))
			batch->tally.before++;
}

exs_status
exs_batch_open(const exs_context *context, const exs_batch_options *options, exs_batch **ret_batch,
               exs_error *error)
{
	EXS_AUTO(exs_batch) *batch = mem_new(1, sizeof *batch);
	exs_batch_options given = {.size = sizeof given};

	if (batch == NULL)
		return mem_fail(error);
	memcpy(&given, options, options->size < sizeof given ? options->size : sizeof given);
	batch->context = context;
	batch->kept = -1;
	batch->only = given.only;
	batch->repeat = given.repeat;
	EXS_TRY(copy_shape(batch, &given, error));
	if (given.journal != NULL)
		EXS_TRY(open_journal(batch, &given, error));
	if (given.report && (batch->journal == NULL || !batch->old))
		return exs_fail(error, E_USAGE, "there is no journal to report from");
	if (given.input == NULL && !given.report)
		EXS_TRY(keep_input(context, given.input_fd, given.journal, batch->old, &batch->kept,
		                   &batch->path, error));
	else
		EXS_TRY(mem_copy(given.input, &batch->path, error));
	EXS_TRY(mem_copy(given.input == NULL ? "standard input" : given.input, &batch->name, error));
	if (!given.report)
		EXS_TRY(match(batch, &given, error));
	else if (batch->standing.bytes.len == 0)
		EXS_TRY(standing_begin(&batch->standing, batch->head.items, error));
	count_before(batch);
	EXS_GIVE(ret_batch, batch);
	return EXS_OK;
}

