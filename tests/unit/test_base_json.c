/* Small JSON documents. */
#include "base/json.h"
#include "support/canary.h"
#include "support/test.h"

#include <stdio.h>

static json *
parse(const char *text)
{
	json      *tree = NULL;
	exs_error *error = test_error();

	if (json_parse(span_of(text), "it", &tree, error) != EXS_OK)
		fail_msg("%s: %s", text, exs_error_message(error));
	return tree;
}

static void
members_are_found_by_name_and_path(void **state)
{
	EXS_AUTO(json) *tree = parse("{\"a\":{\"b.c\":1,\"b\":{\"c\":\"deep\"}},\"A\":2,\"a\":3}");

	(void)state;
	assert_string_equal(json_string(json_at(tree, "a.b.c")), "deep");
	assert_null(json_at(tree, "a.b.x"));
	assert_null(json_at(tree, "a.b.c.d"));
	assert_ptr_equal(json_at(tree, ""), tree);
	assert_true(json_is_object(json_member(tree, "a")));
	assert_null(json_member(tree, "B"));
	assert_non_null(json_member_nocase(tree, "a"));
	assert_null(json_member(json_member(tree, "A"), "x"));
	assert_null(json_member(NULL, "x"));
	assert_null(json_member_nocase(NULL, "x"));
	assert_null(json_at(NULL, "x"));
}

static void
kinds_are_told_apart(void **state)
{
	EXS_AUTO(json) *tree = parse(" {\"t\":true,\"f\":false,\"n\":null,\"s\":\"x\",\"l\":[1]} \n");

	(void)state;
	assert_true(json_is_true(json_member(tree, "t")));
	assert_false(json_is_true(json_member(tree, "f")));
	assert_true(json_is_false(json_member(tree, "f")));
	assert_false(json_is_false(json_member(tree, "n")));
	assert_true(json_is_array(json_member(tree, "l")));
	assert_false(json_is_array(tree));
	assert_false(json_is_true(NULL) || json_is_false(NULL) || json_is_array(NULL) || json_is_object(NULL));
	assert_string_equal(json_string(json_member(tree, "t")), "");
	assert_string_equal(json_string(NULL), "");
}

static void
whole_numbers_come_as_numbers_or_digits(void **state)
{
	EXS_AUTO(json) *tree =
		parse("{\"a\":3599,\"b\":\"3599\",\"c\":-1,\"d\":9007199254740992,\"e\":1e3}");
	int64_t n;

	(void)state;
	assert_true(json_whole(json_member(tree, "a"), &n) && n == 3599);
	assert_true(json_whole(json_member(tree, "b"), &n) && n == 3599);
	assert_true(json_whole(json_member(tree, "c"), &n) && n == -1);
	assert_true(json_whole(json_member(tree, "d"), &n) && n == INT64_C(9007199254740992));
	assert_true(json_whole(json_member(tree, "e"), &n) && n == 1000);
}

static void
what_is_no_whole_number_is_refused(void **state)
{
	EXS_AUTO(json) *tree = parse("{\"a\":1.5,\"b\":\"1.5\",\"c\":\"\",\"d\":1e300,\"e\":true,\"f\":[1]}");
	int64_t n = 7;

	(void)state;
	for (const json *member = json_first(tree); member != NULL; member = json_next(member))
		assert_false(json_whole(member, &n));
	assert_false(json_whole(NULL, &n));
	assert_true(n == 7);
}

static void
elements_are_walked_in_order(void **state)
{
	EXS_AUTO(json) *tree = parse("{\"b\":[1,2,3],\"a\":{}}");
	const json *member = json_first(tree);
	int64_t n, sum = 0;

	(void)state;
	assert_string_equal(json_name(member), "b");
	for (const json *e = json_first(member); e != NULL; e = json_next(e)) {
		assert_string_equal(json_name(e), "");
		assert_true(json_whole(e, &n));
		sum = sum * 10 + n;
	}
	assert_true(sum == 123);
	assert_string_equal(json_name(json_next(member)), "a");
	assert_null(json_first(json_next(member)));
	assert_null(json_first(NULL));
}

