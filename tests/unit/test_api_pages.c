/* Lists of several pages: whole, or loudly not. */
#include "support/test.h"
#include "support/walk.h"

#include <stdio.h>

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_become_one_list),
		cmocka_unit_test(a_page_that_broke_comes_again_and_its_rows_are_passed_over),
		cmocka_unit_test(a_page_that_comes_again_with_other_rows_is_an_incomplete_list),
		cmocka_unit_test(a_page_that_stays_broken_is_an_incomplete_list),
		cmocka_unit_test(an_expired_link_means_the_whole_list_once_more),
		cmocka_unit_test(a_link_that_expires_again_is_an_incomplete_list),
		cmocka_unit_test(a_page_broken_after_the_list_began_again_is_passed_over_rightly),
		cmocka_unit_test(a_link_to_another_origin_is_not_followed),
		cmocka_unit_test(links_that_go_round_end_the_walk),
		cmocka_unit_test(a_limit_ends_the_walk_and_drops_what_is_over_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
