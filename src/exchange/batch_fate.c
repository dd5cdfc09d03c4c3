/* What became of an item. */
#include "exchange/batch_fate.h"

#include "base/error.h"
#include "base/jsontext.h"

#include <inttypes.h>
#include <stdio.h>

void
batch_fate_begin(batch_fate *fate)
{
	*fate = (batch_fate){.message = BUF(FATE_TEXT_MAX), .rows = BUF(FATE_ROWS_MAX)};
}

void
batch_fate_done(batch_fate *fate)
{
	buf_done(&fate->message);
	buf_done(&fate->rows);
}

bool
fate_is_everybodys(const exs_error *error)
{
	/* the answer to one item, however it came */
	static const error_id own[] = {E_TIMEOUT, E_ANSWER, E_ANSWER_SIZE, E_SERVICE};

	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		if (error_is(error, own[i]))
			return false;
	switch (exs_error_status(error)) {
	case EXS_INTERNAL:
	case EXS_CONFIG:
	case EXS_PIN:
	case EXS_DEVICE:
	case EXS_KEY:
	case EXS_DIRECTORY:
	case EXS_NETWORK:
	case EXS_THROTTLED:
	case EXS_BROKER:
	case EXS_CANCELLED:
		return true;
	default:
		return error_is(error, E_EXO_UNAUTHORIZED) || error_is(error, E_BATCH_RECORD);
	}
}

/* May it have passed when the same is asked again? */
static bool
may_have_passed(const exs_error *error)
{
	static const error_id ids[] = {E_TIMEOUT, E_ANSWER, E_SERVICE, E_EXO_INCOMPLETE, E_EXO_PAGING};

	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
		if (error_is(error, ids[i]))
			return true;
	return exs_error_status(error) == EXS_THROTTLED || exs_error_status(error) == EXS_NETWORK;
}

void
fate_of_error(batch_fate *fate, const exs_error *error, bool begun)
{
	const char *why = exs_error_why(error);

	if (error_is(error, E_EXO_UNKNOWN) || (begun && exs_error_status(error) == EXS_CANCELLED))
		fate->state = BATCH_UNKNOWN;
	else if (fate_is_everybodys(error))
		fate->state = BATCH_OPEN;
	else
		fate->state = may_have_passed(error) ? BATCH_RETRYABLE : BATCH_FAILED;
	snprintf(fate->code, sizeof fate->code, "%s", exs_error_code(error));
	buf_clear(&fate->message);
	buf_add(&fate->message, span_of(exs_error_message(error)));
	if (why[0] != '\0' && fate->state == BATCH_UNKNOWN)
		buf_addf(&fate->message, ": %s", why);
}

static void
set_unknown(batch_fate *fate)
{
	fate->state = BATCH_UNKNOWN;
	snprintf(fate->code, sizeof fate->code, "%s", error_row_of(E_EXO_UNKNOWN)->code);
	buf_clear(&fate->message);
}

void
fate_doubt(batch_fate *fate, const char *cmdlet)
{
	char last[512];

	snprintf(last, sizeof last, "%s", buf_text(&fate->message));
	set_unknown(fate);
	buf_addf(&fate->message,
	         "%s: the answer to an earlier try was lost, so it is not known whether the change was made; "
	         "the last try: %s", cmdlet, last);
}

void
fate_stays_unknown(batch_fate *fate, const char *cmdlet)
{
	set_unknown(fate);
	buf_addf(&fate->message, "%s: begun in an earlier run whose answer was lost, and no read proves "
	         "that it was not made", cmdlet);
}

static void
add_text(buf *to, const char *name, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	buf_addf(to, ",\"%s\":", name);
	jsontext_quote(to, span_of(text));
}

static void
print_item(const batch_item *item, buf *to)
{
	buf_puts(to, "{\"id\":");
	if (item->id != NULL)
		jsontext_quote(to, span_of(item->id));
	else
		buf_addf(to, "\"%" PRIu64 "\"", item->number + 1);
	buf_addf(to, ",\"line\":%" PRIu64, item->line);
	add_text(to, "cmdlet", item->cmdlet);
}

void
fate_print_request(const batch_item *item, span request, buf *to)
{
	print_item(item, to);
	buf_puts(to, ",\"request\":");
	buf_add(to, request);
	buf_byte(to, '}');
}

void
fate_print(const batch_fate *fate, const batch_item *item, buf *to)
{
	print_item(item, to);
	buf_addf(to, ",\"outcome\":\"%s\",\"attempts\":%u", batch_state_outcome(fate->state),
	         fate->attempts);
	add_text(to, "clientRequestId", fate->client_request_id.at);
	add_text(to, "requestId", fate->request_id);
	add_text(to, "code", fate->code);
	add_text(to, "message", buf_text(&fate->message));
	if (fate->has_rows) {
		buf_puts(to, ",\"rows\":[");
		buf_add(to, buf_span(&fate->rows));
		buf_byte(to, ']');
	}
	buf_byte(to, '}');
}
