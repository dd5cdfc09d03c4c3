/* Tables: a layout from the first rows, kept for all that follow; nothing that tells objects apart is cut. */
#include "output/table.h"
#include "output/writer.h"
#include "support/test.h"

#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ROOM = 8 * 1024 * 1024 };

static char room[ROOM];

typedef struct sheet {
	writer *w;
	int     fd;
} sheet;

static void
sheet_open(sheet *s, writer_options options)
{
	s->fd = options.fd = open(test_path("out"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(s->fd >= 0);
	options.format = OUTPUT_TABLE;
	assert_ok(writer_new(&options, &s->w, test_error()));
}

static void
sheet_row(sheet *s, const char *row)
{
	assert_ok(writer_row(s->w, row, strlen(row), test_error()));
}

static const char *
sheet_end(sheet *s)
{
	ssize_t n;

	assert_ok(writer_end(s->w, test_error()));
	writer_free(s->w);
	n = pread(s->fd, room, sizeof room - 1, 0);
	assert_true(n >= 0);
	room[n] = '\0';
	close(s->fd);
	return room;
}

static void
a_table_has_a_heading_and_aligned_columns(void **state)
{
	sheet s;

	(void)state;
	sheet_open(&s, (writer_options){0});
	sheet_row(&s, "{\"x\":[1],\"Name\":\"ann\",\"DisplayName\":\"Ann\"}");
	sheet_row(&s, "{\"DisplayName\":\"B\xC3\xBC\",\"Name\":\"bernadette\"}");
	assert_string_equal(sheet_end(&s), "Name       DisplayName\n"
	                                   "ann        Ann\n"
	                                   "bernadette B\xC3\xBC\n");
}

static void
an_empty_list_prints_nothing(void **state)
{
	sheet s;

	(void)state;
	sheet_open(&s, (writer_options){0});
	assert_string_equal(sheet_end(&s), "");
}

/* Where the second column begins, in bytes. */
static size_t
second_column(const char *line)
{
	size_t at = strcspn(line, " ");

	return at + strspn(line + at, " ");
}

static void
every_batch_keeps_the_first_one_s_columns(void **state)
{
	const char *line;
	sheet       s;
	int         lines = 0;

	(void)state;
	sheet_open(&s, (writer_options){0});
	for (int i = 0; i < 1000; i++) {
		char row[128];

		snprintf(row, sizeof row, "{\"Name\":\"%s\",\"DisplayName\":\"d%d\"}",
		         i == 5 ? "the-longest-name" : "n", i);
		sheet_row(&s, row);
	}
	line = sheet_end(&s);
	for (; *line != '\0'; line = strchr(line, '\n') + 1) {
		assert_int_equal(second_column(line), strlen("the-longest-name") + 1);
		lines++;
	}
	assert_int_equal(lines, 1001);
}

static void
a_longer_name_in_a_later_batch_is_not_cut(void **state)
{
	const char *out;
	sheet       s;

	(void)state;
	sheet_open(&s, (writer_options){.width = 40});
	for (int i = 0; i < TABLE_SAMPLE + 5; i++)
		sheet_row(&s, "{\"Name\":\"short\",\"Identity\":\"i\",\"DisplayName\":\"d\"}");
	sheet_row(&s, "{\"Name\":\"a-name-that-is-longer-than-any-before\",\"Identity\":\"yes\","
	              "\"DisplayName\":\"shown\"}");
	out = sheet_end(&s);
	assert_non_null(strstr(out, "a-name-that-is-longer-than-any-before"));
	assert_non_null(strstr(out, "yes"));
	assert_non_null(strstr(out, "shown"));
}

static void
on_a_narrow_terminal_prose_is_cut_and_addresses_are_not(void **state)
{
	static const char address[] = "bernadette.of.the.long.address@contoso.example";
	static const char prose[] = "Bernadette of the Very Long Display Name, Esquire";
	const char       *out;
	char              row[256];
	sheet             s;

	(void)state;
	snprintf(row, sizeof row, "{\"DisplayName\":\"%s\",\"PrimarySmtpAddress\":\"%s\"}", prose,
	         address);
	sheet_open(&s, (writer_options){.width = 70, .terminal = true});
	sheet_row(&s, row);
	out = sheet_end(&s);
	assert_non_null(strstr(out, address));
	assert_null(strstr(out, prose));
	sheet_open(&s, (writer_options){0});
	sheet_row(&s, row);
	out = sheet_end(&s);
	assert_non_null(strstr(out, prose));
}

static void
a_cell_of_megabytes_is_cut_and_says_so(void **state)
{
	EXS_SCOPED(buf) row = BUF(4 * 1024 * 1024);
	const char *out;
	sheet       s;

	(void)state;
	buf_puts(&row, "{\"Name\":\"a\",\"Notes\":\"");
	for (int i = 0; i < 1000000; i++)
		buf_puts(&row, "\xC3\xBC");
	buf_puts(&row, "\"}");
	sheet_open(&s, (writer_options){.select = "Name,Notes"});
	sheet_row(&s, buf_text(&row));
	out = sheet_end(&s);
	assert_true(strlen(out) < 2 * TABLE_CELL_MAX + 1000);
	assert_non_null(strstr(out, "\xC3\xBC..."));
	assert_true(span_is_utf8(span_of(out)));
}

static void
properties_that_few_rows_have_do_not_disturb(void **state)
{
	sheet s;

	(void)state;
	sheet_open(&s, (writer_options){0});
	sheet_row(&s, "{\"alpha\":1,\"beta\":{\"x\":1},\"gamma\":null,\"delta\":\"d\"}");
	sheet_row(&s, "{\"other\":true}");
	assert_string_equal(sheet_end(&s), "alpha gamma delta\n1           d\n            \n");
}

static void
rows_that_are_no_objects_have_one_column(void **state)
{
	sheet s;

	(void)state;
	sheet_open(&s, (writer_options){0});
	sheet_row(&s, "\"one\"");
	sheet_row(&s, "2");
	assert_string_equal(sheet_end(&s), "Value\none\n2\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_has_a_heading_and_aligned_columns),
		cmocka_unit_test(an_empty_list_prints_nothing),
		cmocka_unit_test(every_batch_keeps_the_first_one_s_columns),
		cmocka_unit_test(a_longer_name_in_a_later_batch_is_not_cut),
		cmocka_unit_test(on_a_narrow_terminal_prose_is_cut_and_addresses_are_not),
		cmocka_unit_test(a_cell_of_megabytes_is_cut_and_says_so),
		cmocka_unit_test(properties_that_few_rows_have_do_not_disturb),
		cmocka_unit_test(rows_that_are_no_objects_have_one_column),
	};

	(void)setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
