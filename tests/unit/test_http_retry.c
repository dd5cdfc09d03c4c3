/* Repeat or not, and when. */
#include "http/retry.h"

#include "base/moment.h"
#include "support/fake_host.h"
#include "support/test.h"

static void
the_first_attempt_counts(void **state)
{
	(void)state;
	assert_false(retry_left(&(retry){.attempts = 1}));
	assert_true(retry_left(&(retry){.attempts = 2}));
	assert_false(retry_left(&(retry){.attempts = 2, .made = 1}));
	assert_false(retry_left(&(retry){.attempts = 0}));
}

static void
a_wait_the_server_named_is_kept_and_told(void **state)
{
	fake_host *host = fake_host_new();
	retry      r = {.attempts = 3, .first_wait_ms = 60000};

	(void)state;
	assert_ok(retry_wait(&r, host->context, "throttled", 0, test_error()));
	assert_int_equal(r.made, 1);
	assert_int_equal(fake_host_logged(host, "http.retry why=throttled wait_ms=0 attempt=2 attempts=3"), 1);
	fake_host_free(host);
}

static void
a_wait_beyond_the_limit_ends_the_trying(void **state)
{
	fake_host *host = fake_host_new();
	exs_error *error = test_error();
	retry      r = {.attempts = 3};

	(void)state;
	assert_int_equal(retry_wait(&r, host->context, "throttled", RETRY_WAIT_MAX_S + 1, error),
	                 EXS_THROTTLED);
	assert_int_equal(exs_error_retry_after(error), RETRY_WAIT_MAX_S + 1);
	assert_int_equal(r.made, 0);
	assert_int_equal(host->log.len, 0);
	fake_host_free(host);
}

static void
a_wait_that_would_outlast_the_time_for_everything_does_not_fit(void **state)
{
	int64_t now = moment_steady_ms();

	(void)state;
	assert_true(retry_fits(&(retry){.attempts = 3}, RETRY_WAIT_MAX_S));
	assert_false(retry_fits(&(retry){.attempts = 3}, RETRY_WAIT_MAX_S + 1));
	assert_true(retry_fits(&(retry){.attempts = 3, .ends_ms = now + 3600 * 1000}, 60));
	assert_false(retry_fits(&(retry){.attempts = 3, .ends_ms = now + 30 * 1000}, 60));
	assert_true(retry_fits(&(retry){.first_wait_ms = 1000, .ends_ms = now + 3600 * 1000}, -1));
	assert_false(retry_fits(&(retry){.first_wait_ms = 60 * 1000, .ends_ms = now + 30 * 1000}, -1));
	assert_false(retry_fits(&(retry){.first_wait_ms = 1000, .ends_ms = now}, 0));
}

static void
giving_up_ends_a_wait(void **state)
{
	fake_host *host = fake_host_new();
	retry      r = {.attempts = 3};

	(void)state;
	atomic_store(&host->gave_up, true);
	assert_fails(retry_wait(&r, host->context, "throttled", 600, test_error()), test_error(),
	             E_INTERRUPTED);
	fake_host_free(host);
}

static int64_t
logged_wait(fake_host *host)
{
	span      log = buf_span(&host->log);
	ptrdiff_t at = span_find(log, "wait_ms=");
	span      rest = span_from(log.at + at + 8, log.len - (size_t)at - 8);
	int64_t   ms = -1;

	assert_true(at >= 0 && span_signed(span_cut(&rest, ' '), &ms));
	return ms;
}

static void
own_waits_double_within_a_fifth(void **state)
{
	(void)state;
	for (unsigned made = 0; made < 3; made++) {
		fake_host *host = fake_host_new();
		retry      r = {.attempts = 9, .made = made, .first_wait_ms = 4};
		int64_t    middle = 4 << made, ms;

		assert_ok(retry_wait(&r, host->context, "x", -1, test_error()));
		ms = logged_wait(host);
		assert_true(ms >= middle * 8 / 10 - 1 && ms <= middle * 12 / 10 + 1);
		fake_host_free(host);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_attempt_counts),
		cmocka_unit_test(a_wait_the_server_named_is_kept_and_told),
		cmocka_unit_test(a_wait_beyond_the_limit_ends_the_trying),
		cmocka_unit_test(a_wait_that_would_outlast_the_time_for_everything_does_not_fit),
		cmocka_unit_test(giving_up_ends_a_wait),
		cmocka_unit_test(own_waits_double_within_a_fifth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
