/* Time as a value. */
#include "base/moment.h"
#include "support/test.h"

static void
a_moment_prints_as_rfc_3339(void **state)
{
	(void)state;
	assert_string_equal(moment_print(0).at, "1970-01-01T00:00:00Z");
	assert_string_equal(moment_print(1795296602).at, "2026-11-21T21:30:02Z");
	assert_string_equal(moment_print(-1).at, "1969-12-31T23:59:59Z");
	assert_string_equal(moment_print(253402300799).at, "9999-12-31T23:59:59Z");
}

static void
a_year_of_five_digits_prints_as_nothing(void **state)
{
	(void)state;
	assert_string_equal(moment_print(253402300800).at, "");
	assert_string_equal(moment_print(INT64_MAX).at, "");
	assert_string_equal(moment_print(INT64_MIN).at, "");
}

static void
all_three_http_dates_mean_the_same(void **state)
{
	static const char *const same[] = { /* RFC 9110 section 5.6.7 */
		"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
		"Sun Nov  6 08:49:37 1994", "  Sun, 06 Nov 1994 08:49:37 GMT\r\n",
	};
	int64_t at;

	(void)state;
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
		at = 0;
		assert_true(moment_parse_http(span_of(same[i]), &at));
		assert_true(at == 784111777);
	}
	assert_true(moment_parse_http(span_of("Sat, 21 Nov 2026 21:30:02 GMT"), &at));
	assert_true(at == 1795296602);
	assert_true(moment_parse_http(span_of("Sat, 30 Jun 2012 23:59:60 GMT"), &at)); /* leap second */
}

static void
what_is_no_http_date_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "x", "Sun", "120", "Sun, 06 Nov 1994", "Sun, 06 Nov 1994 08:49:37",
		"Sun, 06 Nov 1994 08:49:37 CET", "Sun, 32 Nov 1994 08:49:37 GMT",
		"Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
		"Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
		"Sun, 06 Nov 19x4 08:49:37 GMT", "Sun, 29 Feb 2026 08:49:37 GMT",
		"Sun, 06 Nov 1994 08:49:37 GMT x", "2026-11-21T21:30:02Z",
	};
	int64_t at = 7;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (moment_parse_http(span_of(bad[i]), &at))
			fail_msg("\"%s\" was taken", bad[i]);
	assert_true(at == 7);
}

static void
rfc_3339_is_read_with_fraction_and_offset(void **state)
{
	static const char *const same[] = {
		"2026-11-21T21:30:02Z",      "2026-11-21T21:30:02",       "2026-11-21 21:30:02Z",
		"2026-11-21T21:30:02.1234567Z", "2026-11-21T22:30:02+01:00", "2026-11-22T03:00:02+0530",
		"2026-11-21T13:30:02.5-08:00", "2026-11-21T21:30:02z",
	};
	int64_t at;

	(void)state;
	for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
		at = 0;
		if (!moment_parse(span_of(same[i]), &at) || at != 1795296602)
			fail_msg("\"%s\" is %lld", same[i], (long long)at);
	}
	assert_true(moment_parse(span_of("2026-11-21"), &at));
	assert_string_equal(moment_print(at).at, "2026-11-21T00:00:00Z");
	assert_true(moment_parse(span_of("0001-01-01T00:00:00"), &at)); /* .NET's "never" */
	assert_string_equal(moment_print(at).at, "0001-01-01T00:00:00Z");
}

static void
what_is_no_rfc_3339_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "2026", "2026-11-2", "2026/11/21", "2026-13-01", "2026-00-01", "2026-02-30",
		"2026-11-21T", "2026-11-21T21:30", "2026-11-21T25:30:02Z", "2026-11-21T21:30:02.Z",
		"2026-11-21T21:30:02+1", "2026-11-21T21:30:02+01:0", "2026-11-21T21:30:02+0x:00",
		"2026-11-21T21:30:02 CET", "2026-11-21T21:30:02Zz", "+026-11-21", "2026-11-21X21:30:02Z",
		"2026-11-21T21:30:02+25:00",
	};
	int64_t at = 7;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (moment_parse(span_of(bad[i]), &at))
			fail_msg("\"%s\" was taken", bad[i]);
	assert_true(at == 7);
}

static void
durations_have_one_unit(void **state)
{
	int64_t s;

	(void)state;
	assert_true(moment_parse_duration(span_of("30s"), &s) && s == 30);
	assert_true(moment_parse_duration(span_of("5m"), &s) && s == 300);
	assert_true(moment_parse_duration(span_of("12h"), &s) && s == 43200);
	assert_true(moment_parse_duration(span_of("30d"), &s) && s == 2592000);
	assert_true(moment_parse_duration(span_of("17"), &s) && s == 17);
	assert_true(moment_parse_duration(span_of("0"), &s) && s == 0);
}

static void
what_is_no_duration_is_refused(void **state)
{
	static const char *const bad[] = {"", "s", "-1s", "1.5h", "1 h", "1w", "1hh", "1h30m", "0x10",
	                                  "106751991167301d", "9223372036854775808"};
	int64_t s = 7;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (moment_parse_duration(span_of(bad[i]), &s))
			fail_msg("\"%s\" was taken", bad[i]);
	assert_true(s == 7);
}

static void
a_duration_prints_as_people_say_it(void **state)
{
	(void)state;
	assert_string_equal(moment_print_duration(0).at, "0 s");
	assert_string_equal(moment_print_duration(59).at, "59 s");
	assert_string_equal(moment_print_duration(680).at, "11 min 20 s");
	assert_string_equal(moment_print_duration(-680).at, "11 min 20 s");
	assert_string_equal(moment_print_duration(7500).at, "2 h 5 min");
	assert_string_equal(moment_print_duration(86400).at, "1 day");
	assert_string_equal(moment_print_duration(3 * 86400 + 5).at, "3 days");
}

static void
the_steady_clock_never_goes_back(void **state)
{
	int64_t before = moment_steady_ms();

	(void)state;
	for (int i = 0; i < 1000; i++) {
		int64_t now = moment_steady_ms();

		assert_true(now >= before);
		before = now;
	}
	assert_true(moment_now_ms() > INT64_C(1700000000000));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_moment_prints_as_rfc_3339),
		cmocka_unit_test(a_year_of_five_digits_prints_as_nothing),
		cmocka_unit_test(all_three_http_dates_mean_the_same),
		cmocka_unit_test(what_is_no_http_date_is_refused),
		cmocka_unit_test(rfc_3339_is_read_with_fraction_and_offset),
		cmocka_unit_test(what_is_no_rfc_3339_is_refused),
		cmocka_unit_test(durations_have_one_unit),
		cmocka_unit_test(what_is_no_duration_is_refused),
		cmocka_unit_test(a_duration_prints_as_people_say_it),
		cmocka_unit_test(the_steady_clock_never_goes_back),
	};

	return cmocka_run_group_tests_name("base/moment", tests, NULL, NULL);
}
