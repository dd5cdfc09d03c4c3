/* One item's part of an answer to several. */
#include "exchange/batch_member.h"

#include "api/envelope.h"
#include "api/plain.h"
#include "api/row.h"
#include "base/error.h"
#include "base/jsontext.h"
#include "exchange/batch_call.h"

#include <stdio.h>

void
member_is_missing(batch_member *m)
{
	m->fate.state = BATCH_UNKNOWN;
	snprintf(m->fate.code, sizeof m->fate.code, "%s", error_row_of(E_EXO_UNKNOWN)->code);
	buf_clear(&m->fate.message);
	buf_addf(&m->fate.message, "%s: the answer to several items had none for this one",
	         m->entry->item->cmdlet);
}

/* A header of the item, by name in any case, as text. */
static void
read_header(span response, const char *wanted, char *room, size_t size)
{
	EXS_SCOPED(buf) text = BUF(4096);
	span headers = jsontext_member(response, "headers"), name, value;
	jsontext_walk walk;

	room[0] = '\0';
	if (headers.at == NULL || jsontext_kind_of(headers) != JSONTEXT_OBJECT)
		return;
	walk = jsontext_open(headers);
	while (jsontext_next(&walk, &name, &value)) {
		if (!span_is_nocase(span_from(name.at + 1, name.len - 2), wanted))
			continue;
		if (jsontext_kind_of(value) == JSONTEXT_STRING)
			jsontext_decode(&text, value);
		else
			buf_add(&text, value);
		plain_copy(room, size, buf_span(&text));
		return;
	}
}

/* What the service said of a refusal. A change that the service gave up on has an open fate; all else is as with one item. */
static exs_status
take_refusal(batch_member *m, exs_exchange *exchange, span response, int status, span body,
             const exs_bearer *bearer, batch_pace *pace, exs_error *error)
{
	EXS_SCOPED(error_scratch) why = exs_error_new();
	char      header[64];
	uint64_t  seconds;
	fault     f;
	exs_status failed;

	if (why == NULL)
		return mem_fail(error);
	exchange->session->dialect->read(&f, status, body);
	read_header(response, "Retry-After", header, sizeof header);
	if (span_unsigned(span_of(header), &seconds) && seconds < 86400)
		f.retry_after = (int64_t)seconds;
	read_header(response, "request-id", f.request_id, sizeof f.request_id);
	if (f.kind == FAULT_TRANSIENT && status == 503 && f.retry_after >= 0)
		f.kind = FAULT_THROTTLED;
	failed = exchange->session->dialect->fail(&f, m->entry->item->cmdlet,
	                                          m->fate.client_request_id.at, bearer, why);
	if (f.kind == FAULT_THROTTLED)
		(void)pace_answer(pace, &(pace_word){true, f.retry_after, -1, -1});
	/* what may be repeated, and what a request of its own knows to deal with */
	m->alone = f.kind == FAULT_THROTTLED || f.kind == FAULT_UNAUTHORIZED ||
	           f.kind == FAULT_TRANSIENT || f.kind == FAULT_STRANGE ||
	           exchange_is_about_confirm(m->entry->item->command, why);
	if (!m->alone && failed != EXS_OK)
		fate_of_error(&m->fate, why, false);
	return EXS_OK;
}

static exs_status
take_cut(batch_member *m, envelope *e, const cut *found, exs_error *error)
{
	EXS_SCOPED(buf) row = BUF(CUTTER_ROW_MAX);
	span   identity;
	size_t at;

	if (found->kind == CUT_MEMBER)
		return envelope_take(e, found, error);
	if (found->kind != CUT_ROW || !m->fate.has_rows)
		return EXS_OK;
	if (!row_print(found->value, false, &row, &identity, &at))
		return exs_fail(error, E_ANSWER, "a row %s", row_problem(found->value));
	batch_call_add_row(&m->fate, buf_span(&row));
	return EXS_OK;
}

/* A body without a fault as far as its status goes. */
static exs_status
read_body(batch_member *m, envelope *e, span body, exs_error *error)
{
	cutter     c;
	cut        found = {.kind = CUT_MORE};
	bool       fed = false;
	exs_status status = EXS_OK;

	cutter_begin(&c);
	while (status == EXS_OK && found.kind != CUT_END) {
		status = cutter_next(&c, &found, error);
		if (status != EXS_OK)
			break;
		if (found.kind != CUT_MORE)
			status = take_cut(m, e, &found, error);
		else if (fed || body.len == 0)
			cutter_end(&c);
		else
			cutter_feed(&c, body);
		fed = fed || found.kind == CUT_MORE;
	}
	cutter_done(&c);
	return status;
}

static exs_status
take_good(batch_member *m, exs_exchange *exchange, span response, span body, const exs_bearer *bearer,
          batch_pace *pace, exs_error *error)
{
	EXS_SCOPED(envelope) e;
	const char *warning;

	envelope_begin(&e);
	if (read_body(m, &e, body, NULL) != EXS_OK) {
		/* an answer that cannot be read tells nothing; asked alone it may be clearer */
		m->alone = true;
		return EXS_OK;
	}
	if (e.error.len > 0)
		return take_refusal(m, exchange, response, 200, buf_span(&e.error), bearer, pace, error);
	if (e.next_link.len > 0 && exs_command_reads(m->entry->item->command)) {
		m->alone = true;
		return EXS_OK;
	}
	while ((warning = notes_next(&e.warnings)) != NULL)
		batch_call_add_message(&m->fate, warning);
	batch_call_conclude(m->entry->item, e.confirmation.len > 0, &m->fate);
	return EXS_OK;
}

exs_status
member_take(batch_member *m, exs_exchange *exchange, span response, const exs_bearer *bearer,
            batch_pace *pace, exs_error *error)
{
	span     told = jsontext_member(response, "status"), body = jsontext_member(response, "body");
	uint64_t status;

	if (told.at == NULL || !span_unsigned(told, &status) || status > 599) {
		member_is_missing(m);
		return EXS_OK;
	}
	if (body.at == NULL || jsontext_kind_of(body) == JSONTEXT_NULL)
		body = span_from("", 0);
	batch_call_clear(&m->fate);
	read_header(response, "request-id", m->fate.request_id, sizeof m->fate.request_id);
	if (status >= 200 && status < 300)
		return take_good(m, exchange, response, body, bearer, pace, error);
	return take_refusal(m, exchange, response, (int)status, body, bearer, pace, error);
}
