/* A batch over a scripted service: every item has one outcome, whatever becomes of requests, answers, journal and host. */
#include "support/batch_stage.h"
#include "support/test.h"

static unsigned
count_of(const char *text, const char *what)
{
	unsigned n = 0;

	for (const char *at = text; (at = strstr(at, what)) != NULL; at++)
		n++;
	return n;
}

#define SET(who)  "{\"cmdlet\":\"Set-Mailbox\",\"parameters\":{\"Identity\":\"" who "\",\"CustomAttribute1\":\"CANARY\"}}\n"
#define GET(who)  "{\"cmdlet\":\"Get-Mailbox\",\"parameters\":{\"Identity\":\"" who "\"}}\n"
#define NEW(who)  "{\"cmdlet\":\"New-Mailbox\",\"parameters\":{\"Name\":\"" who "\"}}\n"
#define TWENTY                                                                                     \
	SET("a") SET("b") SET("c") SET("d") SET("e") SET("f") SET("g") SET("h") SET("i") SET("j")  \
	GET("k") GET("l") GET("m") GET("n") GET("o") GET("p") GET("q") GET("r") GET("s") GET("t")

static void
every_item_has_one_outcome_and_ten_share_a_request(void **state)
{
	stage s;

	(void)state;
	stage_begin(&s, TWENTY);
	s.how.reversed = true;
	s.run.rows = true;
	assert_ok(stage_run(&s, test_error()));
	assert_int_equal(s.tally.done, 20);
	assert_int_equal(s.n_told, 20);
	assert_true(s.how.batches >= 2);
	assert_int_equal(s.how.written, 20);
	/* each item got its own answer, in whatever order they came */
	assert_int_equal(count_of(buf_text(&s.told), "\"outcome\":\"done\",\"attempts\":1"), 20);
	assert_non_null(strstr(buf_text(&s.told), "\"id\":\"11\",\"line\":11,\"cmdlet\":\"Get-Mailbox\""));
	assert_non_null(strstr(buf_text(&s.told), "\"rows\":[{\"Who\":\"k\"}]"));
	stage_done(&s);
}

static void
one_failed_among_successes_fails_alone(void **state)
{
	exs_error *error = test_error();
	stage      s;

	(void)state;
	stage_begin(&s, SET("a") SET("bad") SET("slow") GET("long") SET("b"));
	assert_int_equal(stage_run(&s, error), EXS_INCOMPLETE);
	assert_string_equal(exs_error_code(error), "E-BATCH-PARTIAL");
	assert_int_equal(s.tally.done, 4);
	assert_int_equal(s.tally.failed, 1);
	assert_non_null(strstr(buf_text(&s.told), "\"code\":\"E-EXO-NOT-FOUND\""));
	/* the one that was told to wait, and the one with a next link, went once more, alone */
	assert_true(s.how.alone >= 2);
	stage_done(&s);
}

static void
an_answer_that_is_missing_is_asked_for_alone(void **state)
{
	stage s;

	(void)state;
	stage_begin(&s, SET("a") SET("b") SET("c") SET("d") SET("e"));
	s.how.missing = 2;
	assert_ok(stage_run(&s, test_error()));
	assert_int_equal(s.tally.done, 5);
	assert_true(s.how.alone >= 2);
	stage_done(&s);
}

static void
a_service_without_batches_is_asked_item_by_item(void **state)
{
	stage s;

	(void)state;
	stage_begin(&s, TWENTY);
	s.how.no_batch = true;
	assert_ok(stage_run(&s, test_error()));
	assert_int_equal(s.tally.done, 20);
	assert_int_equal(s.how.batches, 1);
	assert_int_equal(s.how.alone, 20);
	stage_done(&s);
}

static void
a_lost_answer_is_repeated_only_where_it_harms_nobody(void **state)
{
	stage s;

	(void)state;
	stage_begin(&s, NEW("a") NEW("b"));
	s.steps[0] = (fake_step){.failure = E_NETWORK, .arrived = true};
	assert_int_equal(stage_run(&s, test_error()), EXS_INCOMPLETE);
	assert_int_equal(s.tally.unknown, 1);
	assert_int_equal(s.tally.done, 1);
	assert_non_null(strstr(buf_text(&s.told), "\"outcome\":\"unknown\",\"attempts\":1"));
	/* resumed, a read finds it, so it stays unknown and is not made */
	s.steps[0] = (fake_step){.status = 200};
	s.how.made = 0;
	s.options.resume = true;
	assert_int_equal(stage_run(&s, test_error()), EXS_INCOMPLETE);
	assert_int_equal(s.how.made, 0);
	assert_int_equal(s.tally.unknown, 1);
	assert_int_equal(s.n_told, 1);
	/* until a person says so */
	s.options.only = EXS_BATCH_UNKNOWN;
	s.options.repeat = true;
	assert_ok(stage_run(&s, test_error()));
	assert_int_equal(s.how.made, 1);
	assert_int_equal(s.tally.done, 2);
	stage_done(&s);

	stage_begin(&s, SET("a"));
	s.steps[0] = (fake_step){.failure = E_NETWORK, .arrived = true};
	assert_ok(stage_run(&s, test_error()));
	assert_non_null(strstr(buf_text(&s.told), "\"outcome\":\"done\",\"attempts\":2"));
	stage_done(&s);
}

