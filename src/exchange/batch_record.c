/* The lines of a batch's journal. */
#include "exchange/batch_record.h"

#include "base/moment.h"

#include <inttypes.h>
#include <zlib.h>

enum { SUM_LENGTH = sizeof ",\"sum\":\"00000000\"}" - 1 };

/* As they stand in the journal. */
static const char *const words[BATCH_STATES] = {
	[BATCH_OPEN] = "",           [BATCH_SENT] = "",
	[BATCH_DONE] = "done",       [BATCH_FAILED] = "failed",
	[BATCH_RETRYABLE] = "retryable", [BATCH_SKIPPED] = "skipped",
	[BATCH_UNKNOWN] = "unknown",
};

const char *
batch_state_outcome(batch_state state)
{
	return words[state == BATCH_RETRYABLE ? BATCH_FAILED : state];
}

static void
open_line(buf *to, uint64_t item, int64_t seconds)
{
	buf_addf(to, "{\"item\":%" PRIu64 ",\"at\":\"%s\",", item, moment_print(seconds).at);
}

void
record_begun(buf *to, uint64_t item, int64_t seconds, const char *client_request_id)
{
	open_line(to, item, seconds);
	buf_addf(to, "\"begun\":\"%s\"", client_request_id);
}

void
record_returned(buf *to, uint64_t item, int64_t seconds, const char *code)
{
	open_line(to, item, seconds);
	buf_addf(to, "\"returned\":\"%s\"", code);
}

void
record_settled(buf *to, uint64_t item, int64_t seconds, batch_state state, span outcome)
{
	open_line(to, item, seconds);
	buf_addf(to, "\"settled\":\"%s\",\"outcome\":", words[state]);
	buf_add(to, outcome);
}

static uint32_t
sum_of(uint32_t chain, span text)
{
	return (uint32_t)crc32_z(chain, (const unsigned char *)text.at, text.len);
}

void
record_seal(buf *to, size_t from, uint32_t *chain)
{
	span line = buf_span(to);

	*chain = sum_of(*chain, span_from(line.at + from, line.len - from));
	buf_addf(to, ",\"sum\":\"%08" PRIx32 "\"}\n", *chain);
}

static int
digit_of(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
record_sound(span line, uint32_t *chain)
{
	uint32_t    said = 0;
	span        tail, told = line;
	uint32_t    sum;

	if (line.len <= SUM_LENGTH)
		return false;
	told.len -= SUM_LENGTH;
	tail = span_from(line.at + told.len, SUM_LENGTH);
	if (!span_starts(tail, ",\"sum\":\"") || memcmp(tail.at + SUM_LENGTH - 2, "\"}", 2) != 0)
		return false;
	for (size_t i = 8; i < 16; i++) {
		int digit = digit_of(tail.at[i]);

		if (digit < 0)
			return false;
		said = said * 16 + (uint32_t)digit;
	}
	sum = sum_of(*chain, told);
	if (sum != said)
		return false;
	*chain = sum;
	return true;
}

/* Takes the text away from the front of rest. */
static bool
take(span *rest, const char *text)
{
	if (!span_starts(*rest, text))
		return false;
	*rest = span_from(rest->at + strlen(text), rest->len - strlen(text));
	return true;
}

static bool
take_number(span *rest, uint64_t *ret)
{
	size_t n = 0;

	while (n < rest->len && rest->at[n] >= '0' && rest->at[n] <= '9')
		n++;
	if (!span_unsigned(span_from(rest->at, n), ret))
		return false;
	*rest = span_from(rest->at + n, rest->len - n);
	return true;
}

static bool
take_settled(span rest, batch_record *ret)
{
	span word;

	if (!take(&rest, "\"settled\":\""))
		return false;
	word = span_cut(&rest, '"');
	for (int i = BATCH_DONE; i < BATCH_STATES; i++)
		if (span_is(word, words[i]))
			ret->state = (batch_state)i;
	if (ret->state == BATCH_OPEN || !take(&rest, ",\"outcome\":"))
		return false;
	ret->outcome = rest;
	return rest.len > 0;
}

bool
record_read(span line, batch_record *ret)
{
	span rest;

	*ret = (batch_record){.state = BATCH_OPEN};
	if (line.len <= SUM_LENGTH)
		return false;
	rest = span_from(line.at, line.len - SUM_LENGTH);
	if (!take(&rest, "{\"item\":") || !take_number(&rest, &ret->item) ||
	    !take(&rest, ",\"at\":\""))
		return false;
	(void)span_cut(&rest, '"');
	if (!take(&rest, ","))
		return false;
	if (take(&rest, "\"begun\":\"")) {
		ret->state = BATCH_SENT;
		ret->request = span_cut(&rest, '"');
		return true;
	}
	return span_starts(rest, "\"returned\":\"") || take_settled(rest, ret);
}
