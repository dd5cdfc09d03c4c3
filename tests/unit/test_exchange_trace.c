/*
 * Walks without a next link, against services whose whole contents are known: every row once, or an error that says so.
 *
 * The services here are models that a test can make awkward; the sandbox (tests/e2e/62_walks.sh) is a second opinion.
 */
#include "support/fake_service.h"
#include "support/test.h"

#include "base/json.h"
#include "base/jsontext.h"
#include "base/moment.h"
#include "exchange/invoke.h"
#include "exchange/period.h"
#include "exchange/walk_trace.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROWS_MAX = 4000 };

/* What the service holds, and how it misbehaves. */
typedef struct model {
	size_t   n;
	int64_t  at[ROWS_MAX];     /* seconds; newest first */
	unsigned whom[ROWS_MAX];   /* recipient, ascending within a second */
	unsigned shown[ROWS_MAX];  /* how often the walk gave it */
	bool     inclusive;        /* StartingRecipientAddress belongs to the answer */
	bool     whole_moment;     /* StartingRecipientAddress is ignored */
	bool     cuts_quietly;     /* answers end early, without a warning */
	size_t   cap;              /* rows of an answer, whatever was asked for; 0: none */
	bool     loses_at_seams;   /* the first row behind a seam is left out */
	unsigned throttled;        /* refuses so many requests */
	unsigned requests;
	int64_t  from, to;
} model;

static const json *
parameters_of(const fake_request *request, json **ret_tree)
{
	assert_ok(json_parse(span_of(request->body), "the request", ret_tree, test_error()));
	return json_member(json_member(*ret_tree, "CmdletInput"), "Parameters");
}

static size_t
number_of(const json *parameters, const char *name)
{
	int64_t number = 0;

	return json_whole(json_member(parameters, name), &number) ? (size_t)number : 0;
}

static int64_t
date_of(const json *parameters, const char *name)
{
	int64_t at;

	assert_true(moment_parse(span_of(json_string(json_member(parameters, name))), &at));
	return at;
}

static void
write_trace(buf *body, const model *m, size_t i, bool first)
{
	buf_addf(body, "%s{\"MessageTraceId\":\"m%zu\",\"Received\":\"%.19s.0000000Z\",\"RecipientAddress\":\"r%04u@x\"}",
	         first ? "" : ",", i, moment_print(m->at[i]).at, m->whom[i]);
}

static bool
is_behind(const model *m, size_t i, int64_t end, const char *starting)
{
	unsigned from = starting[0] == 'r' ? (unsigned)strtoul(starting + 1, NULL, 10) : 0;

	if (m->at[i] != end || starting[0] == '\0' || m->whole_moment)
		return m->at[i] <= end;
	return m->inclusive ? m->whom[i] >= from : m->whom[i] > from;
}

static int
answer_trace(void *self, const fake_request *request, buf *body)
{
	EXS_AUTO(json) *tree = NULL;
	model *m = self;
	const json *p = parameters_of(request, &tree);
	const char *starting = json_string(json_member(p, "StartingRecipientAddress"));
	size_t size = number_of(p, "ResultSize"), n = 0;
	int64_t start = date_of(p, "StartDate"), end = date_of(p, "EndDate");
	bool   more = false, lose = m->loses_at_seams && starting[0] != '\0';

	m->requests++;
	assert_true(end - start <= 10 * PERIOD_DAY);
	if (m->throttled > 0) {
		m->throttled--;
		buf_puts(body, "{\"error\":{\"code\":\"BadRequest\",\"message\":\"x\",\"details\":[{\"message\":\"Your recent "
		               "queries have surpassed the permitted limit.\"}]}}");
		return 400;
	}
	if (m->cap > 0 && m->cap < size)
		size = m->cap;
	buf_puts(body, "{\"value\":[");
	for (size_t i = 0; i < m->n && !more; i++) {
		if (m->at[i] < start || !is_behind(m, i, end, starting))
			continue;
		more = n == size;
		if (!more && !lose)
			write_trace(body, m, i, n == 0);
		n += !more && !lose;
		lose = false;
	}
	buf_addf(body, "],\"@adminapi.warnings\":[%s]}",
	         more && !m->cuts_quietly ? "\"There are more results, use the following command\"" : "");
	return 200;
}

/* What became of a walk. */
typedef struct outcome {
	exs_status status;
	uint64_t   rows, repeated;
	unsigned   logged_waits;
	char       why[512];
} outcome;

typedef void (*shower)(model *m, span row, outcome *o);

static void
show_trace(model *m, span row, outcome *o)
{
	unsigned long i = strtoul(jsontext_member(row, "MessageTraceId").at + 2, NULL, 10);

	o->rows++;
	o->repeated += m->shown[i]++ > 0;
}