static void
what_is_not_one_json_value_is_refused(void **state)
{
	static const char *const bad[] = {
		"", " ", "{", "{\"a\":1", "{\"a\":}", "[1,]", "nul", "{} {}", "{}x", "1 2", "<html>",
		"{\"a\":\"\xFF\"}", "\"\xED\xA0\x80\"", "'a'",
	};
	exs_error *error = test_error();
	json      *tree = (json *)(void *)&tree;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_fails(json_parse(span_of(bad[i]), "the answer", &tree, error), error, E_ANSWER);
		assert_ptr_equal(tree, &tree);
	}
	assert_int_equal(json_parse(span_of("{}x"), "the answer", &tree, error), EXS_NETWORK);
	assert_string_equal(exs_error_message(error),
	                    "the answer goes on after its JSON value (byte 2 of 3)");
}

static void
a_text_is_not_read_past_its_end(void **state)
{
	EXS_AUTO(json) *tree = NULL;
	json *none = NULL;

	(void)state;
	assert_ok(json_parse(span_from("12345", 2), "it", &tree, NULL));
	int64_t n;
	assert_true(json_whole(tree, &n) && n == 12);
	assert_int_equal(json_parse(span_from("{\"a\":1}", 6), "it", &none, NULL), EXS_NETWORK);
	assert_null(none);
}

static void
nesting_has_a_limit(void **state)
{
	char       text[20001];
	json      *tree = NULL;
	exs_error *error = test_error();

	(void)state;
	memset(text, '[', 10000);
	memset(text + 10000, ']', 10000);
	assert_fails(json_parse(span_from(text, 20000), "it", &tree, error), error, E_ANSWER);
	assert_fails(json_parse(span_from(text + 10000 - JSON_DEPTH_MAX - 1, 2 * JSON_DEPTH_MAX + 2), "it",
	                        &tree, error), error, E_ANSWER);
	assert_ok(json_parse(span_from(text + 10000 - JSON_DEPTH_MAX, 2 * JSON_DEPTH_MAX), "it", &tree, error));
	json_free(tree);
}

static void
a_printed_tree_parses_again(void **state)
{
	EXS_AUTO(json) *tree = parse("{ \"a\" : [ 1, \"\\u00e4\\n\", null ] }");
	EXS_AUTO(chars) *text = NULL;

	(void)state;
	assert_ok(json_print(tree, &text, NULL));
	assert_string_equal(text, "{\"a\":[1,\"\xC3\xA4\\n\",null]}");
}

static void
a_freed_tree_leaves_no_string_in_memory(void **state)
{
	canary    c = canary_new();
	char      text[128];
	json     *tree = NULL;
	const int before = snprintf(text, sizeof text, "{\"access_token\":\"");

	(void)state;
	canary_write(&c, text + before);
	memcpy(text + before + CANARY_LENGTH, "\"}", 3);
	assert_ok(json_parse(span_of(text), "it", &tree, NULL));
	explicit_bzero(text, sizeof text);
	assert_int_equal(canary_in_memory(&c), 1);
	json_free(tree);
	assert_int_equal(canary_in_memory(&c), 0);
	json_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_found_by_name_and_path),
		cmocka_unit_test(kinds_are_told_apart),
		cmocka_unit_test(whole_numbers_come_as_numbers_or_digits),
		cmocka_unit_test(what_is_no_whole_number_is_refused),
		cmocka_unit_test(elements_are_walked_in_order),
		cmocka_unit_test(what_is_not_one_json_value_is_refused),
		cmocka_unit_test(a_text_is_not_read_past_its_end),
		cmocka_unit_test(nesting_has_a_limit),
		cmocka_unit_test(a_printed_tree_parses_again),
		cmocka_unit_test(a_freed_tree_leaves_no_string_in_memory),
	};

	return cmocka_run_group_tests_name("base/json", tests, NULL, NULL);
}
