/* libcurl is opened when it is needed, and its absence is an error like any other. */
#include "http/curl_library.h"
#include "http/client.h"
#include "support/fake_host.h"
#include "support/test.h"

#include <dlfcn.h>

static bool
is_loaded(void)
{
	void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_NOLOAD);

	if (library != NULL)
		dlclose(library);
	return library != NULL;
}

static void
a_client_alone_loads_nothing(void **state)
{
	static const char *const hosts[] = {"x.example", NULL};
	fake_host               *host = fake_host_new();
	http_client             *client = NULL;
	http_response           *response = NULL;

	(void)state;
	assert_ok(http_client_new(host->context, NULL, hosts, &client, test_error()));
	assert_fails(http_open(client, &(http_request){.method = "GET", .url = "https://y.example/"},
	                       &response, test_error()), test_error(), E_HOST);
	assert_false(is_loaded());
	http_client_free(client);
	fake_host_free(host);
}

static void
a_library_that_is_missing_or_another_is_named(void **state)
{
	curl_library library = {0};
	exs_error   *error = test_error();

	(void)state;
	assert_int_equal(curl_library_open("libcurl-that-is-not-there.so.4", &library, error), EXS_NETWORK);
	assert_string_equal(exs_error_code(error), "E-CURL");
	assert_non_null(strstr(exs_error_why(error), "libcurl-that-is-not-there.so.4"));
	assert_non_null(strstr(exs_error_fix(error), "libcurl4"));
	error = test_error();
	assert_int_equal(curl_library_open("libz.so.1", &library, error), EXS_NETWORK);
	assert_non_null(strstr(exs_error_message(error), "has no curl_"));
	assert_null(library.easy_init);
}

static void
it_is_opened_once(void **state)
{
	const curl_library *one = NULL, *two = NULL;

	(void)state;
	assert_ok(curl_library_get(&one, test_error()));
	assert_ok(curl_library_get(&two, test_error()));
	assert_ptr_equal(one, two);
	assert_non_null(one->easy_init);
	assert_true(is_loaded());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_client_alone_loads_nothing),
		cmocka_unit_test(a_library_that_is_missing_or_another_is_named),
		cmocka_unit_test(it_is_opened_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
