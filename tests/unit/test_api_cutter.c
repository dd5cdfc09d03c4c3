/* Answers of every shape, cut in pieces of every size. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/cutter.h"
#include "api/row.h"
#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>

/* Cuts the answer in pieces of `size` (0: of random sizes) and writes "R:row" and "M:name=value" lines. */
static exs_status
cut_all(span answer, size_t size, buf *to, bool *ret_early, exs_error *error)
{
	cutter     c;
	cut        found;
	exs_status status;
	size_t     at = 0;
	char      *piece = NULL;

	cutter_begin(&c);
	for (;;) {
		status = cutter_next(&c, &found, error);
		if (status != EXS_OK || found.kind == CUT_END)
			break;
		if (found.kind == CUT_ROW) {
			EXS_SCOPED(buf) row = BUF(CUTTER_ROW_MAX);
			span   identity;
			size_t place;

			if (!row_print(found.value, true, &row, &identity, &place)) {
				status = exs_fail(error, E_ANSWER, "a row is no JSON (byte %zu)", place);
				break;
			}
			buf_addf(to, "R:%.*s\n", (int)found.value.len, found.value.at);
		}
		if (found.kind == CUT_MEMBER)
			buf_addf(to, "M:%.*s=%.*s\n", (int)found.name.len, found.name.at,
			         (int)found.value.len, found.value.at);
		if (found.kind == CUT_MORE) {
			size_t n = size == 0 ? (size_t)rand() % 200 : size;

			if (n > answer.len - at)
				n = answer.len - at;
			if (at == answer.len)
				cutter_end(&c);
			/* a copy of its own size, so that a sanitizer sees any step beyond it */
			free(piece);
			piece = malloc(n + 1);
			assert_non_null(piece);
			memcpy(piece + 1, answer.at + at, n);
			cutter_feed(&c, span_from(piece + 1, n));
			at += n;
		}
	}
	*ret_early = status != EXS_OK && cutter_ended_early(&c);
	cutter_done(&c);
	free(piece);
	return status;
}

typedef struct shape {
	const char *answer, *cuts;
} shape;

static const shape shapes[] = {
	{"", ""},
	{" \r\n", ""},
	{"{}", ""},
	{"[]", ""},
	{"{\"value\":[]}", ""},
	{"{\"value\":null}", "M:\"value\"=null\n"},
	{"{\"value\":[{\"a\":1},{\"a\":2}]}", "R:{\"a\":1}\nR:{\"a\":2}\n"},
	{" { \"value\" : [ {\"a\": 1} , {} ] } ", "R:{\"a\": 1}\nR:{}\n"},
	{"{\"value\":{\"a\":[1,2]}}", "R:{\"a\":[1,2]}\n"},
	{"{\"value\":{\"a\":1},\"@x\":2}", "R:{\"a\":1}\nM:\"@x\"=2\n"},
	{"{\"a\":1,\"b\":[{}]}", "M:\"a\"=1\nM:\"b\"=[{}]\nR:{\"a\":1,\"b\":[{}]}\n"},
	{"{\"@odata.context\":\"x\",\"@adminapi.warnings\":[\"w\"]}",
	 "M:\"@odata.context\"=\"x\"\nM:\"@adminapi.warnings\"=[\"w\"]\n"},
	{"{\"error\":{\"code\":\"x\"}}", "M:\"error\"={\"code\":\"x\"}\n"},
	{"[{\"a\":1},{\"a\":2}]", "R:{\"a\":1}\nR:{\"a\":2}\n"},
	{"[1,\"x\\\"y\",null,true,-1.5e3,[[]]]", "R:1\nR:\"x\\\"y\"\nR:null\nR:true\nR:-1.5e3\nR:[[]]\n"},
	{"{\"@odata.nextLink\":\"https://h/?%24skiptoken=1\",\"value\":[{\"n\":15394007230974001153}],"
	 "\"@adminapi.warnings\":[]}",
	 "M:\"@odata.nextLink\"=\"https://h/?%24skiptoken=1\"\nR:{\"n\":15394007230974001153}\n"
	 "M:\"@adminapi.warnings\"=[]\n"},
	{"{\"value\":[{\"LastUsedDate(DateTime])\":\"x\",\"b{\":\"}]\",\"c\":\"\\\\\\\"\",\"d\":\"\\u0000\"}]}",
	 "R:{\"LastUsedDate(DateTime])\":\"x\",\"b{\":\"}]\",\"c\":\"\\\\\\\"\",\"d\":\"\\u0000\"}\n"},
	{"{\"value\":[{\"s\":\"0123456789012345678901234567890123456789012345678901234567890123456789\\\\\","
	 "\"t\":\"}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}\",\"u\":[{},[[]]]},1]}",
	 "R:{\"s\":\"0123456789012345678901234567890123456789012345678901234567890123456789\\\\\","
	 "\"t\":\"}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}\",\"u\":[{},[[]]]}\nR:1\n"},
};

static void
every_shape_is_cut_alike_in_pieces_of_every_size(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
		for (size_t size = 0; size < 140; size++) {
			EXS_SCOPED(buf) cuts = BUF(65536);
			exs_error *error = exs_error_new();
			bool       early;

			if (cut_all(span_of(shapes[i].answer), size, &cuts, &early, error) != EXS_OK)
				fail_msg("%s in %zu: %s", shapes[i].answer, size, exs_error_message(error));
			assert_string_equal(buf_text(&cuts), shapes[i].cuts);
			exs_error_free(error);
		}
	}
}

