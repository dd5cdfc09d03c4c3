/* Rows to text in every format: exact bytes, harmless to spreadsheets and terminals. */
#include "output/writer.h"
#include "support/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ROOM = 4 * 1024 * 1024 };

/* Writes the rows (ended by NULL) and returns what came out, valid until the next call. */
static const char *
written(writer_options options, const char *const *rows)
{
	static char room[ROOM];
	EXS_AUTO(writer) *w = NULL;
	exs_error *error = test_error();
	ssize_t    n;

	options.fd = open(test_path("out"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(options.fd >= 0);
	assert_ok(writer_new(&options, &w, error));
	for (; *rows != NULL; rows++)
		assert_ok(writer_row(w, *rows, strlen(*rows), error));
	assert_ok(writer_end(w, error));
	n = pread(options.fd, room, sizeof room - 1, 0);
	assert_true(n >= 0);
	room[n] = '\0';
	close(options.fd);
	return room;
}

#define ROWS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NO_ROWS   ((const char *const[]){NULL})

static void
json_is_one_array_and_ndjson_a_line_a_row(void **state)
{
	writer_options o = {.format = OUTPUT_JSON};

	(void)state;
	assert_string_equal(written(o, ROWS("{\"a\":12345678901234567890}", "{\"a\":1.50e10}")),
	                    "[\n{\"a\":12345678901234567890},\n{\"a\":1.50e10}\n]\n");
	assert_string_equal(written(o, NO_ROWS), "[]\n");
	o.single = true;
	assert_string_equal(written(o, ROWS("{\"a\":1}")), "{\"a\":1}\n");
	o = (writer_options){.format = OUTPUT_NDJSON};
	assert_string_equal(written(o, ROWS("{\"a\":1}", " {\"b\":\"\\u00e9\"} ")),
	                    "{\"a\":1}\n{\"b\":\"\\u00e9\"}\n");
	assert_string_equal(written(o, NO_ROWS), "");
	o.format = OUTPUT_NONE;
	assert_string_equal(written(o, ROWS("{\"a\":1}")), "");
}

static void
selected_properties_come_in_the_order_asked_whatever_their_case(void **state)
{
	writer_options o = {.format = OUTPUT_NDJSON, .select = "b, A,none"};

	(void)state;
	assert_string_equal(written(o, ROWS("{\"a\":1,\"B\":[1,{\"x\":2}],\"c\":3}", "{\"c\":1}")),
	                    "{\"B\":[1,{\"x\":2}],\"a\":1,\"none\":null}\n"
	                    "{\"b\":null,\"A\":null,\"none\":null}\n");
	o.format = OUTPUT_CSV;
	assert_string_equal(written(o, ROWS("{\"a\":1,\"B\":\"two\",\"c\":3}", "{\"\\u0062\":4}")),
	                    "b,A,none\r\ntwo,1,\r\n4,,\r\n");
	o.format = OUTPUT_LIST;
	assert_string_equal(written(o, ROWS("{\"a\":1}")), "b    :\nA    : 1\nnone :\n");
}

static void
a_property_no_row_had_is_told(void **state)
{
	writer_options o = {.format = OUTPUT_NONE, .select = "a,nmae,zip", .fd = -1};
	EXS_AUTO(writer) *w = NULL;

	(void)state;
	assert_ok(writer_new(&o, &w, test_error()));
	assert_null(writer_unseen(w, 0));
	assert_ok(writer_row(w, "{\"A\":null}", 10, test_error()));
	assert_string_equal(writer_unseen(w, 0), "nmae");
	assert_string_equal(writer_unseen(w, 1), "zip");
	assert_null(writer_unseen(w, 2));
}

static void
a_selection_that_makes_no_sense_is_refused(void **state)
{
	static const char *const wrong[] = {"", "a,,b", "a,", "a,b,A"};
	exs_error *error = test_error();

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		writer_options o = {.format = OUTPUT_CSV, .select = wrong[i]};
		writer        *w = NULL;

		assert_fails(writer_new(&o, &w, error), error, E_USAGE);
		assert_null(w);
	}
}

static void
csv_quotes_as_rfc_4180_says(void **state)
{
	writer_options o = {.format = OUTPUT_CSV};

	(void)state;
	assert_string_equal(
		written(o, ROWS("{\"a\":\"x,y\",\"b\":\"say \\\"hi\\\"\",\"c\":\"two\\nlines\",\"d\":null,"
	                    "\"e\":[\"p\",\"q\"],\"f\":{\"g\":1},\"h\":true,\"i\":\" pad\"}")),
		"a,b,c,d,e,f,h,i\r\n\"x,y\",\"say \"\"hi\"\"\",\"two\nlines\",,\"p; q\",\"{\"\"g\"\":1}\","
		"true,\" pad\"\r\n");
}

static void
csv_cannot_be_executed_by_a_spreadsheet(void **state)
{
	static const struct {
		const char *json, *cell;
	} cases[] = {
		{"\"=1+1\"", "\"'=1+1\""},
		{"\"+49 30\"", "\"'+49 30\""},
		{"\"-cmd|' /C calc'!A0\"", "\"'-cmd|' /C calc'!A0\""},
		{"\"@SUM(A1)\"", "\"'@SUM(A1)\""},
		{"\"\\t=1\"", "\"'\t=1\""},
		{"\"\\r=1\"", "\"'\r=1\""},
		{"\"\xEF\xBC\x9D" "1\"", "\"'\xEF\xBC\x9D" "1\""},
		{"[\"=1\",\"b\"]", "\"'=1; b\""},
		{"-5", "-5"},
		{"-0.5e-3", "-0.5e-3"},
		{"\"-5\"", "-5"},
		{"\"-5x\"", "\"'-5x\""},
		{"\"a=b\"", "a=b"},
		{"\"a;=1\"", "\"a;=1\""},
		{"\"\"", ""},
	};
	writer_options o = {.format = OUTPUT_CSV};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char row[128], wanted[128];

		snprintf(row, sizeof row, "{\"a\":%s}", cases[i].json);
		snprintf(wanted, sizeof wanted, "a\r\n%s\r\n", cases[i].cell);
		assert_string_equal(written(o, ROWS(row)), wanted);
	}
	assert_string_equal(written(o, ROWS("{\"=cmd\":1}")), "\"'=cmd\"\r\n1\r\n");
}

