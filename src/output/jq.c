/* --jq. */
#include "output/jq.h"

#include "base/error.h"
#include "output/exact.h"
#include "output/jq_library.h"
#include "output/sink.h"

#include <limits.h>

enum { SAID_MAX = 1000, NAME_MAX_BYTES = 100 };

struct jq_filter {
	const jq_library *jq;
	jq_state         *state;
	buf               said; /* what libjq complains about */
	buf               row;
	char              inexact[NAME_MAX_BYTES + 1];
	bool              is_inexact;
};

/* "jq: error: syntax error, ... (Unix shell quoting issues?) at <top-level>, line 1:\n.a[\njq: 1 compile error" */
static void
hear(void *self, jv message)
{
	jq_filter *filter = self;
	span       text, lead = span_of("jq: error: ");

	if (filter->jq->get_kind(message) == JV_KIND_STRING && filter->said.len == 0) {
		text = span_of(filter->jq->string_value(message));
		text = span_cut(&text, '\n');
		if (span_starts(text, lead.at))
			text = span_from(text.at + lead.len, text.len - lead.len);
		if (text.len > 0 && text.at[text.len - 1] == ':')
			text.len--;
		buf_add(&filter->said, text);
	}
	filter->jq->free_value(message);
}

/* libjq ends the process when an expression imports something and nobody said where from. Here: from nowhere. */
static void
set_paths(const jq_filter *filter)
{
	const jq_library *jq = filter->jq;

	jq->set_attr(filter->state, jq->string("JQ_LIBRARY_PATH"), jq->array());
	jq->set_attr(filter->state, jq->string("JQ_ORIGIN"), jq->string("/"));
	jq->set_attr(filter->state, jq->string("PROGRAM_ORIGIN"), jq->string("/"));
}

exs_status
jq_filter_new(const char *expression, jq_filter **ret, exs_error *error)
{
	EXS_AUTO(jq_filter) *filter = mem_new(1, sizeof *filter);
	exs_status status;

	if (filter == NULL)
		return mem_fail(error);
	filter->said = BUF(SAID_MAX);
	filter->row = BUF(SINK_ROW_MAX);
	EXS_TRY(jq_library_get(&filter->jq, error));
	filter->state = filter->jq->init();
	if (filter->state == NULL)
		return mem_fail(error);
	filter->jq->set_error_cb(filter->state, hear, filter);
	set_paths(filter);
	if (filter->jq->compile(filter->state, expression) == 0) {
		status = exs_fail(error, E_JQ, "--jq: %s",
		                  filter->said.len > 0 ? buf_text(&filter->said) : "the expression is none");
		error_why(error, "nothing was sent; the expression is %.400s", expression);
		return status;
	}
	buf_clear(&filter->said);
	EXS_GIVE(ret, filter);
	return EXS_OK;
}

void
jq_filter_free(jq_filter *filter)
{
	if (filter == NULL)
		return;
	if (filter->state != NULL)
		filter->jq->teardown(&filter->state);
	buf_done(&filter->said);
	buf_done(&filter->row);
	mem_free(filter);
}

static exs_status
fail_row(jq_filter *filter, uint64_t number, jv message, exs_error *error)
{
	const jq_library *jq = filter->jq;
	/* other values than texts can be thrown */
	jv         text = jq->get_kind(message) == JV_KIND_STRING ? message : jq->dump_string(message, 0);
	exs_status status = exs_fail(error, E_JQ_ROW, "--jq failed at row %llu: %.600s",
	                             (unsigned long long)number, jq->string_value(text));

	jq->free_value(text);
	return status;
}

/* The row for libjq, with numbers it can hold. */
static exs_status
read_row(jq_filter *filter, span row, uint64_t number, jv *ret, exs_error *error)
{
	const jq_library *jq = filter->jq;
	span inexact;
	jv   value;

	buf_clear(&filter->row);
	exact_add(&filter->row, row, &inexact);
	EXS_TRY(buf_check(&filter->row, "a row", error));
	if (inexact.at != NULL && !filter->is_inexact) {
		size_t n = inexact.len < NAME_MAX_BYTES ? inexact.len : NAME_MAX_BYTES;

		memcpy(filter->inexact, inexact.at, n);
		filter->is_inexact = true;
	}
	if (filter->row.len > INT_MAX)
		return exs_fail(error, E_ANSWER_SIZE, "row %llu is too large for --jq",
		                (unsigned long long)number);
	value = jq->parse_sized(buf_text(&filter->row), (int)filter->row.len);
	if (jq->get_kind(value) == JV_KIND_INVALID)
		return fail_row(filter, number, jq->invalid_get_msg(value), error);
	*ret = value;
	return EXS_OK;
}

static exs_status
take(const jq_filter *filter, jv value, const jq_taker *taker, exs_error *error)
{
	const jq_library *jq = filter->jq;
	jv         text = jq->dump_string(value, 0);
	exs_status status = taker->take(taker->self,
	                                span_from(jq->string_value(text),
	                                          (size_t)jq->string_length(jq->copy(text))),
	                                error);

	jq->free_value(text);
	return status;
}

exs_status
jq_filter_row(jq_filter *filter, span row, uint64_t number, const jq_taker *taker, exs_error *error)
{
	const jq_library *jq = filter->jq;
	jv input, result;

	EXS_TRY(read_row(filter, row, number, &input, error));
	jq->start(filter->state, input, 0);
	for (;;) {
		result = jq->next(filter->state);
		if (jq->get_kind(result) == JV_KIND_INVALID)
			break;
		EXS_TRY(take(filter, result, taker, error));
	}
	if (jq->invalid_has_msg(jq->copy(result)))
		return fail_row(filter, number, jq->invalid_get_msg(result), error);
	jq->free_value(result);
	if (jq->halted(filter->state))
		return exs_fail(error, E_JQ_ROW, "--jq halted at row %llu", (unsigned long long)number);
	return EXS_OK;
}

const char *
jq_filter_inexact(const jq_filter *filter)
{
	return filter->is_inexact ? filter->inexact : NULL;
}
