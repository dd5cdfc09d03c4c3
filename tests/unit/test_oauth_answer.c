/* A token endpoint's "yes", read with distrust. */
#include "oauth/answer.h"
#include "oauth/access.h"
#include "support/test.h"
#include "support/torture.h"

static exs_status
read_yes(const char *body, exs_bearer **ret)
{
	return answer_read(span_of(body), "s/.default", &(answer_times){1000, 1003}, ret, test_error());
}

static void
a_yes_is_a_bearer_counted_from_the_moment_it_was_asked_for(void **state)
{
	exs_bearer *bearer = NULL;
	size_t      length;

	(void)state;
	assert_ok(read_yes("{\"token_type\":\"bearer\",\"expires_in\":\"3599\",\"access_token\":\"opaque\"}",
	                   &bearer));
	assert_int_equal(exs_bearer_issued(bearer), 1000);
	assert_int_equal(exs_bearer_expires(bearer), 4599);
	assert_string_equal(exs_bearer_scope(bearer), "s/.default");
	assert_string_equal(exs_bearer_claims(bearer), "");
	assert_int_equal(strlen(exs_bearer_fingerprint(bearer)), 16);
	assert_string_equal(exs_bearer_reveal(bearer, &length), "opaque");
	assert_int_equal(length, 6);
	exs_bearer_free(bearer);
}

static void
claims_of_a_bearer_are_shown_when_it_has_any(void **state)
{
	exs_bearer *bearer = NULL;

	(void)state;
	assert_ok(read_yes("{\"token_type\":\"Bearer\",\"expires_in\":60,\"access_token\":"
	                   "\"eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.c2ln\"}", &bearer));
	assert_string_equal(exs_bearer_claims(bearer), "{\"a\":1}");
	exs_bearer_free(bearer);
}

static void
a_yes_that_misses_something_is_an_error(void **state)
{
	static const char *const bad[] = {
		"", " \n", "<html>", "nope", "[]", "\"x\"", "{}", "{\"access_token\":\"x\"}",
		"{\"token_type\":\"Bearer\",\"access_token\":\"x\"}",
		"{\"token_type\":\"Bearer\",\"expires_in\":3599}",
		"{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"\"}",
		"{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":7}",
		"{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"a\\r\\nX: y\"}",
		"{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"a b\"}",
		"{\"token_type\":\"pop\",\"expires_in\":3599,\"access_token\":\"x\"}",
		"{\"expires_in\":3599,\"access_token\":\"x\"}",
		"{\"token_type\":\"Bearer\",\"expires_in\":0,\"access_token\":\"x\"}",
		"{\"token_type\":\"Bearer\",\"expires_in\":-1,\"access_token\":\"x\"}",
		"{\"token_type\":\"Bearer\",\"expires_in\":\"soon\",\"access_token\":\"x\"}",
		"{\"token_type\":\"Bearer\",\"expires_in\":1e99,\"access_token\":\"x\"}",
		"{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"x\"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		exs_bearer *bearer = NULL;
		exs_error  *error = test_error();
		exs_status  status = answer_read(span_of(bad[i]), "s", &(answer_times){0}, &bearer, error);

		if (status == EXS_OK)
			fail_msg("%s was taken", bad[i]);
		assert_null(bearer);
		assert_fails(status, error, E_ENTRA_ANSWER);
	}
}

static exs_status
read_one(void *self, exs_error *error)
{
	EXS_AUTO(exs_bearer) *bearer = NULL;

	return answer_read(span_of(self), "s", &(answer_times){0}, &bearer, error);
}

static void
every_allocation_may_fail(void **state)
{
	static char body[] = "{\"token_type\":\"Bearer\",\"expires_in\":60,\"access_token\":"
	                     "\"eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.c2ln\"}";

	(void)state;
	assert_true(torture(read_one, body) >= 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_yes_is_a_bearer_counted_from_the_moment_it_was_asked_for),
		cmocka_unit_test(claims_of_a_bearer_are_shown_when_it_has_any),
		cmocka_unit_test(a_yes_that_misses_something_is_an_error),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
