/*
 * The differential test: lines of PowerShell in tests/unit/vectors and what they must become on the wire. The expectations
 * were written from the reference and from PowerShell's own rules, not from what the parser gives.
 */
#include "base/file.h"
#include "exchange/command.h"
#include "support/test.h"

#include <stdio.h>
#include <stdlib.h>

enum { FILE_MAX = 1024 * 1024, LINE_MAX_BYTES = 64 * 1024 };

/* One expectation of the file, while it is read. */
typedef struct vector {
	char     line[LINE_MAX_BYTES];
	unsigned at;
} vector;

static unsigned wrong;

static void
tell(const vector *v, const char *what, const char *is, span wanted)
{
	wrong++;
	print_error("line %u: %s\n  %s     %s\n  wanted " SPAN_FORMAT "\n", v->at, v->line, what, is,
	            SPAN_PRINT(wanted));
}

static void
expect_json(const vector *v, span json)
{
	EXS_AUTO(exs_command) *command = NULL;
	EXS_SCOPED(buf) body = BUF(LINE_MAX_BYTES), wanted = BUF(LINE_MAX_BYTES);
	exs_error *error = test_error();

	if (exs_command_parse(v->line, strlen(v->line), &command, error) != EXS_OK) {
		tell(v, "fails", exs_error_message(error), json);
		return;
	}
	assert_ok(command_body(command, false, &body, error));
	buf_addf(&wanted, "{\"CmdletInput\":{\"CmdletName\":\"%s\",\"Parameters\":{", exs_command_name(command));
	buf_add(&wanted, json);
	buf_puts(&wanted, "}}}");
	if (strcmp(buf_text(&body), buf_text(&wanted)) != 0)
		tell(v, "is   ", buf_text(&body), buf_span(&wanted));
}

static void
expect_refusal(const vector *v, span code)
{
	EXS_AUTO(exs_command) *command = NULL;
	exs_error *error = test_error();

	if (exs_command_parse(v->line, strlen(v->line), &command, error) == EXS_OK) {
		char *body = NULL;

		assert_ok(exs_command_body(command, &body, error));
		tell(v, "is   ", body, code);
		exs_text_free(body);
	} else if (!span_is(code, exs_error_code(error))) {
		tell(v, exs_error_code(error), exs_error_message(error), code);
	}
}

static void
add(vector *v, const char *between, span text)
{
	size_t used = strlen(v->line);

	assert_true(used + text.len + 2 < sizeof v->line);
	snprintf(v->line + used, sizeof v->line - used, "%s%.*s", between, (int)text.len, text.at);
}

static span
behind(span line, size_t mark)
{
	return line.len > mark ? span_from(line.at + mark + 1, line.len - mark - 1) : span_of("");
}

/* How many expectations the file holds. */
static unsigned
run_file(const char *name)
{
	const char *source = getenv("EXS_SOURCE_DIR");
	EXS_SCOPED(buf) text = BUF(FILE_MAX);
	char     path[1024];
	vector   v = {.line = ""};
	unsigned n = 0, at = 0;
	span     rest;

	snprintf(path, sizeof path, "%s/tests/unit/vectors/%s", source == NULL ? "." : source, name);
	assert_ok(file_read(path, FILE_ANY, &text, test_error()));
	for (rest = buf_span(&text); rest.len > 0;) {
		span line = span_cut(&rest, '\n');

		at++;
		if (span_starts(line, "PS>")) {
			v = (vector){.at = at};
			add(&v, "", behind(line, 3));
		} else if (span_starts(line, ">>")) {
			add(&v, "\n", behind(line, 2));
		} else if (span_starts(line, "=>")) {
			expect_json(&v, behind(line, 2));
			n++;
		} else if (span_starts(line, "!!")) {
			expect_refusal(&v, behind(line, 2));
			n++;
		} else {
			assert_true(line.len == 0 || line.at[0] == '#');
		}
	}
	return n;
}

static void
every_call_of_the_reference_becomes_the_documented_body(void **state)
{
	(void)state;
	wrong = 0;
	assert_true(run_file("calls.txt") >= 35);
	assert_int_equal(wrong, 0);
}

static void
lines_become_what_powershell_makes_of_them(void **state)
{
	(void)state;
	wrong = 0;
	assert_true(run_file("lines.txt") >= 100);
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call_of_the_reference_becomes_the_documented_body),
		cmocka_unit_test(lines_become_what_powershell_makes_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