static const char *const broken[] = {
	"x", "1", "\"x\"", "null", "{\"value\":[{\"a\":1}]}x", "{\"value\":[{\"a\":1}]}{}",
	"{\"value\":[{\"a\":1},]}", "{\"value\":[,1]}", "{\"value\":[1 2]}", "{\"value\":1}",
	"{\"value\":\"x\"}", "{\"value\":[],\"value\":[]}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{,}",
	"{\"a\":1,}", "{a:1}", "{\"value\":[{\"a\":01}]}", "{\"value\":[{\"a\":\"\xFF\"}]}",
	"{\"value\":[{\"a\":\"\x01\"}]}", "{\"value\":[{\"a\":}]}", "{\"value\":[{]]}", "{\"value\":[nul]}",
	"{\"value\":nope}", "{\"a\":tru}", "{\"value\":[{\"a\":\"\\x\"}]}", "{\"value\":[{\"\xC0\x80\":1}]}", "]",
	"}", "[}", "{\"value\":[{\"a\":1}}", "\xEF\xBB\xBF{}",
};

static void
what_is_no_json_is_refused_and_not_called_early(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
		for (size_t size = 1; size < 70; size++) {
			EXS_SCOPED(buf) cuts = BUF(65536);
			exs_error *error = exs_error_new();
			bool       early = false;

			if (cut_all(span_of(broken[i]), size, &cuts, &early, error) != EXS_NETWORK || early)
				fail_msg("%s in %zu: %s", broken[i], size, exs_error_message(error));
			exs_error_free(error);
		}
	}
}

static void
an_answer_cut_short_anywhere_is_refused_as_early(void **state)
{
	const char whole[] = "{\"@x\":[1],\"value\":[{\"a\":\"b\\\"\",\"c\":[1,{}]},{}],\"y\":null}";

	(void)state;
	for (size_t len = 1; len < sizeof whole - 1; len++) {
		EXS_SCOPED(buf) cuts = BUF(65536);
		exs_error *error = exs_error_new();
		bool       early = false;

		assert_int_equal(cut_all(span_from(whole, len), 7, &cuts, &early, error), EXS_NETWORK);
		assert_true(early);
		assert_true(error_is(error, E_ANSWER));
		exs_error_free(error);
	}
}

static void
fill(buf *to, const char *text, size_t times)
{
	for (size_t i = 0; i < times; i++)
		buf_puts(to, text);
}

static void
a_row_of_thirty_two_mebibytes_is_taken_and_a_larger_one_refused(void **state)
{
	(void)state;
	for (int over = 0; over < 2; over++) {
		EXS_SCOPED(buf) answer = BUF(64u << 20), cuts = BUF(64u << 20);
		exs_error *error = exs_error_new();
		bool       early;

		buf_puts(&answer, "{\"value\":[\"");
		fill(&answer, "0123456789abcdef", (CUTTER_ROW_MAX - 16) / 16);
		fill(&answer, "x", over ? 32 : 14);
		buf_puts(&answer, "\"]}");
		assert_int_equal(cut_all(buf_span(&answer), 65536, &cuts, &early, error),
		                 over ? EXS_NETWORK : EXS_OK);
		assert_int_equal(error_is(error, E_ANSWER_SIZE), over);
		exs_error_free(error);
	}
}

static void
an_envelope_over_its_ceiling_is_refused(void **state)
{
	EXS_SCOPED(buf) answer = BUF(64u << 20), cuts = BUF(64u << 20);
	exs_error *error = exs_error_new();
	bool       early;

	(void)state;
	buf_puts(&answer, "{\"value\":[]");
	for (int i = 0; i < 50; i++) {
		buf_puts(&answer, ",\"@x\":\"");
		fill(&answer, "0123456789abcdef", 8192);
		buf_byte(&answer, '"');
	}
	buf_byte(&answer, '}');
	assert_int_equal(cut_all(buf_span(&answer), 65536, &cuts, &early, error), EXS_NETWORK);
	assert_true(error_is(error, E_ANSWER_SIZE));
	exs_error_free(error);
}

static void
a_row_nested_too_deep_is_refused(void **state)
{
	EXS_SCOPED(buf) answer = BUF(1u << 20), cuts = BUF(1u << 20);
	exs_error *error = exs_error_new();
	bool       early;

	(void)state;
	buf_puts(&answer, "{\"value\":[");
	fill(&answer, "[", 100000);
	fill(&answer, "]", 100000);
	buf_puts(&answer, "]}");
	assert_int_equal(cut_all(buf_span(&answer), 4096, &cuts, &early, error), EXS_NETWORK);
	assert_true(error_is(error, E_ANSWER));
	exs_error_free(error);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_shape_is_cut_alike_in_pieces_of_every_size),
		cmocka_unit_test(what_is_no_json_is_refused_and_not_called_early),
		cmocka_unit_test(an_answer_cut_short_anywhere_is_refused_as_early),
		cmocka_unit_test(a_row_of_thirty_two_mebibytes_is_taken_and_a_larger_one_refused),
		cmocka_unit_test(an_envelope_over_its_ceiling_is_refused),
		cmocka_unit_test(a_row_nested_too_deep_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
