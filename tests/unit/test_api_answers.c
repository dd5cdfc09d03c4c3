/* What an answer says beside its rows, and answers that are odd. */
#include "support/test.h"
#include "support/walk.h"

static void
answers_without_rows_are_empty_lists(void **state)
{
	static const fake_step answers[] = {
		{.status = 204}, {.status = 200}, {.status = 200, .body = "{\"value\":null}"},
		{.status = 200, .body = "{\"@adminapi.warnings\":[],\"value\":[]}"}, {.status = 202, .body = "{}"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		fake_service *s = fake_service_new(&answers[i], 1);
		walked        w = walk_as(s, false, 0);

		assert_int_equal(w.status, EXS_OK);
		assert_string_equal(w.rows, "");
		fake_service_free(s);
	}
}

#define MORE "\"@adminapi.warnings\":[\"There are more results available than are currently displayed. To view them, increase the value for the ResultSize parameter.\",\"other\\u001b[2J\"]"

static void
more_rows_without_a_link_are_never_a_whole_list(void **state)
{
	fake_service *s = SERVICE({.status = 200, .body = "{\"value\":[" ROW(1) "]," MORE "}"});
	walked        w = walk(s);

	(void)state;
	assert_int_equal(w.status, EXS_INCOMPLETE);
	assert_string_equal(w.rows, R(1));
	assert_string_equal(w.warnings, "other [2J;");
	fake_service_free(s);
}

static void
the_warning_about_more_rows_is_swallowed_between_pages_and_shown_at_a_limit(void **state)
{
	fake_service *between = SERVICE({.status = 200, .body = "{" MORE ",\"value\":[" ROW(1) "],\"@odata.nextLink\":\"" LINK("a") "\"}"},
	                                LAST(ROW(2)));
	fake_service *limited = SERVICE({.status = 200, .body = "{" MORE ",\"value\":[" ROW(1) "]}"});
	walked        w = walk(between);

	(void)state;
	assert_int_equal(w.status, EXS_OK);
	assert_string_equal(w.warnings, "other [2J;");
	w = walk_as(limited, true, 1);
	assert_int_equal(w.status, EXS_OK);
	assert_non_null(strstr(w.warnings, "There are more results"));
	fake_service_free(between);
	fake_service_free(limited);
}

static void
warnings_of_a_page_that_comes_again_come_once(void **state)
{
	fake_service *s = SERVICE({.status = 200, .body = "{\"@adminapi.warnings\":[\"w\"],\"value\":[" ROW(1) ",", .failure = E_NETWORK},
	                          {.status = 200, .body = "{\"@adminapi.warnings\":[\"w\"],\"value\":[" ROW(1) "]}"});
	walked        w = walk(s);

	(void)state;
	assert_int_equal(w.status, EXS_OK);
	assert_string_equal(w.warnings, "w;");
	fake_service_free(s);
}

static void
an_error_inside_a_good_answer_is_a_failure(void **state)
{
	static const fake_step answers[] = {
		{.status = 200, .body = "{\"error\":{\"code\":\"BadRequest\",\"message\":\"no\"}}"},
		{.status = 200, .body = "{\"error\":\"no\"}"},
		{.status = 200, .body = "{\"value\":[],\"error\":{\"message\":\"no\"}}"},
		{.status = 200, .body = "{\"Exception\":{\"Message\":\"no\"},\"value\":[]}"},
		{.status = 200, .body = "{\"@adminapi.errors\":[\"no\"],\"value\":[]}"},
		{.status = 200, .body = "{\"ErrorRecord\":[1]}"},
	};
	fake_service *late = SERVICE({.status = 200, .body = "{\"value\":[" ROW(1) "],\"error\":{\"message\":\"no\"}}"});

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		fake_service *s = fake_service_new(&answers[i], 1);

		assert_int_equal(walk(s).status, EXS_CMDLET);
		fake_service_free(s);
	}
	assert_int_equal(walk(late).status, EXS_INCOMPLETE);
	fake_service_free(late);
}

static void
errors_that_are_null_or_empty_are_none(void **state)
{
	fake_service *s = SERVICE({.status = 200, .body = "{\"@adminapi.errors\":[],\"error\":null,\"value\":[" ROW(1) "]}"});

	(void)state;
	assert_int_equal(walk(s).status, EXS_OK);
	fake_service_free(s);
}

static void
a_throttled_answer_inside_a_good_one_is_waited_for(void **state)
{
	fake_service *s = SERVICE({.status = 200, .body = "{\"error\":{\"message\":\"You have reached the maximum number of concurrent requests per tenant.\"}}"},
	                          LAST(ROW(1)));

	(void)state;
	assert_int_equal(walk_as(s, false, 0).status, EXS_OK);
	assert_int_equal(fake_wire_requests(s->wire), 2);
	fake_service_free(s);
}

static void
the_fate_of_a_write_with_an_unreadable_answer_is_open(void **state)
{
	static const fake_step answers[] = {
		{.status = 200, .body = "{\"value\":[", .failure = E_NETWORK},
		{.status = 200, .body = "{\"value\":["},
		{.status = 200, .body = "<html>"},
		{.status = 200, .body = "{\"value\":[{\"a\":\"\xFF\"}]}"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
		fake_service *s = fake_service_new(&answers[i], 1);
		walked        w = walk_as(s, false, 0);

		assert_int_equal(w.status, EXS_INCOMPLETE);
		assert_int_equal(fake_wire_requests(s->wire), 1);
		fake_service_free(s);
	}
}

static void
a_row_that_is_no_json_is_not_asked_for_again(void **state)
{
	fake_service *s = SERVICE({.status = 200, .body = "{\"value\":[{\"a\":\"\xFF\"}]}"});

	(void)state;
	assert_int_equal(walk(s).status, EXS_NETWORK);
	assert_int_equal(fake_wire_requests(s->wire), 1);
	fake_service_free(s);
}

static void
what_is_odd_in_rows_survives(void **state)
{
	fake_service *s = SERVICE({.status = 200, .piece = 3, .body =
		"{\"value\":[{\"RuleIdentity\":15394007230974001153,\"LastUsedDate(DateTime])\":\"x\","
		"\"n\":\"a\\u0000b\",\"e\":-0.50E+2,\"A@odata.type\":\"#z\", \"A\" : [ 1 , {\"b@c\":1,\"d\":2} ]}]}"});
	walked        w = walk(s);

	(void)state;
	assert_int_equal(w.status, EXS_OK);
	assert_string_equal(w.rows, "{\"RuleIdentity\":15394007230974001153,\"LastUsedDate(DateTime])\":\"x\","
	                            "\"n\":\"a\\u0000b\",\"e\":-0.50E+2,\"A\":[1,{\"d\":2}]};");
	fake_service_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_without_rows_are_empty_lists),
		cmocka_unit_test(more_rows_without_a_link_are_never_a_whole_list),
		cmocka_unit_test(the_warning_about_more_rows_is_swallowed_between_pages_and_shown_at_a_limit),
		cmocka_unit_test(warnings_of_a_page_that_comes_again_come_once),
		cmocka_unit_test(an_error_inside_a_good_answer_is_a_failure),
		cmocka_unit_test(errors_that_are_null_or_empty_are_none),
		cmocka_unit_test(a_throttled_answer_inside_a_good_one_is_waited_for),
		cmocka_unit_test(the_fate_of_a_write_with_an_unreadable_answer_is_open),
		cmocka_unit_test(a_row_that_is_no_json_is_not_asked_for_again),
		cmocka_unit_test(what_is_odd_in_rows_survives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