static outcome
walk_model(model *m, fake_answerer answer, shower show, const char *line, unsigned page)
{
	static const fake_step none[] = {{.status = 200}};
	exs_exchange_options options = {.size = sizeof options, .page_size = page};
	fake_service *s = fake_service_new(none, 1);
	EXS_AUTO(exs_command) *command = NULL;
	exs_exchange *exchange = NULL;
	exs_rows     *rows = NULL;
	exs_error    *error = test_error();
	outcome       o = {.status = EXS_OK};
	const char   *row = NULL;
	size_t        length;

	m->requests = 0;
	memset(m->shown, 0, sizeof m->shown);
	fake_wire_answer(s->wire, answer, m);
	assert_ok(exs_command_parse(line, strlen(line), &command, test_error()));
	assert_ok(exchange_over(&s->session, &options, &exchange, test_error()));
	o.status = exs_exchange_run(exchange, command, &rows, error);
	while (o.status == EXS_OK) {
		o.status = exs_rows_next(rows, &row, &length, error);
		if (o.status != EXS_OK || row == NULL)
			break;
		show(m, span_from(row, length), &o);
	}
	assert_null(rows == NULL ? NULL : exs_rows_warning(rows));
	snprintf(o.why, sizeof o.why, "%s: %s", exs_error_message(error), exs_error_why(error));
	o.logged_waits = (unsigned)fake_host_logged(s->host, "waiting");
	exs_rows_free(rows);
	exs_exchange_free(exchange);
	fake_service_free(s);
	return o;
}

/* n rows over the days before FAKE_NOW, `crowd` of them in every second that has any. */
static model *
trace_of(size_t n, unsigned days, unsigned crowd, unsigned recipients)
{
	static model m;

	m = (model){.n = n};
	for (size_t i = 0; i < n; i++) {
		m.at[i] = FAKE_NOW - 10 - (int64_t)(i / crowd) * (int64_t)days * PERIOD_DAY / (int64_t)(n / crowd + 1);
		m.whom[i] = (unsigned)(i % crowd) * recipients / crowd;
	}
	return &m;
}

static void
expect_all(const model *m, const outcome *o)
{
	if (o->status != EXS_OK || o->rows != m->n || o->repeated > 0)
		fail_msg("status %d, %llu of %zu rows, %llu twice: %s", (int)o->status, (unsigned long long)o->rows,
		         m->n, (unsigned long long)o->repeated, o->why);
}

static const char *
trace_line(unsigned days)
{
	static char line[128];

	snprintf(line, sizeof line, "Get-MessageTraceV2 -StartDate %s -EndDate %.10s",
	         moment_print(FAKE_NOW - (int64_t)days * PERIOD_DAY - 60).at, moment_print(FAKE_NOW + PERIOD_DAY).at);
	return line;
}

static void
fresh_budget(void)
{
	trace_budget.n = 0;
	trace_budget.window_ms = 1; /* who tests it sets it */
}

static void
every_row_of_a_trace_comes_once_whatever_the_service_takes_for_behind(void **state)
{
	static const unsigned crowds[] = {1, 2, 3, 7, 50}, sizes[] = {3, 5, 7, 50, 999};

	(void)state;
	for (size_t c = 0; c < sizeof crowds / sizeof crowds[0]; c++) {
		for (size_t p = 0; p < sizeof sizes / sizeof sizes[0]; p++) {
			for (int kind = 0; kind < 3; kind++) {
				model  *m = trace_of(150, 25, crowds[c], crowds[c]);
				outcome o;

				m->inclusive = kind == 1;
				m->whole_moment = kind == 2;
				if (m->whole_moment && sizes[p] <= crowds[c])
					continue;
				fresh_budget();
				o = walk_model(m, answer_trace, show_trace, trace_line(25), sizes[p]);
				expect_all(m, &o);
			}
		}
	}
}

/* Two messages to one recipient in one second: the place between them cannot be named. */
static void
rows_that_share_their_place_are_not_lost_at_a_seam(void **state)
{
	static const unsigned sizes[] = {4, 5, 6, 7, 11, 20};

	(void)state;
	for (size_t p = 0; p < sizeof sizes / sizeof sizes[0]; p++) {
		for (int inclusive = 0; inclusive < 2; inclusive++) {
			model  *m = trace_of(120, 8, 12, 4);
			outcome o;

			m->inclusive = inclusive == 1;
			fresh_budget();
			o = walk_model(m, answer_trace, show_trace, trace_line(8), sizes[p]);
			expect_all(m, &o);
		}
	}
}

