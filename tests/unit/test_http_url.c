/* Addresses: https only, hosts by list, links of the same origin. */
#include "http/url.h"
#include "support/test.h"

static void
an_address_is_taken_apart(void **state)
{
	url u;

	(void)state;
	assert_ok(url_parse("https://Login.Example:8443/a/b?c=d&e", &u, test_error()));
	assert_span(u.scheme, "https");
	assert_span(u.host, "Login.Example");
	assert_int_equal(u.port, 8443);
	assert_span(u.path, "/a/b");
	assert_span(u.query, "c=d&e");
}

static void
what_is_not_written_has_its_default(void **state)
{
	url u;

	(void)state;
	assert_ok(url_parse("https://login.example", &u, test_error()));
	assert_int_equal(u.port, 443);
	assert_int_equal(u.path.len, 0);
	assert_null(u.query.at);
	assert_ok(url_parse("https://login.example?x", &u, test_error()));
	assert_span(u.host, "login.example");
	assert_span(u.query, "x");
}

static void
an_address_in_brackets_keeps_them(void **state)
{
	url u;

	(void)state;
	assert_ok(url_parse("https://[::1]:9443/", &u, test_error()));
	assert_span(u.host, "[::1]");
	assert_int_equal(u.port, 9443);
	assert_true(url_matches(&u, "[::1]:9443"));
	assert_false(url_matches(&u, "[::1]"));
}

static void
what_could_be_read_in_two_ways_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "http://login.example/", "ftp://x", "login.example", "https:login.example", "https://",
		"https:///path", "https://user@login.example/", "https://user:pw@login.example/",
		"https://login.example\\@evil.example/", "https://login.example/#part",
		"https://login.example#part", "https://login.example:0/", "https://login.example:65536/",
		"https://login.example:/", "https://login.example:443:443/", "https://login.example:4x3/",
		"https://login.example:+443/", "https://login.exa mple/", "https://login.example/a b",
		"https://login.example/\r\nHost: evil", "https://login.example/\n", "https://l\xC3\xB6gin.example/",
		"https://login%2eexample/", "https://[::1/", "https://[::1]x/", "https://::1/", "https://.example/",
		"https://login.example/\x7F", "https://login,example/",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		url u = {.port = 7};

		if (url_parse(bad[i], &u, NULL) == EXS_OK)
			fail_msg("\"%s\" was taken", bad[i]);
		assert_fails(url_parse(bad[i], &u, test_error()), test_error(), E_URL);
		assert_int_equal(u.port, 7);
	}
}

static void
an_address_beyond_its_ceiling_is_refused(void **state)
{
	static char long_one[20000] = "https://login.example/";
	url         u;

	(void)state;
	memset(long_one + 22, 'a', sizeof long_one - 23);
	assert_fails(url_parse(long_one, &u, test_error()), test_error(), E_URL);
}

static void
an_error_never_shows_the_password(void **state)
{
	exs_error *error = test_error();
	url        u;

	(void)state;
	assert_int_equal(url_parse("https://user:geheim@login.example/", &u, error), EXS_CONFIG);
	assert_null(strstr(exs_error_message(error), "geheim"));
}

static bool
matches(const char *address, const char *pattern)
{
	url u;

	assert_ok(url_parse(address, &u, NULL));
	return url_matches(&u, pattern);
}

static void
a_bare_host_means_its_https_port(void **state)
{
	(void)state;
	assert_true(matches("https://graph.example/v1", "graph.example"));
	assert_true(matches("https://GRAPH.example:443/v1", "graph.example"));
	assert_false(matches("https://graph.example:444/", "graph.example"));
	assert_true(matches("https://graph.example:444/", "graph.example:444"));
	assert_false(matches("https://graph.example/", "graph.example:444"));
	assert_false(matches("https://graph.example./", "graph.example"));
}

static void
a_suffix_matches_below_itself_only(void **state)
{
	(void)state;
	assert_true(matches("https://eur02.outlook.example/", "*.outlook.example"));
	assert_true(matches("https://a.b.outlook.example/", "*.outlook.example"));
	assert_false(matches("https://outlook.example/", "*.outlook.example"));
	assert_false(matches("https://eviloutlook.example/", "*.outlook.example"));
	assert_false(matches("https://outlook.example.evil/", "*.outlook.example"));
	assert_false(matches("https://x.outlook.example:446/", "*.outlook.example"));
	assert_false(matches("https://x.y/", "*."));
}

static void
an_origin_is_scheme_host_and_port(void **state)
{
	url a, b;

	(void)state;
	assert_ok(url_parse("https://x.example/a?q", &a, NULL));
	assert_ok(url_parse("https://X.EXAMPLE:443/b", &b, NULL));
	assert_true(url_same_origin(&a, &b));
	assert_ok(url_parse("https://x.example:8443/a", &b, NULL));
	assert_false(url_same_origin(&a, &b));
	assert_ok(url_parse("https://y.example/a", &b, NULL));
	assert_false(url_same_origin(&a, &b));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_taken_apart),
		cmocka_unit_test(what_is_not_written_has_its_default),
		cmocka_unit_test(an_address_in_brackets_keeps_them),
		cmocka_unit_test(what_could_be_read_in_two_ways_is_refused),
		cmocka_unit_test(an_address_beyond_its_ceiling_is_refused),
		cmocka_unit_test(an_error_never_shows_the_password),
		cmocka_unit_test(a_bare_host_means_its_https_port),
		cmocka_unit_test(a_suffix_matches_below_itself_only),
		cmocka_unit_test(an_origin_is_scheme_host_and_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