static void
tsv_keeps_a_row_on_a_line(void **state)
{
	writer_options o = {.format = OUTPUT_TSV};

	(void)state;
	assert_string_equal(written(o, ROWS("{\"a\":\"x\\ty\",\"b\":\"1\\n2\\r\\\\\"}")),
	                    "a\tb\nx\\ty\t1\\n2\\r\\\\\n");
}

static void
a_row_that_is_no_object_has_a_value(void **state)
{
	writer_options o = {.format = OUTPUT_CSV};

	(void)state;
	assert_string_equal(written(o, ROWS("\"text\"", "42", "[1,2]")),
	                    "Value\r\ntext\r\n42\r\n\"1; 2\"\r\n");
	o.format = OUTPUT_NDJSON;
	assert_string_equal(written(o, ROWS("\"text\"", "42")), "\"text\"\n42\n");
}

static void
a_list_shows_each_row_s_own_properties(void **state)
{
	writer_options o = {.format = OUTPUT_LIST};

	(void)state;
	assert_string_equal(written(o, ROWS("{\"Name\":\"Ann\",\"Id\":1}", "{\"Other\":[\"a\",\"b\"]}")),
	                    "Name : Ann\nId   : 1\n\nOther : a; b\n");
}

static void
nul_reaches_no_reader_of_csv_or_tsv(void **state)
{
	writer_options o = {.format = OUTPUT_CSV};

	(void)state;
	assert_string_equal(written(o, ROWS("{\"A\":\"\\u0000=1\",\"B\":\"x\\u0000\\\"y\\u0000\"}")),
	                    "A,B\r\n\xE2\x90\x80=1,\"x\xE2\x90\x80\"\"y\xE2\x90\x80\"\r\n");
	o.format = OUTPUT_TSV;
	assert_string_equal(written(o, ROWS("{\"A\":\"\\u0000=1\",\"B\":\"x\\u0000\\\\\"}")),
	                    "A\tB\n\\0=1\tx\\0\\\\\n");
}

static void
no_format_for_people_can_drive_a_terminal(void **state)
{
	static const char row[] = "{\"Name\":\"a\\u001b[2Jb\\u0007\",\"Identity\":\"x\xE2\x80\xAEy"
	                          "\xC2\x9B" "2J\",\"Evil\\u001b]0;t\":\"\\u0000\"}";
	static const output_format formats[] = {OUTPUT_TABLE, OUTPUT_LIST, OUTPUT_CSV, OUTPUT_TSV};

	(void)state;
	for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
		writer_options o = {.format = formats[i], .terminal = true, .width = 200,
		                    .select = formats[i] == OUTPUT_TABLE
		                              ? "Name,Identity,Evil\033]0;t"
		                              : NULL};
		const char *out = written(o, ROWS(row));

		assert_null(strchr(out, 033));
		assert_null(strchr(out, 7));
		assert_null(strstr(out, "\xE2\x80\xAE"));
		assert_null(strstr(out, "\xC2\x9B"));
		/* TSV doubles the backslash */
		assert_non_null(strstr(out, "u{001B}[2Jb"));
	}
}

