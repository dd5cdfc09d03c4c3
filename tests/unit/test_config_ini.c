/* Configuration text: what is read, and what is refused with its place. */
#include "config/ini.h"
#include "support/test.h"

#include <stdio.h>

typedef struct seen {
	char text[4096];
	int  n;
} seen;

static exs_status
note_line(void *self, const ini_line *line, exs_error *error)
{
	seen  *s = self;
	size_t used = strlen(s->text);

	(void)error;
	s->n++;
	snprintf(s->text + used, sizeof s->text - used, "%u|%.*s|%.*s|%.*s\n", line->number,
	         (int)line->profile.len, line->profile.at, (int)line->key.len, line->key.at,
	         (int)line->value.len, line->value.at);
	return EXS_OK;
}

static exs_status
parse(const char *text, seen *s, exs_error *error)
{
	*s = (seen){0};
	return ini_parse(span_of(text), "a.conf", note_line, s, error);
}

static void
sections_and_settings_come_in_order_with_their_lines(void **state)
{
	seen s;

	(void)state;
	assert_ok(parse("# hello\n[exosign]\ndefault-profile = prod\n\n[profile \"prod\"]\n"
	                "  tenant=contoso.example  \r\n\tkey = pkcs11:token=a;object=b#c\n",
	                &s, test_error()));
	assert_string_equal(s.text, "2|||\n3||default-profile|prod\n5|prod||\n"
	                            "6|prod|tenant|contoso.example\n"
	                            "7|prod|key|pkcs11:token=a;object=b#c\n");
}

static void
a_byte_order_mark_and_a_missing_last_newline_do_not_matter(void **state)
{
	seen s;

	(void)state;
	assert_ok(parse("\xEF\xBB\xBF[exosign]\ndefault-profile = a", &s, test_error()));
	assert_int_equal(s.n, 2);
	assert_ok(parse("", &s, test_error()));
	assert_int_equal(s.n, 0);
}

static void
what_is_not_understood_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *text, *place;
		error_id    id;
	} cases[] = {
		{"tenant = a\n", "a.conf:1: ", E_CONFIG_SYNTAX},
		{"[exosign]\nnonsense\n", "a.conf:2: ", E_CONFIG_SYNTAX},
		{"[exosign]\n= value\n", "a.conf:2: ", E_CONFIG_SYNTAX},
		{"[exosign\n", "a.conf:1: ", E_CONFIG_SYNTAX},
		{"[exosign] # why\n", "a.conf:1: ", E_CONFIG_SYNTAX},
		{"[]\n", "a.conf:1: ", E_CONFIG_KEY},
		{"[network]\n", "a.conf:1: ", E_CONFIG_KEY},
		{"[profile prod]\n", "a.conf:1: ", E_CONFIG_SYNTAX},
		{"[profile \"\"]\n", "a.conf:1: ", E_CONFIG_SYNTAX},
		{"[profile \"a b\"]\n", "a.conf:1: ", E_CONFIG_SYNTAX},
		{"[profile \"../x\"]\n", "a.conf:1: ", E_CONFIG_SYNTAX},
		{"[profile \"-x\"]\n", "a.conf:1: ", E_CONFIG_SYNTAX},
		{"[exosign]\n\nkey = value # note\n", "a.conf:3: ", E_CONFIG_SYNTAX},
		{"[exosign]\nkey = \"value\"\n", "a.conf:2: ", E_CONFIG_SYNTAX},
		{"[exosign]\nkey = caf\xE9\n", "a.conf:2: ", E_CONFIG_SYNTAX},
		{"[exosign]\nkey = a\033[2J\n", "a.conf:2: ", E_CONFIG_SYNTAX},
	};
	exs_error *error = test_error();
	seen       s;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		exs_status status = parse(cases[i].text, &s, error);

		assert_int_equal(strncmp(exs_error_message(error), cases[i].place,
		                         strlen(cases[i].place)), 0);
		assert_fails(status, error, cases[i].id);
	}
}

static void
a_line_may_have_64_kibibytes_and_not_one_byte_more(void **state)
{
	EXS_SCOPED(buf) text = BUF(INI_FILE_MAX);
	exs_error *error = test_error();
	seen       s;

	(void)state;
	buf_puts(&text, "#");
	while (text.len < INI_LINE_MAX)
		buf_byte(&text, 'x');
	assert_ok(parse(buf_text(&text), &s, error));
	buf_byte(&text, 'x');
	assert_fails(parse(buf_text(&text), &s, error), error, E_CONFIG_SYNTAX);
}

static void
a_nul_byte_is_refused(void **state)
{
	static const char text[] = "[exosign]\nlock = a\0b\n";
	exs_error *error = test_error();
	seen       s = {0};

	(void)state;
	assert_fails(ini_parse(span_from(text, sizeof text - 1), "a.conf", note_line, &s, error),
	             error, E_CONFIG_SYNTAX);
}

static exs_status
fail_at_second(void *self, const ini_line *line, exs_error *error)
{
	(void)self;
	if (line->number == 2)
		return exs_fail(error, E_CONFIG_KEY, "no");
	return EXS_OK;
}

static void
a_visitor_that_fails_ends_the_walk(void **state)
{
	exs_error *error = test_error();

	(void)state;
	assert_fails(ini_parse(span_of("[exosign]\na=b\nnonsense"), "x", fail_at_second, NULL, error),
	             error, E_CONFIG_KEY);
}

static void
note_problem(void *self, const exs_error *problem)
{
	seen  *s = self;
	size_t used = strlen(s->text);

	snprintf(s->text + used, sizeof s->text - used, "problem %s\n", exs_error_message(problem));
}

static void
every_problem_is_told_and_an_unknown_section_is_left_out(void **state)
{
	seen s = {0};

	(void)state;
	assert_ok(ini_parse_all(span_of("[exosign]\nnonsense\n[cabinet]\na = b\n[profile \"p\"]\n"
	                                "= c\ntenant = d\n"),
	                        "x", note_line, note_problem, &s, test_error()));
	assert_string_equal(s.text, "1|||\n"
	                            "problem x:2: neither a section, nor KEY = VALUE, nor a # comment\n"
	                            "problem x:3: there is no section [cabinet]\n"
	                            "5|p||\n"
	                            "problem x:6: there is no key before =\n"
	                            "7|p|tenant|d\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections_and_settings_come_in_order_with_their_lines),
		cmocka_unit_test(a_byte_order_mark_and_a_missing_last_newline_do_not_matter),
		cmocka_unit_test(what_is_not_understood_is_refused_with_its_place),
		cmocka_unit_test(a_line_may_have_64_kibibytes_and_not_one_byte_more),
		cmocka_unit_test(a_nul_byte_is_refused),
		cmocka_unit_test(a_visitor_that_fails_ends_the_walk),
		cmocka_unit_test(every_problem_is_told_and_an_unknown_section_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
