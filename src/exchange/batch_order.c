/*
 * Changes that come too late. See batch_order.h.
 *
 * Whether one change undoes another is judged by what they are called: the same object and the same noun, with another verb
 * (Add- and Remove-, Enable- and Disable-), or Set- twice with a parameter in common. Add- twice, for example, does not: each adds
 * its own. A doubt counts as yes, for then the item keeps its outcome and a person decides.
 */
#include "exchange/batch_order.h"

#include "base/error.h"
#include "exchange/batch_repeat.h"

#include <stdio.h>

/* FNV-1a over 64 bits, ASCII letters alike. */
static uint64_t
sum_of(span text)
{
	uint64_t sum = 14695981039346656037ULL;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];

		sum = (sum ^ (c >= 'A' && c <= 'Z' ? c + 32u : c)) * 1099511628211ULL;
	}
	return sum;
}

/* A bit for each parameter but those that name the object or say how to go about it. */
static uint64_t
parameters_of(const exs_command *command)
{
	static const char *const others[] = {"Identity", "Confirm", "Force", "ErrorAction", "WarningAction"};
	uint64_t bits = 0;

	for (size_t i = 0; i < command_count(command); i++) {
		span name = span_of(command_parameter(command, i));
		bool counts = true;

		for (size_t k = 0; k < sizeof others / sizeof others[0]; k++)
			counts = counts && !span_is_nocase(name, others[k]);
		if (counts)
			bits |= 1ULL << (sum_of(name) >> 58);
	}
	return bits;
}

static order_entry
entry_of(const batch_item *item)
{
	span name = span_of(exs_command_name(item->command)), noun = name, verb = span_cut(&noun, '-');

	return (order_entry){
		.item = item->number,
		.object = item->object,
		.noun = sum_of(noun),
		.name = sum_of(name),
		.parameters = parameters_of(item->command),
		.sets = span_is_nocase(verb, "Set"),
	};
}

static bool
would_undo(const order_entry *again, const order_entry *made)
{
	if (again->object != made->object || again->noun != made->noun)
		return false;
	if (again->name != made->name)
		return true;
	return again->sets && (again->parameters & made->parameters) != 0;
}

void
batch_order_done(batch_order *o)
{
	mem_free(o->entries);
	mem_free(o->buckets);
	*o = (batch_order){.count = 0};
}

static size_t *
bucket_of(const batch_order *o, uint64_t object)
{
	return &o->buckets[object % o->most];
}

static void
put(batch_order *o, order_entry entry)
{
	size_t *bucket = bucket_of(o, entry.object);

	if (o->count == o->most)
		return;
	entry.next = *bucket;
	o->entries[o->count++] = entry;
	*bucket = o->count;
}

static void
mark(batch_order *o, const order_entry *made)
{
	for (size_t at = *bucket_of(o, made->object); at != 0; at = o->entries[at - 1].next)
		if (would_undo(&o->entries[at - 1], made))
			o->entries[at - 1].later = made->item;
}

static exs_status
look_at(batch_order *o, const exs_batch *batch, batch_reader *reader, uint64_t number, exs_error *error)
{
	EXS_AUTO(batch_item) *item = NULL;
	batch_state state = standing_state(&batch->standing, number);
	bool again = state != BATCH_OPEN && state != BATCH_DONE &&
	             standing_is_wanted(&batch->standing, number, batch->only);
	bool made = state == BATCH_DONE || state == BATCH_SENT || state == BATCH_UNKNOWN;
	order_entry entry;

	if (!again && (!made || o->count == 0))
		return EXS_OK;
	EXS_TRY(batch_reader_item(reader, &item, error));
	if (item->command == NULL || exs_command_reads(item->command))
		return EXS_OK;
	if ((state == BATCH_SENT || state == BATCH_UNKNOWN) && !repeat_is_harmless(item->command))
		again = false;
	entry = entry_of(item);
	if (made && !again && o->count > 0)
		mark(o, &entry);
	if (again)
		put(o, entry);
	return EXS_OK;
}

/* How many may be made again, at most. */
static uint64_t
count_again(const exs_batch *batch)
{
	const uint64_t *counts = batch->standing.counts;
	uint64_t again = 0;

	if (batch->only == EXS_BATCH_REST || batch->only == EXS_BATCH_UNKNOWN)
		again += counts[BATCH_SENT] + counts[BATCH_UNKNOWN];
	if (batch->only == EXS_BATCH_FAILED)
		again += counts[BATCH_FAILED];
	if (batch->only == EXS_BATCH_FAILED || batch->only == EXS_BATCH_RETRYABLE)
		again += counts[BATCH_RETRYABLE];
	return again;
}

exs_status
batch_order_read(batch_order *o, const exs_batch *batch, exs_error *error)
{
	EXS_AUTO(batch_reader) *reader = NULL;
	bool more = true;

	*o = (batch_order){.most = (size_t)count_again(batch)};
	if (o->most == 0 || batch->repeat)
		return EXS_OK;
	o->entries = mem_new(o->most, sizeof *o->entries);
	o->buckets = mem_new(o->most, sizeof *o->buckets);
	if (o->entries == NULL || o->buckets == NULL)
		return mem_fail(error);
	EXS_TRY(batch_open_reader(batch, &reader, error));
	for (;;) {
		EXS_TRY(batch_reader_step(reader, &more, error));
		if (!more || batch_reader_count(reader) > batch->head.items)
			return EXS_OK;
		EXS_TRY(look_at(o, batch, reader, batch_reader_count(reader) - 1, error));
	}
}

/* The entry of that item, or NULL. */
static const order_entry *
find(const batch_order *o, uint64_t item)
{
	size_t low = 0, high = o->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (o->entries[middle].item < item)
			low = middle + 1;
		else
			high = middle;
	}
	return low < o->count && o->entries[low].item == item ? &o->entries[low] : NULL;
}

bool
order_refuses(const batch_order *o, batch_engine *engine, const batch_item *item)
{
	const order_entry *entry = find(o, item->number);
	const batch_standing *standing = &engine->batch->standing;
	batch_state state = standing_state(standing, item->number);
	EXS_SCOPED(batch_fate) fate;

	batch_fate_begin(&fate);
	if (entry == NULL || entry->later == 0)
		return false;
	fate.state = state == BATCH_SENT || state == BATCH_UNKNOWN ? BATCH_UNKNOWN : BATCH_FAILED;
	fate.attempts = standing_attempts(standing, item->number);
	snprintf(fate.code, sizeof fate.code, "%s", error_row_of(E_BATCH_ORDER)->code);
	buf_addf(&fate.message,
	         "%s: not made again, for item %llu of the input was made since and would be undone",
	         item->cmdlet, (unsigned long long)entry->later + 1);
	engine_tell(engine, item, &fate);
	return true;
}
