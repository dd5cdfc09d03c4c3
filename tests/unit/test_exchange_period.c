/* StartDate and EndDate: read as the service reads them, cut into pieces that leave nothing out. */
#include "support/fake_host.h"
#include "support/test.h"

#include "base/moment.h"
#include "exchange/budget.h"
#include "exchange/period.h"
#include "exchange/seen.h"

#include <stdio.h>

#define DAY PERIOD_DAY

static void
dates_are_read_in_every_form_the_service_takes(void **state)
{
	static const struct {
		const char *text, *is;
	} dates[] = {
		{"2026-09-01", "2026-09-01T00:00:00Z"},
		{"2026-09-01T14:05:06Z", "2026-09-01T14:05:06Z"},
		{"2026-09-01T14:05:06.1234567Z", "2026-09-01T14:05:06Z"},
		{"2026-09-01T14:05:06+02:00", "2026-09-01T12:05:06Z"},
		{"2026-09-01T14:05", "2026-09-01T14:05:00Z"},
		{"2026-09-01 14:05", "2026-09-01T14:05:00Z"},
		{"2026-09-01T14:05+02:00", "2026-09-01T12:05:00Z"},
		{"9/1/2026", "2026-09-01T00:00:00Z"},
		{"09/01/2026 14:05", "2026-09-01T14:05:00Z"},
		{"09/01/2026 2:05:06 PM", "2026-09-01T14:05:06Z"},
		{"09/01/2026 12:05 am", "2026-09-01T00:05:00Z"},
		{" 2026-09-01 ", "2026-09-01T00:00:00Z"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++) {
		int64_t at;

		if (!period_read_date(span_of(dates[i].text), &at) ||
		    strcmp(moment_print(at).at, dates[i].is) != 0)
			fail_msg("%s is not %s", dates[i].text, dates[i].is);
	}
}

static void
what_is_no_date_is_none(void **state)
{
	static const char *const texts[] = {
		"", "yesterday", "13/1/2026", "2/30/2026", "2026-02-30", "1/1/26", "9/1/2026 25:00",
		"9/1/2026 13:00 PM", "9/1/2026 x", "2026-09-01T14", "2026-09-01T14:0", "1.9.2026",
		"2026-09-01T14:05x", "/", "//", "9/", "9/1/2026 :", "9/1/2026 1:", "2026-09-01T14:05+",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		int64_t at;

		if (period_read_date(span_of(texts[i]), &at))
			fail_msg("\"%s\" was read", texts[i]);
	}
}

/* Newest first, every second covered, neighbours share one, none longer than it may be. */
static void
pieces_cover_the_whole_period_and_share_their_seams(void **state)
{
	static const int64_t lengths[] = {0,       1,       2 * DAY, 10 * DAY - 1, 10 * DAY, 10 * DAY + 1,
	                                  20 * DAY, 25 * DAY, 25 * DAY + 7, 90 * DAY, 90 * DAY - 1};

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
		const period whole = {1000, 1000 + lengths[i]};
		unsigned     n = period_pieces(&whole, 10 * DAY);

		assert_int_equal(period_piece(&whole, n, 0).end, whole.end);
		assert_int_equal(period_piece(&whole, n, n - 1).start, whole.start);
		for (unsigned k = 0; k < n; k++) {
			period piece = period_piece(&whole, n, k);

			assert_true(piece.start <= piece.end && piece.end - piece.start <= 10 * DAY);
			if (k > 0)
				assert_int_equal(piece.end,
				                 period_piece(&whole, n, k - 1).start + PERIOD_SHARED);
		}
		assert_int_equal(n == 1, lengths[i] <= 10 * DAY);
	}
}

static void
halves_share_a_second_and_end_some_time(void **state)
{
	period p = {0, 90 * DAY}, older, newer;
	int    cuts = 0;

	(void)state;
	while (period_halve(&p, &older, &newer)) {
		assert_int_equal(older.start, p.start);
		assert_int_equal(newer.end, p.end);
		assert_int_equal(older.end, newer.start + PERIOD_SHARED);
		assert_true(older.end - older.start < p.end - p.start);
		assert_true(newer.end - newer.start < p.end - p.start);
		p = ++cuts % 2 == 0 ? older : newer;
	}
	assert_in_range(cuts, 20, 40);
}

static void
what_was_seen_is_known_and_what_is_long_gone_is_not(void **state)
{
	seen s;
	bool fresh;
	char key[32];

	(void)state;
	seen_begin(&s, 100);
	for (int i = 0; i < 1000; i++) {
		snprintf(key, sizeof key, "key %d", i);
		assert_ok(seen_add(&s, span_of(key), &fresh, test_error()));
		assert_true(fresh);
		for (int back = i; back >= 0 && back > i - 100; back--) {
			snprintf(key, sizeof key, "key %d", back);
			assert_ok(seen_add(&s, span_of(key), &fresh, test_error()));
			assert_false(fresh);
		}
	}
	assert_true(s.young.n <= 100 && s.old.n <= 100);
	assert_ok(seen_add(&s, span_of("key 1"), &fresh, test_error()));
	assert_true(fresh);
	seen_done(&s);
}

/* Nobody waits five minutes here: the host gives up as soon as it is asked. */
static void
the_hundred_and_first_request_waits(void **state)
{
	budget     b = BUDGET(100, 5 * 60 * 1000);
	fake_host *host = fake_host_new();

	(void)state;
	host->gave_up = true;
	for (int i = 0; i < 100; i++)
		assert_ok(budget_spend(&b, host->context, "Get-X", test_error()));
	assert_int_equal(fake_host_logged(host, "waiting"), 0);
	assert_int_equal(budget_spend(&b, host->context, "Get-X", test_error()), EXS_CANCELLED);
	assert_int_equal(fake_host_logged(host, "waiting"), 1);
	for (int i = 0; i < 100; i++)
		b.spent_ms[i] -= b.window_ms;
	assert_ok(budget_spend(&b, host->context, "Get-X", test_error()));
	assert_int_equal(b.n, 1);
	fake_host_free(host);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_are_read_in_every_form_the_service_takes),
		cmocka_unit_test(what_is_no_date_is_none),
		cmocka_unit_test(pieces_cover_the_whole_period_and_share_their_seams),
		cmocka_unit_test(halves_share_a_second_and_end_some_time),
		cmocka_unit_test(the_hundred_and_first_request_waits),
		cmocka_unit_test(what_was_seen_is_known_and_what_is_long_gone_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
