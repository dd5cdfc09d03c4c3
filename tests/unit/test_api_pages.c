/* Lists of several pages: whole, or loudly not. */
#include "support/fake_service.h"
#include "support/test.h"

#include "api/pages.h"

#include <stdio.h>

#define SERVICE(...)                                                                               \
	fake_service_new((const fake_step[]){__VA_ARGS__},                                         \
	                 sizeof((const fake_step[]){__VA_ARGS__}) / sizeof(fake_step))
#define LINK(token)        FAKE_INVOKE "?%24skiptoken=" token
#define PAGE(rows, token)  {.status = 200, .piece = 11, .body = "{\"@odata.nextLink\":\"" LINK(token) "\",\"value\":[" rows "],\"@adminapi.warnings\":[]}"}
#define LAST(rows)         {.status = 200, .piece = 7, .body = "{\"value\":[" rows "]}"}
#define BROKEN(rows)       {.status = 200, .body = "{\"value\":[" rows, .failure = E_NETWORK}
#define SHORT(rows)        {.status = 200, .body = "{\"value\":[" rows}
#define EXPIRED            {.status = 400, .body = "{\"error\":{\"code\":\"BadRequest\",\"message\":\"Invalid Operation\",\"details\":[{\"message\":\"|A.B|Expired or Invalid pagination request. Default Expiry time is 00:30:00\"}]}}"}
#define ROW(n)             "{\"Guid\":\"" #n "\",\"X@odata.type\":\"#y\",\"X\":1}"
#define ROW2(n)            "{\"Guid\":\"" #n "\",\"X\":2}"

typedef struct walked {
	exs_status status;
	char       rows[4096];     /* the rows, each followed by ; */
	char       warnings[4096];
	uint64_t   pages, retries;
} walked;

/* Walks the whole list. writes and limit are for the few tests that need them. */
static walked
walk_as(fake_service *service, bool reads, uint64_t limit)
{
	pages_options options = {.request = {.aim = reads ? "Get-Mailbox" : "Set-Mailbox",
	                                     .event = "cmdlet sent",
	                                     .about = "",
	                                     .url = FAKE_INVOKE,
	                                     .body = span_of("{}"),
	                                     .reads = reads},
	                         .limited = limit > 0,
	                         .rows = limit};
	walked        w = {.status = EXS_OK};
	exs_error    *error = test_error();
	pages        *p = NULL;
	span          row = {"", 0};
	const char   *warning;

	w.status = pages_open(service->session, &options, &p, error);
	while (w.status == EXS_OK && row.at != NULL) {
		w.status = pages_next(p, &row, error);
		if (w.status == EXS_OK && row.at != NULL)
			snprintf(w.rows + strlen(w.rows), sizeof w.rows - strlen(w.rows), "%.*s;",
			         (int)row.len, row.at);
		while ((warning = pages_warning(p)) != NULL)
			snprintf(w.warnings + strlen(w.warnings), sizeof w.warnings - strlen(w.warnings),
			         "%s;", warning);
	}
	if (p != NULL)
		pages_progress(p, &w.pages, &w.retries);
	if (p != NULL && w.status != EXS_OK) /* and it stays failed */
		assert_int_equal(pages_next(p, &row, NULL), w.status);
	pages_free(p);
	return w;
}

static walked
walk(fake_service *service)
{
	return walk_as(service, true, 0);
}

#define R(n) "{\"Guid\":\"" #n "\",\"X\":1};"