static void
a_read_proves_that_a_change_was_not_made(void **state)
{
	stage s;

	(void)state;
	/* in the same run, and after one that was killed before the answer */
	stage_begin(&s, NEW("absent"));
	s.steps[0] = (fake_step){.failure = E_NETWORK, .arrived = true};
	assert_ok(stage_run(&s, test_error()));
	assert_int_equal(s.tally.done, 1);
	assert_int_equal(s.how.made, 1);
	stage_done(&s);

	stage_begin(&s, NEW("absent"));
	for (size_t i = 0; i < STAGE_STEPS; i++)
		s.steps[i] = (fake_step){.failure = E_NETWORK, .arrived = true};
	assert_int_equal(stage_run(&s, test_error()), EXS_INCOMPLETE);
	assert_int_equal(s.tally.unknown, 1);
	for (size_t i = 0; i < STAGE_STEPS; i++)
		s.steps[i] = (fake_step){.status = 200};
	s.options.resume = true;
	assert_ok(stage_run(&s, test_error()));
	assert_int_equal(s.how.made, 1);
	stage_done(&s);
}

/* The twin: what answers nothing at all about an object does not say that there is none. */
static void
an_answer_without_rows_proves_nothing(void **state)
{
	stage s;

	(void)state;
	stage_begin(&s, NEW("mute"));
	s.steps[0] = (fake_step){.failure = E_NETWORK, .arrived = true};
	assert_int_equal(stage_run(&s, test_error()), EXS_INCOMPLETE);
	assert_int_equal(s.tally.unknown, 1);
	assert_int_equal(s.how.made, 0);
	stage_done(&s);
}

static void
what_never_arrived_ends_the_run_and_is_left(void **state)
{
	exs_error *error = test_error();
	stage      s;

	(void)state;
	stage_begin(&s, NEW("a") NEW("b"));
	for (size_t i = 0; i < STAGE_STEPS; i++)
		s.steps[i] = (fake_step){.failure = E_NETWORK, .arrived = false};
	assert_int_equal(stage_run(&s, error), EXS_NETWORK);
	assert_int_equal(s.tally.left, 2);
	for (size_t i = 0; i < STAGE_STEPS; i++)
		s.steps[i] = (fake_step){.status = 200};
	s.options.resume = true;
	assert_ok(stage_run(&s, error));
	assert_int_equal(s.tally.done, 2);
	assert_int_equal(s.how.written, 2);
	stage_done(&s);
}

static void
a_device_that_is_pulled_out_leaves_the_rest_for_later(void **state)
{
	exs_error *error = test_error();
	stage      s;

	(void)state;
	stage_begin(&s, TWENTY);
	s.run.no_groups = true;
	s.how.bearers_left = 7;
	assert_int_equal(stage_run(&s, error), EXS_DEVICE);
	assert_int_equal(s.tally.done, 7);
	assert_int_equal(s.tally.left, 13);
	s.how.bearers_left = -1;
	s.options.resume = true;
	assert_ok(stage_run(&s, error));
	assert_int_equal(s.n_told, 13);
	assert_int_equal(s.tally.before, 7);
	assert_int_equal(s.how.written, 20);
	stage_done(&s);
}

/* The host stops listening after each number of outcomes there can be; whatever it missed, the journal knows. */
static void
however_early_a_run_ends_the_next_one_finishes(void **state)
{
	(void)state;
	for (unsigned most = 1; most < 20; most += 3) {
		exs_error *error = test_error();
		stage      s;

		stage_begin(&s, TWENTY);
		s.most_told = most;
		s.run.concurrency = 1;
		assert_int_equal(stage_run(&s, error), EXS_INTERNAL);
		s.most_told = 0;
		s.options.resume = true;
		assert_ok(stage_run(&s, error));
		assert_int_equal(s.tally.done, 20);
		assert_int_equal(s.how.written, 20);
		stage_done(&s);
	}
}

