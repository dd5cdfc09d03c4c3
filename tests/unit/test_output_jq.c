/* --jq: what an expression makes of rows, which digits survive it, and how it fails. */
#include "base/jsontext.h"
#include "output/exact.h"
#include "output/jq_library.h"
#include "output/writer.h"
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* The rows (ended by NULL) through the expression and the writer; what came out, valid until the next call. */
static const char *
written(const char *expression, writer_options options, const char *const *rows)
{
	static char room[64 * 1024];
	EXS_AUTO(jq_filter) *filter = NULL;
	EXS_AUTO(writer) *w = NULL;
	ssize_t n;

	options.fd = open(test_path("out"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(options.fd >= 0);
	assert_ok(jq_filter_new(expression, &filter, test_error()));
	options.jq = filter;
	assert_ok(writer_new(&options, &w, test_error()));
	for (; *rows != NULL; rows++)
		assert_ok(writer_row(w, *rows, strlen(*rows), test_error()));
	assert_ok(writer_end(w, test_error()));
	n = pread(options.fd, room, sizeof room - 1, 0);
	assert_true(n >= 0);
	room[n] = '\0';
	close(options.fd);
	return room;
}

#define ROWS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void
results_are_lines_and_texts_have_no_quotes(void **state)
{
	writer_options o = {.format = OUTPUT_VALUES};

	(void)state;
	assert_string_equal(written(".a", o, ROWS("{\"a\":\"x\"}", "{\"a\":[1,null,true]}", "{}", "{\"a\":1.5}")),
	                    "x\n[1,null,true]\nnull\n1.5\n");
	assert_string_equal(written(".a[]?", o, ROWS("{\"a\":[1,2]}", "{\"a\":[]}", "{}")), "1\n2\n");
	assert_string_equal(written("select(.a > 1)", o, ROWS("{\"z\":1,\"a\":1}", "{\"z\":1,\"a\":2}")),
	                    "{\"z\":1,\"a\":2}\n");
	assert_string_equal(written(".a", o, ROWS("{\"a\":\"G\\u00fcl\\nay\"}")), "G\xC3\xBCl\nay\n");
	o.terminal = true;
	assert_string_equal(written(".a", o, ROWS("{\"a\":\"x\\u001b[2J\"}")), "x\\u{001B}[2J\n");
}

static void
results_take_every_format(void **state)
{
	writer_options o = {.format = OUTPUT_JSON};

	(void)state;
	assert_string_equal(written(".a", o, ROWS("{\"a\":\"x\"}", "{\"a\":2}")), "[\n\"x\",\n2\n]\n");
	o.format = OUTPUT_NDJSON;
	assert_string_equal(written(".a", o, ROWS("{\"a\":\"x\"}", "{\"a\":2}")), "\"x\"\n2\n");
	o.format = OUTPUT_CSV;
	assert_string_equal(written("{n: .a, m: .b}", o, ROWS("{\"a\":\"x\",\"b\":1}", "{\"a\":\"y;\"}")),
	                    "n,m\r\nx,1\r\n\"y;\",\r\n");
	assert_string_equal(written(".a", o, ROWS("{\"a\":\"x\"}")), "Value\r\nx\r\n");
	o.format = OUTPUT_NONE;
	assert_string_equal(written(".a", o, ROWS("{\"a\":\"x\"}")), "");
}

static void
a_selection_comes_before_the_expression(void **state)
{
	writer_options o = {.format = OUTPUT_VALUES, .select = "B,a"};

	(void)state;
	assert_string_equal(written(".", o, ROWS("{\"a\":1,\"b\":2,\"c\":3}")), "{\"b\":2,\"a\":1}\n");
	assert_string_equal(written("keys", o, ROWS("{\"a\":1,\"b\":2,\"c\":3}")), "[\"a\",\"b\"]\n");
}

typedef struct number_row {
	const char *number;
	bool        survives;
} number_row;

static const number_row numbers[] = {
	{"0", true},
	{"-5", true},
	{"1.5", true},
	{"1e10", true},
	{"123456789012345", true},
	{"9007199254740991", true},
	{"-9007199254740991", true},
	{"9007199254740993", false},
	{"15394007230974001153", false},
	{"0.1234567890123456789", false},
	{"1e400", false},
	{"1e-400", false},
	{"0.0", true},
	{"100000000000000000000000", false},
};

static void
a_number_that_would_lose_digits_becomes_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		EXS_SCOPED(buf) to = BUF(1000);
		char json[200], wanted[200];
		span name;

		snprintf(json, sizeof json, "{\"x\":\"1e999\",\"n\":[%s,true]}", numbers[i].number);
		snprintf(wanted, sizeof wanted, "{\"x\":\"1e999\",\"n\":[%s%s%s,true]}", numbers[i].survives ? "" : "\"",
		         numbers[i].number, numbers[i].survives ? "" : "\"");
		exact_add(&to, span_of(json), &name);
		assert_string_equal(buf_text(&to), wanted);
		assert_int_equal(name.at == NULL, numbers[i].survives);
		if (name.at != NULL)
			assert_true(span_is(name, "n"));
	}
}