static void
pages_become_one_list(void **state)
{
	fake_service *s = SERVICE(PAGE(ROW(1) "," ROW(2), "a"), PAGE("", "b"), LAST(ROW(3)));
	walked        w = walk(s);

	(void)state;
	assert_int_equal(w.status, EXS_OK);
	assert_string_equal(w.rows, R(1) R(2) R(3));
	assert_int_equal(w.pages, 3);
	assert_string_equal(fake_wire_request(s->wire, 1)->url, LINK("a"));
	assert_string_equal(fake_wire_request(s->wire, 2)->url, LINK("b"));
	assert_string_equal(fake_wire_request(s->wire, 2)->method, "POST");
	assert_string_equal(fake_wire_request(s->wire, 2)->body, "{}");
	assert_int_equal(fake_host_logged(s->host, "cmdlet sent"), 1);
	assert_int_equal(fake_host_logged(s->host, "api.page cmdlet="), 3);
	assert_int_equal(fake_host_logged(s->host, "cmdlet done"), 1);
	fake_service_free(s);
}

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

static void
a_page_that_broke_comes_again_and_its_rows_are_passed_over(void **state)
{
	fake_service *s = SERVICE(PAGE(ROW(1), "a"), BROKEN(ROW(2) "," ROW(3) ",{\"Gu"),
	                          SHORT(ROW(2)), LAST(ROW2(2) "," ROW(3) "," ROW(4)));
	walked        w = walk(s);

	(void)state;
	assert_int_equal(w.status, EXS_OK);
	assert_string_equal(w.rows, R(1) R(2) R(3) R(4));
	assert_int_equal(w.retries, 2);
	assert_string_equal(fake_wire_request(s->wire, 3)->url, LINK("a"));
	fake_service_free(s);
}

static void
a_page_that_comes_again_with_other_rows_is_an_incomplete_list(void **state)
{
	fake_service *s = SERVICE(BROKEN(ROW(1) "," ROW(2)), LAST(ROW(1) "," ROW(9) "," ROW(3)));
	fake_service *less = SERVICE(BROKEN(ROW(1) "," ROW(2) ",1"), LAST(ROW(1)));
	fake_service *whole = SERVICE(BROKEN("{\"Identity\":\"a\",\"x\":1},"), LAST("{\"Identity\":\"a\",\"x\":2}"));
	walked        w = walk(s);

	(void)state;
	assert_int_equal(w.status, EXS_INCOMPLETE);
	assert_string_equal(w.rows, R(1) R(2));
	assert_int_equal(walk(less).status, EXS_INCOMPLETE);
	assert_int_equal(walk(whole).status, EXS_INCOMPLETE);
	fake_service_free(s);
	fake_service_free(less);
	fake_service_free(whole);
}

static void
a_page_that_stays_broken_is_an_incomplete_list(void **state)
{
	fake_service *s = SERVICE(BROKEN(ROW(1) ","));
	walked        w = walk(s);

	(void)state;
	assert_int_equal(w.status, EXS_INCOMPLETE);
	assert_string_equal(w.rows, R(1));
	assert_int_equal(fake_wire_requests(s->wire), 5);
	fake_service_free(s);
}

static void
an_expired_link_means_the_whole_list_once_more(void **state)
{
	fake_service *s = SERVICE(PAGE(ROW(1) "," ROW(2), "a"), EXPIRED, PAGE(ROW(1), "b"),
	                          PAGE(ROW2(2) "," ROW(3), "c"), LAST(ROW(4)));
	walked        w = walk(s);

	(void)state;
	assert_int_equal(w.status, EXS_OK);
	assert_string_equal(w.rows, R(1) R(2) R(3) R(4));
	assert_string_equal(fake_wire_request(s->wire, 2)->url, FAKE_INVOKE);
	fake_service_free(s);
}

static void
a_link_that_expires_again_is_an_incomplete_list(void **state)
{
	fake_service *s = SERVICE(PAGE(ROW(1), "a"), EXPIRED, PAGE(ROW(1), "b"), EXPIRED);
	fake_service *write = SERVICE(PAGE(ROW(1), "a"), EXPIRED);
	walked        w = walk(s);

	(void)state;
	assert_int_equal(w.status, EXS_INCOMPLETE);
	assert_string_equal(w.rows, R(1));
	assert_int_equal(fake_wire_requests(s->wire), 4);
	assert_int_equal(walk_as(write, false, 0).status, EXS_INCOMPLETE);
	assert_int_equal(fake_wire_requests(write->wire), 2);
	fake_service_free(s);
	fake_service_free(write);
}