static void
failures_have_a_limit_and_can_be_taken_up_again(void **state)
{
	stage s;

	(void)state;
	stage_begin(&s, SET("bad") SET("bad") SET("bad") SET("a"));
	s.run.max_failures = 1;
	assert_int_equal(stage_run(&s, test_error()), EXS_INCOMPLETE);
	assert_true(s.tally.failed >= 1 && s.tally.left >= 1);
	s.run.max_failures = 0;
	s.options.resume = true;
	assert_int_equal(stage_run(&s, test_error()), EXS_INCOMPLETE);
	assert_int_equal(s.tally.failed, 3);
	assert_int_equal(s.tally.done, 1);
	/* nothing of this passes by itself */
	s.options.only = EXS_BATCH_RETRYABLE;
	s.how.alone = s.how.batches = 0;
	assert_int_equal(stage_run(&s, test_error()), EXS_INCOMPLETE);
	assert_int_equal(s.how.alone + s.how.batches, 0);
	s.options.only = EXS_BATCH_FAILED;
	assert_int_equal(stage_run(&s, test_error()), EXS_INCOMPLETE);
	assert_int_equal(s.n_told, 3);
	stage_done(&s);
}

static void
a_journal_belongs_to_its_input_cmdlet_and_tenant(void **state)
{
	stage s;

	(void)state;
	stage_begin(&s, SET("a"));
	assert_ok(stage_run(&s, test_error()));
	assert_fails(stage_run(&s, test_error()), test_error(), E_BATCH_BEGUN);
	s.options.resume = true;
	assert_ok(stage_run(&s, test_error()));
	s.options.target = "fabrikam";
	assert_fails(stage_run(&s, test_error()), test_error(), E_BATCH_CHANGED);
	s.options.target = "contoso";
	s.options.cmdlet = "Get-Mailbox";
	assert_fails(stage_run(&s, test_error()), test_error(), E_BATCH_CHANGED);
	s.options.cmdlet = NULL;
	s.options.input = test_file("items.ndjson", span_of(SET("b")), 0600);
	assert_fails(stage_run(&s, test_error()), test_error(), E_BATCH_CHANGED);
	stage_done(&s);
}

static void
the_journal_holds_no_values(void **state)
{
	EXS_SCOPED(buf) journal = BUF(1024 * 1024);
	stage s;

	(void)state;
	stage_begin(&s, SET("a") NEW("b"));
	assert_ok(stage_run(&s, test_error()));
	assert_ok(file_read(s.journal, FILE_PRIVATE, &journal, test_error()));
	assert_int_equal(count_of(buf_text(&journal), "\"begun\""), 2);
	assert_int_equal(count_of(buf_text(&journal), "\"settled\":\"done\""), 2);
	assert_null(strstr(buf_text(&journal), "CANARY"));
	stage_done(&s);
}

static void
a_wrong_line_means_that_nothing_is_sent(void **state)
{
	stage s;

	(void)state;
	stage_begin(&s, SET("a") "{\"cmdlet\":\"Set-Mailbox\"\n");
	assert_fails(stage_run(&s, test_error()), test_error(), E_BATCH_INPUT);
	assert_int_equal(s.how.alone + s.how.batches, 0);
	assert_true(file_is_missing(s.journal));
	stage_done(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_item_has_one_outcome_and_ten_share_a_request),
		cmocka_unit_test(one_failed_among_successes_fails_alone),
		cmocka_unit_test(an_answer_that_is_missing_is_asked_for_alone),
		cmocka_unit_test(a_service_without_batches_is_asked_item_by_item),
		cmocka_unit_test(a_lost_answer_is_repeated_only_where_it_harms_nobody),
		cmocka_unit_test(a_read_proves_that_a_change_was_not_made),
		cmocka_unit_test(an_answer_without_rows_proves_nothing),
		cmocka_unit_test(what_never_arrived_ends_the_run_and_is_left),
		cmocka_unit_test(a_device_that_is_pulled_out_leaves_the_rest_for_later),
		cmocka_unit_test(however_early_a_run_ends_the_next_one_finishes),
		cmocka_unit_test(failures_have_a_limit_and_can_be_taken_up_again),
		cmocka_unit_test(a_journal_belongs_to_its_input_cmdlet_and_tenant),
		cmocka_unit_test(the_journal_holds_no_values),
		cmocka_unit_test(a_wrong_line_means_that_nothing_is_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