static void
more_rows_in_one_place_than_in_an_answer_are_an_error_and_no_loop(void **state)
{
	(void)state;
	for (int kind = 0; kind < 2; kind++) {
		model  *m = trace_of(120, 8, 60, 1);
		outcome o;

		m->inclusive = kind == 1;
		fresh_budget();
		o = walk_model(m, answer_trace, show_trace, trace_line(8), 50);
		assert_int_equal(o.status, EXS_INCOMPLETE);
		assert_non_null(strstr(o.why, "share one Received"));
		assert_in_range(m->requests, 1, 4);
	}
}

static void
an_answer_that_does_not_fit_behind_the_last_is_an_error(void **state)
{
	model  *m = trace_of(200, 8, 4, 4);
	outcome o;

	(void)state;
	m->loses_at_seams = true;
	fresh_budget();
	o = walk_model(m, answer_trace, show_trace, trace_line(8), 50);
	assert_int_equal(o.status, EXS_INCOMPLETE);
	assert_non_null(strstr(o.why, "does not begin where"));
}

static void
a_short_answer_of_a_thousand_rows_is_not_believed(void **state)
{
	model  *m = trace_of(3500, 8, 3, 3);
	outcome o;

	(void)state;
	m->cap = 1000;
	m->cuts_quietly = true;
	fresh_budget();
	o = walk_model(m, answer_trace, show_trace, trace_line(8), 0);
	expect_all(m, &o);
}

static void
so_many_rows_are_enough(void **state)
{
	model  *m = trace_of(300, 25, 3, 3);
	outcome o;
	char    line[200];

	(void)state;
	for (unsigned n = 1; n <= 256; n *= 4) {
		snprintf(line, sizeof line, "%s -ResultSize %u", trace_line(25), n);
		fresh_budget();
		o = walk_model(m, answer_trace, show_trace, line, 60);
		assert_int_equal(o.status, EXS_OK);
		assert_int_equal(o.rows, n);
		assert_int_equal(o.repeated, 0);
	}
	fresh_budget();
	(void)walk_model(m, answer_trace, show_trace, "Get-MessageTraceV2 -ResultSize 2", 0);
	assert_int_equal(m->requests, 1);
}

static void
every_request_is_taken_from_the_budget(void **state)
{
	model  *m = trace_of(240, 8, 1, 1);
	outcome o;

	(void)state;
	fresh_budget();
	trace_budget.window_ms = 5 * 60 * 1000;
	o = walk_model(m, answer_trace, show_trace, trace_line(8), 50);
	expect_all(m, &o);
	assert_int_equal(trace_budget.n, m->requests);
}

static void
a_throttled_trace_waits_and_goes_on(void **state)
{
	model  *m = trace_of(100, 8, 1, 1);
	outcome o;

	(void)state;
	fresh_budget();
	m->throttled = 12;
	trace_budget.window_ms = 20;
	o = walk_model(m, answer_trace, show_trace, trace_line(8), 50);
	expect_all(m, &o);
	assert_int_equal(o.logged_waits, 2);
	m->throttled = 1000;
	fresh_budget();
	o = walk_model(m, answer_trace, show_trace, trace_line(8), 50);
	assert_int_equal(o.status, EXS_THROTTLED);
}

static void
dates_out_of_reach_are_refused_unsent(void **state)
{
	static const char *const lines[] = {
		"Get-MessageTraceV2 -StartDate 2026-01-01 -EndDate 2026-01-02",
		"Get-MessageTraceV2 -StartDate yesterday",
		"Get-MessageTraceV2 -StartDate 2026-11-20 -EndDate 2026-11-19",
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		model  *m = trace_of(1, 1, 1, 1);
		outcome o = walk_model(m, answer_trace, show_trace, lines[i], 0);

		assert_int_equal(o.status, EXS_USAGE);
		assert_int_equal(m->requests, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_of_a_trace_comes_once_whatever_the_service_takes_for_behind),
		cmocka_unit_test(rows_that_share_their_place_are_not_lost_at_a_seam),
		cmocka_unit_test(more_rows_in_one_place_than_in_an_answer_are_an_error_and_no_loop),
		cmocka_unit_test(an_answer_that_does_not_fit_behind_the_last_is_an_error),
		cmocka_unit_test(a_short_answer_of_a_thousand_rows_is_not_believed),
		cmocka_unit_test(so_many_rows_are_enough),
		cmocka_unit_test(every_request_is_taken_from_the_budget),
		cmocka_unit_test(a_throttled_trace_waits_and_goes_on),
		cmocka_unit_test(dates_out_of_reach_are_refused_unsent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
