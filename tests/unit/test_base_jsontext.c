/* JSON as text: what is JSON, and walking it without changing a byte. */
#include "base/jsontext.h"
#include "support/test.h"
#include "support/torture.h"

static void
assert_json(const char *text)
{
	size_t at;

	if (!jsontext_check(span_of(text), &at))
		fail_msg("refused at byte %zu: %s", at, text);
}

static void
well_formed_values_pass(void **state)
{
	static const char *const good[] = {
		"{}", "[]", "\"\"", "0", "-0", "12345678901234567890123", "-1.5e-10", "1E+2", "true",
		"false", "null", " [ 1 , { \"a\" : [ ] } ] \r\n\t", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\"",
		"\"\\ud83d\\ude00\"", "\"\\ud83d\"", "\"\xC3\xA4\"", "{\"\":1,\"\":2}", "\"\x7F\"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_json(good[i]);
}

static void
anything_else_is_refused(void **state)
{
	static const char *const bad[] = {
		"", " ", "{", "}", "[", "[1", "[1,", "[1,]", "[,1]", "{\"a\"", "{\"a\":", "{\"a\":1",
		"{\"a\":1,", "{\"a\":1,}", "{a:1}", "{'a':1}", "{\"a\" 1}", "{1:1}", "01", "-", "+1", "1.",
		".5", "1e", "1e+", "0x10", "NaN", "Infinity", "True", "nul", "nulll", "tru", "\"", "\"a",
		"\"\\\"", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\t\"", "\"\n\"", "1 2", "{}{}",
		"[1 2]", "// x\n1", "\"\xFF\"", "\"\xED\xA0\x80\"", "\"\xC3\"", "\xEF\xBB\xBF{}",
		"[1}", "{\"a\":1]",
	};
	size_t at;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (jsontext_check(span_of(bad[i]), &at))
			fail_msg("taken: %s", bad[i]);
	assert_false(jsontext_check(span_from("\"a\0b\"", 5), &at));
	assert_false(jsontext_check(span_from("1\0", 2), &at));
}

static void
it_says_where_it_stops_being_json(void **state)
{
	size_t at;

	(void)state;
	assert_false(jsontext_check(span_of("{\"a\":1,x}"), &at));
	assert_int_equal(at, 7);
	assert_false(jsontext_check(span_of("{} x"), &at));
	assert_int_equal(at, 3);
	assert_false(jsontext_check(span_of("[\"abcdefgh\x01ij\"]"), &at));
	assert_int_equal(at, 10);
}

static void
every_place_of_a_stop_in_a_long_string_is_seen(void **state)
{
	char   text[40];
	size_t at;

	(void)state;
	/* eight bytes are read at a time: quote, backslash and control byte at each offset of the word */
	for (size_t i = 1; i < 34; i++) {
		memset(text, 'a', sizeof text);
		text[0] = '"';
		text[36] = '"';
		assert_true(jsontext_check(span_from(text, 37), &at));
		text[i] = '\x1F';
		assert_false(jsontext_check(span_from(text, 37), &at));
		assert_int_equal(at, i);
		text[i] = '"';
		assert_false(jsontext_check(span_from(text, 37), &at));
		assert_true(jsontext_check(span_from(text, i + 1), &at));
		text[i] = '\\';
		assert_false(jsontext_check(span_from(text, 37), &at));
		text[i + 1] = 'n';
		assert_true(jsontext_check(span_from(text, 37), &at));
		text[i] = '\x7F';
		assert_true(jsontext_check(span_from(text, 37), &at));
	}
}

static void
nesting_has_a_limit(void **state)
{
	char   text[2 * JSONTEXT_DEPTH_MAX + 2];
	size_t at;

	(void)state;
	memset(text, '[', JSONTEXT_DEPTH_MAX + 1);
	memset(text + JSONTEXT_DEPTH_MAX + 1, ']', JSONTEXT_DEPTH_MAX + 1);
	assert_true(jsontext_check(span_from(text + 1, 2 * JSONTEXT_DEPTH_MAX), &at));
	assert_false(jsontext_check(span_from(text, sizeof text), &at));
}

static void
kinds_go_by_the_first_byte(void **state)
{
	(void)state;
	assert_int_equal(jsontext_kind_of(span_of("{}")), JSONTEXT_OBJECT);
	assert_int_equal(jsontext_kind_of(span_of("[]")), JSONTEXT_ARRAY);
	assert_int_equal(jsontext_kind_of(span_of("\"\"")), JSONTEXT_STRING);
	assert_int_equal(jsontext_kind_of(span_of("-1")), JSONTEXT_NUMBER);
	assert_int_equal(jsontext_kind_of(span_of("true")), JSONTEXT_TRUE);
	assert_int_equal(jsontext_kind_of(span_of("false")), JSONTEXT_FALSE);
	assert_int_equal(jsontext_kind_of(span_of("null")), JSONTEXT_NULL);
}

static void
members_come_in_order_as_they_were_written(void **state)
{
	jsontext_walk walk = jsontext_open(span_of(
		" { \"a\" : 12345678901234567890 , \"b\\u0041\":[1, {\"x\":\"]}\"}],\"a\": \"\\\"\" } "));
	span name, value;

	(void)state;
	assert_true(jsontext_next(&walk, &name, &value));
	assert_span(name, "\"a\"");
	assert_span(value, "12345678901234567890");
	assert_true(jsontext_next(&walk, &name, &value));
	assert_span(name, "\"b\\u0041\"");
	assert_span(value, "[1, {\"x\":\"]}\"}]");
	assert_true(jsontext_next(&walk, &name, &value));
	assert_span(value, "\"\\\"\"");
	assert_false(jsontext_next(&walk, &name, &value));
	assert_false(jsontext_next(&walk, &name, &value));
}

static void
elements_have_no_name(void **state)
{
	jsontext_walk walk = jsontext_open(span_of("[ 1,\"x\" ,null]"));
	span name, value;

	(void)state;
	assert_true(jsontext_next(&walk, &name, &value));
	assert_span(name, "");
	assert_span(value, "1");
	assert_true(jsontext_next(&walk, &name, &value));
	assert_span(value, "\"x\"");
	assert_true(jsontext_next(&walk, &name, &value));
	assert_span(value, "null");
	assert_false(jsontext_next(&walk, &name, &value));
	walk = jsontext_open(span_of("[ ]"));
	assert_false(jsontext_next(&walk, &name, &value));
}

static void
a_member_is_found_by_its_decoded_name(void **state)
{
	span object = span_of("{\"a@b\":1,\"caf\\u00e9\":2,\"a\":{\"z\":3},\"a\":4}");

	(void)state;
	assert_span(jsontext_member(object, "a@b"), "1");
	assert_span(jsontext_member(object, "caf\xC3\xA9"), "2");
	assert_span(jsontext_member(object, "a"), "{\"z\":3}");
	assert_null(jsontext_member(object, "z").at);
	assert_null(jsontext_member(object, "A").at);
	assert_null(jsontext_member(span_of("{}"), "a").at);
}

static void
assert_decoded(const char *string, const char *characters, size_t len)
{
	EXS_SCOPED(buf) b = BUF(200);

	jsontext_decode(&b, span_of(string));
	support_assert_span(buf_span(&b), characters, len, string, __LINE__);
}

static void
strings_are_decoded(void **state)
{
	(void)state;
	assert_decoded("\"\"", "", 0);
	assert_decoded("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t", 8);
	assert_decoded("\"a\\u0000b\"", "a\0b", 3);
	assert_decoded("\"\\u00e4\\u20AC\\uD83D\\uDE00\"", "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80", 9);
	assert_decoded("\"\\ud83d\"", "\xEF\xBF\xBD", 3);
	assert_decoded("\"\\ude00x\"", "\xEF\xBF\xBDx", 4);
	assert_decoded("\"\\ud83d\\u0041\"", "\xEF\xBF\xBD" "A", 4);
	assert_decoded("\"\\ud83d\\n\"", "\xEF\xBF\xBD\n", 4);
}

static void
quoted_text_is_json_and_comes_back(void **state)
{
	EXS_SCOPED(buf) quoted = BUF(4000);
	EXS_SCOPED(buf) back = BUF(4000);
	char   bytes[128];
	size_t at;

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)i;
	jsontext_quote(&quoted, span_from(bytes, sizeof bytes));
	assert_true(jsontext_check(buf_span(&quoted), &at));
	for (size_t i = 0; i < quoted.len; i++)
		assert_true((unsigned char)quoted.at[i] >= 0x20 && quoted.at[i] != 0x7F);
	jsontext_decode(&back, buf_span(&quoted));
	assert_true(span_same(buf_span(&back), span_from(bytes, sizeof bytes)));
}

