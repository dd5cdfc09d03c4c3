/* One item as one request. */
#include "exchange/batch_call.h"

#include "base/error.h"
#include "exchange/invoke.h"

#include <stdio.h>

void
batch_call_clear(batch_fate *fate)
{
	buf_clear(&fate->message);
	buf_clear(&fate->rows);
	fate->code[0] = '\0';
}

void
batch_call_add_message(batch_fate *fate, const char *text)
{
	/* a message that is too long is as much of it as there is room for */
	size_t room = fate->message.ceiling - fate->message.len, len = strlen(text);

	if (fate->message.len > 0 && room > 2 + len)
		buf_puts(&fate->message, "; ");
	if (len <= room)
		buf_add(&fate->message, span_from(text, len));
}

static void
take_warnings(exs_rows *rows, batch_fate *fate)
{
	const char *warning;

	while ((warning = exs_rows_warning(rows)) != NULL)
		batch_call_add_message(fate, warning);
}

void
batch_call_add_row(batch_fate *fate, span row)
{
	if (!fate->has_rows || fate->rows.over_ceiling)
		return;
	if (fate->rows.len > 0)
		buf_byte(&fate->rows, ',');
	buf_add(&fate->rows, row);
}

static exs_status
read_rows(exs_rows *rows, batch_fate *fate, exs_error *error)
{
	const char *row;
	size_t      length;

	for (;;) {
		EXS_TRY(exs_rows_next(rows, &row, &length, error));
		take_warnings(rows, fate);
		if (row == NULL)
			return EXS_OK;
		batch_call_add_row(fate, span_from(row, length));
	}
}

/* What a list was asked for and does not fit is no success; a change was made whatever it answered. */
static void
judge_rows(const batch_item *item, batch_fate *fate)
{
	if (!fate->rows.over_ceiling)
		return;
	buf_clear(&fate->rows);
	fate->has_rows = false;
	batch_call_add_message(fate, "its rows are too long for an outcome; run the cmdlet by itself");
	if (!exs_command_reads(item->command))
		return;
	fate->state = BATCH_FAILED;
	snprintf(fate->code, sizeof fate->code, "%s", error_row_of(E_ANSWER_SIZE)->code);
}

void
batch_call_conclude(const batch_item *item, bool asks, batch_fate *fate)
{
	if (asks) {
		fate->state = BATCH_FAILED;
		snprintf(fate->code, sizeof fate->code, "%s", error_row_of(E_CONFIRM)->code);
		batch_call_add_message(fate, "nothing was done: the service asks for a confirmation");
		return;
	}
	fate->state = BATCH_DONE;
	judge_rows(item, fate);
}

exs_status
batch_call(exs_exchange *exchange, const batch_item *item, const exs_cmdlets *cmdlets, batch_fate *fate,
           exs_error *error)
{
	EXS_AUTO(exs_rows) *rows = NULL;

	batch_call_clear(fate);
	if (exs_command_has_secrets(item->command))
		EXS_TRY(exs_command_seal(item->command, cmdlets, error));
	EXS_TRY(exs_exchange_run(exchange, item->command, &rows, error));
	EXS_TRY(read_rows(rows, fate, error));
	batch_call_conclude(item, exs_rows_confirmation(rows) != NULL, fate);
	return EXS_OK;
}