static void
what_waited_is_written_when_the_list_ends_early(void **state)
{
	writer_options o = {.format = OUTPUT_JSON};
	EXS_AUTO(writer) *w = NULL;
	char    room[64] = {0};
	ssize_t n;

	(void)state;
	o.fd = open(test_path("early"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_ok(writer_new(&o, &w, test_error()));
	assert_ok(writer_row(w, "{}", 2, test_error()));
	assert_ok(writer_end(w, test_error()));
	n = pread(o.fd, room, sizeof room - 1, 0);
	assert_int_equal(n, 7);
	assert_string_equal(room, "[\n{}\n]\n");
	close(o.fd);
}

static exs_status
write_many(writer *w, exs_error *error)
{
	for (int i = 0; i < 100000; i++)
		EXS_TRY(writer_row(w, "{\"a\":\"0123456789\"}", 18, error));
	return writer_end(w, error);
}

static void
a_full_device_is_an_error_of_output(void **state)
{
	writer_options o = {.format = OUTPUT_NDJSON, .fd = open("/dev/full", O_WRONLY | O_CLOEXEC)};
	EXS_AUTO(writer) *w = NULL;
	exs_error *error = test_error();

	(void)state;
	assert_true(o.fd >= 0);
	assert_ok(writer_new(&o, &w, error));
	assert_fails(write_many(w, error), error, E_OUTPUT);
	assert_fails(writer_end(w, error), error, E_OUTPUT);
	close(o.fd);
}

static void
a_reader_that_went_away_is_told_apart(void **state)
{
	int            ends[2];
	writer_options o = {.format = OUTPUT_NDJSON};
	EXS_AUTO(writer) *w = NULL;
	exs_error *error = test_error();

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	close(ends[0]);
	o.fd = ends[1];
	assert_ok(writer_new(&o, &w, error));
	assert_int_equal(write_many(w, error), EXS_INTERNAL);
	assert_string_equal(exs_error_native(error), "EPIPE");
	assert_fails(EXS_INTERNAL, error, E_OUTPUT);
	close(ends[1]);
}

static bool
always(void)
{
	return true;
}

static void
a_reader_that_never_reads_is_left_by_an_interrupt(void **state)
{
	int            ends[2];
	writer_options o = {.format = OUTPUT_NDJSON, .cancelled = always};
	EXS_AUTO(writer) *w = NULL;
	exs_error *error = test_error();

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	o.fd = ends[1];
	assert_ok(writer_new(&o, &w, error));
	assert_fails(write_many(w, error), error, E_INTERRUPTED);
	close(ends[0]);
	close(ends[1]);
}

static void
a_property_name_in_every_case_is_the_same_column_once(void **state)
{
	writer_options o = {.format = OUTPUT_CSV};

	(void)state;
	assert_string_equal(written(o, ROWS("{\"a\":1,\"A\":2}", "{\"A\":3,\"a\":4}")),
	                    "a,A\r\n1,2\r\n3,4\r\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_is_one_array_and_ndjson_a_line_a_row),
		cmocka_unit_test(selected_properties_come_in_the_order_asked_whatever_their_case),
		cmocka_unit_test(a_property_no_row_had_is_told),
		cmocka_unit_test(a_selection_that_makes_no_sense_is_refused),
		cmocka_unit_test(csv_quotes_as_rfc_4180_says),
		cmocka_unit_test(csv_cannot_be_executed_by_a_spreadsheet),
		cmocka_unit_test(nul_reaches_no_reader_of_csv_or_tsv),
		cmocka_unit_test(tsv_keeps_a_row_on_a_line),
		cmocka_unit_test(a_row_that_is_no_object_has_a_value),
		cmocka_unit_test(a_list_shows_each_row_s_own_properties),
		cmocka_unit_test(no_format_for_people_can_drive_a_terminal),
		cmocka_unit_test(what_waited_is_written_when_the_list_ends_early),
		cmocka_unit_test(a_full_device_is_an_error_of_output),
		cmocka_unit_test(a_reader_that_went_away_is_told_apart),
		cmocka_unit_test(a_reader_that_never_reads_is_left_by_an_interrupt),
		cmocka_unit_test(a_property_name_in_every_case_is_the_same_column_once),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