static void
twenty_digits_come_through_and_are_told(void **state)
{
	const jq_taker none = {NULL, NULL};
	EXS_AUTO(jq_filter) *filter = NULL;
	span row = span_of("{\"RuleIdentity\":15394007230974001153,\"b\":1}");

	(void)state;
	assert_string_equal(written(".RuleIdentity", (writer_options){.format = OUTPUT_VALUES},
	                            ROWS("{\"RuleIdentity\":15394007230974001153}")),
	                    "15394007230974001153\n");
	assert_ok(jq_filter_new("empty", &filter, test_error()));
	assert_null(jq_filter_inexact(filter));
	assert_ok(jq_filter_row(filter, row, 1, &none, test_error()));
	assert_string_equal(jq_filter_inexact(filter), "RuleIdentity");
}

static void
an_expression_that_is_none_is_refused(void **state)
{
	static const char *const wrong[] = {".[", "foo", ".a |", "{", "$x", "import \"a\" as b; ."};
	jq_filter *filter = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		exs_error *error = test_error();

		assert_int_equal(jq_filter_new(wrong[i], &filter, error), EXS_USAGE);
		assert_string_equal(exs_error_code(error), "E-JQ");
		assert_true(strlen(exs_error_message(error)) > 10);
		assert_null(strchr(exs_error_message(error), '\n'));
	}
}

static exs_status
count(void *self, span value, exs_error *error)
{
	(void)value;
	(void)error;
	*(int *)self += 1;
	return EXS_OK;
}

static void
a_failure_names_the_row(void **state)
{
	static const char *const failing[] = {".a | tonumber", ".b.c", "error(\"no\")", "error({a: 1})", "halt"};
	EXS_AUTO(jq_filter) *twice = NULL;
	int      results = 0;
	jq_taker taker = {&results, count};

	(void)state;
	for (size_t i = 0; i < sizeof failing / sizeof failing[0]; i++) {
		EXS_AUTO(jq_filter) *filter = NULL;
		exs_error *error = test_error();

		assert_ok(jq_filter_new(failing[i], &filter, test_error()));
		assert_int_equal(jq_filter_row(filter, span_of("{\"a\":\"x\",\"b\":1}"), 17, &taker, error), EXS_INCOMPLETE);
		assert_non_null(strstr(exs_error_message(error), "row 17"));
	}
	/* what came before the failure was given, and the next row is not touched by it */
	results = 0;
	assert_ok(jq_filter_new("1, .b.c, 2", &twice, test_error()));
	assert_int_equal(jq_filter_row(twice, span_of("{\"b\":1}"), 1, &taker, test_error()), EXS_INCOMPLETE);
	assert_int_equal(results, 1);
	assert_ok(jq_filter_row(twice, span_of("{}"), 2, &taker, test_error()));
	assert_int_equal(results, 4);
}

static void
a_row_nested_too_deep_is_a_failure_at_that_row(void **state)
{
	EXS_SCOPED(buf) deep = BUF(10000);
	EXS_AUTO(jq_filter) *filter = NULL;
	const jq_taker none = {NULL, NULL};
	exs_error     *error = test_error();

	(void)state;
	for (int i = 0; i < 3000; i++)
		buf_byte(&deep, '[');
	for (int i = 0; i < 3000; i++)
		buf_byte(&deep, ']');
	assert_ok(jq_filter_new("empty", &filter, test_error()));
	assert_int_equal(jq_filter_row(filter, buf_span(&deep), 3, &none, error), EXS_INCOMPLETE);
	assert_non_null(strstr(exs_error_message(error), "row 3"));
}

static bool
always(void)
{
	return true;
}

static void
an_expression_without_an_end_can_be_interrupted(void **state)
{
	EXS_AUTO(jq_filter) *filter = NULL;
	EXS_AUTO(writer) *w = NULL;
	writer_options o = {.format = OUTPUT_NONE, .fd = -1, .cancelled = always};

	(void)state;
	assert_ok(jq_filter_new("repeat(1)", &filter, test_error()));
	o.jq = filter;
	assert_ok(writer_new(&o, &w, test_error()));
	assert_int_equal(writer_row(w, "{}", 2, test_error()), EXS_CANCELLED);
}

static void
a_libjq_that_is_missing_or_another_is_named(void **state)
{
	jq_library library;
	exs_error *error = test_error();

	(void)state;
	assert_int_equal(jq_library_open("libnowhere.so.1", &library, error), EXS_CONFIG);
	assert_string_equal(exs_error_code(error), "E-JQ-LIBRARY");
	assert_string_equal(exs_error_fix(error), "install libjq1");
	error = test_error();
	assert_int_equal(jq_library_open("libm.so.6", &library, error), EXS_CONFIG);
	assert_non_null(strstr(exs_error_message(error), "jq_init"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(results_are_lines_and_texts_have_no_quotes),
		cmocka_unit_test(results_take_every_format),
		cmocka_unit_test(a_selection_comes_before_the_expression),
		cmocka_unit_test(a_number_that_would_lose_digits_becomes_text),
		cmocka_unit_test(twenty_digits_come_through_and_are_told),
		cmocka_unit_test(an_expression_that_is_none_is_refused),
		cmocka_unit_test(a_failure_names_the_row),
		cmocka_unit_test(a_row_nested_too_deep_is_a_failure_at_that_row),
		cmocka_unit_test(an_expression_without_an_end_can_be_interrupted),
		cmocka_unit_test(a_libjq_that_is_missing_or_another_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