static void
bytes_that_are_no_characters_are_quoted_as_such(void **state)
{
	EXS_SCOPED(buf) b = BUF(200);

	(void)state;
	jsontext_quote(&b, span_of("a\xFF\xC3\xA4\xC3"));
	assert_string_equal(buf_text(&b), "\"a\xEF\xBF\xBD\xC3\xA4\xEF\xBF\xBD\"");
}

static void
a_copy_drops_annotations_and_blanks_and_nothing_else(void **state)
{
	EXS_SCOPED(buf) b = BUF(500);
	span value = span_of("{ \"@odata.id\": 1, \"Size\" :1E400,\"Size@data.type\":\"System.Int64\", "
	                     "\"A\":[ {\"x@odata.type\":{}, \"y\":\" a b \"}, 00 ],\"e\":{}, \"Mail\":\"a@b\" }");

	(void)state;
	assert_true(jsontext_is_annotation(span_of("\"Size@data.type\"")));
	assert_false(jsontext_is_annotation(span_of("\"Size\"")));
	jsontext_copy(&b, value, false);
	assert_string_equal(buf_text(&b),
	                    "{\"Size\":1E400,\"A\":[{\"y\":\" a b \"},00],\"e\":{},\"Mail\":\"a@b\"}");
	buf_clear(&b);
	jsontext_copy(&b, value, true);
	assert_string_equal(buf_text(&b),
	                    "{\"@odata.id\":1,\"Size\":1E400,\"Size@data.type\":\"System.Int64\","
	                    "\"A\":[{\"x@odata.type\":{},\"y\":\" a b \"},00],\"e\":{},\"Mail\":\"a@b\"}");
	buf_clear(&b);
	jsontext_copy(&b, span_of(" 12 "), false);
	assert_string_equal(buf_text(&b), "12");
}

