/* Borrowed text: compare, trim, cut, strict numbers, UTF-8, the nearest word. */
#include "support/test.h"

static void
equal_bytes_are_the_same_and_nothing_else_is(void **state)
{
	(void)state;
	assert_true(span_same(span_of("abc"), span_from("abcd", 3)));
	assert_false(span_same(span_of("abc"), span_of("abd")));
	assert_false(span_same(span_of("abc"), span_of("ab")));
	assert_true(span_same(span_from(NULL, 0), span_of("")));
	assert_true(span_is(span_from("a\0b", 3), "a") == false);
	assert_true(span_is(span_of(NULL), ""));
}

static void
letters_alike_only_where_it_says_so(void **state)
{
	(void)state;
	assert_true(span_is_nocase(span_of("Retry-After"), "retry-after"));
	assert_true(span_same_nocase(span_of("ABC"), span_of("abc")));
	assert_false(span_is(span_of("ABC"), "abc"));
	assert_false(span_same_nocase(span_of("ABC"), span_of("abcd")));
	assert_true(span_starts(span_of("https://x"), "https://"));
	assert_false(span_starts(span_of("HTTPS://x"), "https://"));
	assert_true(span_starts_nocase(span_of("HTTPS://x"), "https://"));
	assert_false(span_starts(span_of("ht"), "https://"));
	assert_false(span_starts_nocase(span_of("ht"), "https://"));
	assert_true(span_ends_nocase(span_of("a.Office365.COM"), ".office365.com"));
	assert_false(span_ends_nocase(span_of("com"), ".com"));
}

static void
blanks_are_trimmed_at_the_ends_alone(void **state)
{
	(void)state;
	assert_span(span_trim(span_of(" \t\r\na b\n ")), "a b");
	assert_span(span_trim(span_of(" \n")), "");
	assert_span(span_trim(span_of("")), "");
	assert_span(span_trim(span_of("\va\f")), "\va\f");
}

static void
cutting_gives_each_part_once_and_then_nothing(void **state)
{
	span rest = span_of("a,,b");

	(void)state;
	assert_span(span_cut(&rest, ','), "a");
	assert_span(span_cut(&rest, ','), "");
	assert_span(span_cut(&rest, ','), "b");
	assert_int_equal(rest.len, 0);
	assert_span(span_cut(&rest, ','), "");
	rest = span_of("a,");
	assert_span(span_cut(&rest, ','), "a");
	assert_int_equal(rest.len, 0);
}

static void
finding_tells_where_or_that_it_is_not_there(void **state)
{
	(void)state;
	assert_int_equal(span_find(span_of("one two"), "two"), 4);
	assert_int_equal(span_find(span_of("one two"), "three"), -1);
	assert_int_equal(span_find(span_from("one two", 5), "two"), -1);
	assert_int_equal(span_find(span_of(""), "x"), -1);
	assert_int_equal(span_find(span_from("a\0b", 3), "b"), 2);
}

static void
numbers_are_digits_to_the_last_byte(void **state)
{
	uint64_t u = 7;
	int64_t  s = 7;

	(void)state;
	assert_true(span_unsigned(span_of("18446744073709551615"), &u));
	assert_true(u == UINT64_MAX);
	assert_true(span_unsigned(span_of("007"), &u) && u == 7);
	assert_true(span_signed(span_of("-9223372036854775807"), &s));
	assert_true(s == -INT64_MAX);
	assert_true(span_signed(span_of("9223372036854775807"), &s) && s == INT64_MAX);
}

static void
what_is_no_number_is_refused_and_changes_nothing(void **state)
{
	static const char *const bad[] = {"",   " 1", "1 ", "+1",  "0x1", "1.0", "1e3", "--1",
	                                  "-",  "a",  "1a", "18446744073709551616",
	                                  "99999999999999999999999999"};
	uint64_t u = 7;
	int64_t  s = 7;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_false(span_unsigned(span_of(bad[i]), &u));
		assert_false(span_signed(span_of(bad[i]), &s));
	}
	assert_false(span_unsigned(span_of("-1"), &u));
	assert_false(span_unsigned(span_from("1\0", 2), &u));
	assert_false(span_signed(span_of("9223372036854775808"), &s));
	assert_true(u == 7 && s == 7);
}

static void
well_formed_utf8_of_every_length_is_taken(void **state)
{
	(void)state;
	assert_true(span_is_utf8(span_of("")));
	assert_true(span_is_utf8(span_of("plain")));
	assert_true(span_is_utf8(span_of("\xC2\x80 \xDF\xBF \xE0\xA0\x80 \xED\x9F\xBF \xEE\x80\x80")));
	assert_true(span_is_utf8(span_of("\xF0\x90\x80\x80 \xF4\x8F\xBF\xBF")));
	assert_true(span_is_utf8(span_from("\0", 1)));
}

static void
overlong_surrogate_cut_and_stray_bytes_are_no_utf8(void **state)
{
	static const char *const bad[] = {
		"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2 ", "\xE0\x9F\xBF", "\xE2\x82",
		"\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF0\x9F\x98", "\xF4\x90\x80\x80",
		"\xF5\x80\x80\x80", "\xFE", "\xFF", "\xE2\x28\xA1", "\xF0\x90\x28\xBC",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(span_is_utf8(span_of(bad[i])));
	assert_int_equal(span_utf8_length(span_of("twelve bytes\xFF and more text")), 12);
	assert_int_equal(span_utf8_length(span_of("caf\xC3\xA9")), 5);
}

static void
a_mistyped_word_finds_its_neighbour(void **state)
{
	static const char *const words[] = {"tenant", "client-id", "key", "certificate"};

	(void)state;
	assert_string_equal(span_nearest(span_of("tennant"), words, 4), "tenant");
	assert_string_equal(span_nearest(span_of("TENANT"), words, 4), "tenant");
	assert_string_equal(span_nearest(span_of("cleint-id"), words, 4), "client-id");
	assert_string_equal(span_nearest(span_of("kye"), words, 4), "key");
	assert_string_equal(span_nearest(span_of("certficate"), words, 4), "certificate");
}

static void
a_word_far_from_all_has_no_neighbour(void **state)
{
	static const char *const words[] = {"tenant", "client-id"};
	char                     longest[300];

	(void)state;
	memset(longest, 'x', sizeof longest);
	assert_null(span_nearest(span_of("zebra"), words, 2));
	assert_null(span_nearest(span_from(longest, sizeof longest), words, 2));
	assert_null(span_nearest(span_of("tenant"), words, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_bytes_are_the_same_and_nothing_else_is),
		cmocka_unit_test(letters_alike_only_where_it_says_so),
		cmocka_unit_test(blanks_are_trimmed_at_the_ends_alone),
		cmocka_unit_test(cutting_gives_each_part_once_and_then_nothing),
		cmocka_unit_test(finding_tells_where_or_that_it_is_not_there),
		cmocka_unit_test(numbers_are_digits_to_the_last_byte),
		cmocka_unit_test(what_is_no_number_is_refused_and_changes_nothing),
		cmocka_unit_test(well_formed_utf8_of_every_length_is_taken),
		cmocka_unit_test(overlong_surrogate_cut_and_stray_bytes_are_no_utf8),
		cmocka_unit_test(a_mistyped_word_finds_its_neighbour),
		cmocka_unit_test(a_word_far_from_all_has_no_neighbour),
	};

	return cmocka_run_group_tests_name("base/span", tests, NULL, NULL);
}