static void
a_page_broken_after_the_list_began_again_is_passed_over_rightly(void **state)
{
	fake_service *s = SERVICE(PAGE(ROW(1) "," ROW(2) "," ROW(3), "a"), EXPIRED, PAGE(ROW(1), "b"),
	                          BROKEN(ROW(2) "," ROW(3) "," ROW(4) ","),
	                          LAST(ROW(2) "," ROW(3) "," ROW(4) "," ROW(5)));
	walked        w = walk(s);

	(void)state;
	assert_int_equal(w.status, EXS_OK);
	assert_string_equal(w.rows, R(1) R(2) R(3) R(4) R(5));
	fake_service_free(s);
}

static void
a_link_to_another_origin_is_not_followed(void **state)
{
	static const char *const links[] = {
		"https://evil.example/x", "http://outlook.office365.com/x", "https://outlook.office365.com:444/x",
		"https://eur02b.outlook.office365.com/x", "/relative", "ftp://x", "https://outlook.office365.com@evil.example/",
	};

	(void)state;
	for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
		char          body[512];
		fake_service *s;
		walked        w;

		snprintf(body, sizeof body, "{\"value\":[" ROW(1) "],\"@odata.nextLink\":\"%s\"}", links[i]);
		s = SERVICE({.status = 200, .body = body}, LAST(""));
		w = walk(s);
		assert_int_equal(w.status, EXS_POLICY);
		assert_string_equal(w.rows, R(1));
		assert_int_equal(fake_wire_requests(s->wire), 1);
		fake_service_free(s);
	}
}

static void
links_that_go_round_end_the_walk(void **state)
{
	fake_service *self = SERVICE(PAGE(ROW(1), "a"));
	fake_service *round = SERVICE(PAGE(ROW(1), "a"), PAGE(ROW(2), "b"), PAGE(ROW(3), "c"), PAGE(ROW(4), "a"));

	(void)state;
	assert_int_equal(walk(self).status, EXS_INCOMPLETE);
	assert_int_equal(fake_wire_requests(self->wire), 2);
	assert_int_equal(walk(round).status, EXS_INCOMPLETE);
	assert_int_equal(fake_wire_requests(round->wire), 4);
	fake_service_free(self);
	fake_service_free(round);
}

static void
a_limit_ends_the_walk_and_drops_what_is_over_it(void **state)
{
	fake_service *s = SERVICE(PAGE(ROW(1) "," ROW(2), "a"), PAGE(ROW(3) "," ROW(4), "b"), LAST(ROW(5)));
	walked        w = walk_as(s, true, 3);

	(void)state;
	assert_int_equal(w.status, EXS_OK);
	assert_string_equal(w.rows, R(1) R(2) R(3));
	assert_int_equal(fake_wire_requests(s->wire), 2);
	fake_service_free(s);
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
		cmocka_unit_test(pages_become_one_list),
		cmocka_unit_test(answers_without_rows_are_empty_lists),
		cmocka_unit_test(a_page_that_broke_comes_again_and_its_rows_are_passed_over),
		cmocka_unit_test(a_page_that_comes_again_with_other_rows_is_an_incomplete_list),
		cmocka_unit_test(a_page_that_stays_broken_is_an_incomplete_list),
		cmocka_unit_test(an_expired_link_means_the_whole_list_once_more),
		cmocka_unit_test(a_link_that_expires_again_is_an_incomplete_list),
		cmocka_unit_test(a_page_broken_after_the_list_began_again_is_passed_over_rightly),
		cmocka_unit_test(a_link_to_another_origin_is_not_followed),
		cmocka_unit_test(links_that_go_round_end_the_walk),
		cmocka_unit_test(a_limit_ends_the_walk_and_drops_what_is_over_it),
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