static exs_status
copy(void *self, exs_error *error)
{
	EXS_SCOPED(buf) b = BUF(4000);

	jsontext_copy(&b, span_of(self), false);
	jsontext_quote(&b, span_of(self));
	return buf_check(&b, "it", error);
}

static void
without_memory_a_copy_is_refused_in_the_end(void **state)
{
	char text[] = "{\"name\":\"a long enough text to make the buffer grow more than once, and once more\"}";

	(void)state;
	assert_true(torture(copy, text) >= 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(well_formed_values_pass),
		cmocka_unit_test(anything_else_is_refused),
		cmocka_unit_test(it_says_where_it_stops_being_json),
		cmocka_unit_test(every_place_of_a_stop_in_a_long_string_is_seen),
		cmocka_unit_test(nesting_has_a_limit),
		cmocka_unit_test(kinds_go_by_the_first_byte),
		cmocka_unit_test(members_come_in_order_as_they_were_written),
		cmocka_unit_test(elements_have_no_name),
		cmocka_unit_test(a_member_is_found_by_its_decoded_name),
		cmocka_unit_test(strings_are_decoded),
		cmocka_unit_test(quoted_text_is_json_and_comes_back),
		cmocka_unit_test(bytes_that_are_no_characters_are_quoted_as_such),
		cmocka_unit_test(a_copy_drops_annotations_and_blanks_and_nothing_else),
		cmocka_unit_test(without_memory_a_copy_is_refused_in_the_end),
	};

	return cmocka_run_group_tests_name("base/jsontext", tests, NULL, NULL);
}
