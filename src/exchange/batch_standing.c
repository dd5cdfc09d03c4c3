/* How every item of a batch stands. */
#include "exchange/batch_standing.h"

#include "base/error.h"

enum { STATE_MASK = 15, ATTEMPTS_SHIFT = 4, ATTEMPTS_MOST = 15 };

exs_status
standing_begin(batch_standing *s, uint64_t items, exs_error *error)
{
	char *room;

	*s = (batch_standing){.bytes = BUF(STANDING_ITEMS_MAX)};
	if (items > STANDING_ITEMS_MAX)
		return exs_fail(error, E_BATCH_INPUT, "more than %d items", STANDING_ITEMS_MAX);
	room = buf_grow(&s->bytes, (size_t)items);
	if (room == NULL)
		return mem_fail(error);
	memset(room, 0, (size_t)items);
	buf_grew(&s->bytes, (size_t)items);
	s->counts[BATCH_OPEN] = items;
	return EXS_OK;
}

void
batch_standing_done(batch_standing *s)
{
	buf_done(&s->bytes);
}

static unsigned char
byte_of(const batch_standing *s, uint64_t item)
{
	return (unsigned char)s->bytes.at[item];
}

batch_state
standing_state(const batch_standing *s, uint64_t item)
{
	return (batch_state)(byte_of(s, item) & STATE_MASK);
}

unsigned
standing_attempts(const batch_standing *s, uint64_t item)
{
	return byte_of(s, item) >> ATTEMPTS_SHIFT;
}

void
standing_set(batch_standing *s, uint64_t item, batch_state state, unsigned attempts)
{
	if (attempts > ATTEMPTS_MOST)
		attempts = ATTEMPTS_MOST;
	s->counts[standing_state(s, item)]--;
	s->counts[state]++;
	s->bytes.at[item] = (char)(attempts << ATTEMPTS_SHIFT | (unsigned)state);
}

void
standing_take(batch_standing *s, const batch_record *record)
{
	unsigned attempts = standing_attempts(s, record->item);

	if (record->state == BATCH_SENT)
		attempts++;
	standing_set(s, record->item, record->state, attempts);
}

bool
standing_is_wanted(const batch_standing *s, uint64_t item, exs_batch_only only)
{
	batch_state state = standing_state(s, item);

	switch (only) {
	case EXS_BATCH_FAILED:
		return state == BATCH_FAILED || state == BATCH_RETRYABLE;
	case EXS_BATCH_RETRYABLE:
		return state == BATCH_RETRYABLE;
	case EXS_BATCH_UNKNOWN:
		return state == BATCH_UNKNOWN || state == BATCH_SENT;
	default:
		return state == BATCH_OPEN || state == BATCH_SENT || state == BATCH_UNKNOWN;
	}
}

void
standing_count(const batch_standing *s, exs_batch_tally *ret)
{
	ret->done = s->counts[BATCH_DONE];
	ret->failed = s->counts[BATCH_FAILED] + s->counts[BATCH_RETRYABLE];
	ret->retryable = s->counts[BATCH_RETRYABLE];
	ret->skipped = s->counts[BATCH_SKIPPED];
	ret->unknown = s->counts[BATCH_UNKNOWN] + s->counts[BATCH_SENT];
	ret->left = s->counts[BATCH_OPEN];
	ret->items = ret->done + ret->failed + ret->skipped + ret->unknown + ret->left;
}
