/* JWS taken apart, and claims joined. */
#include "oauth/jws.h"
#include "oauth/claims.h"
#include "support/test.h"
#include "support/torture.h"

#include <exosign/credential.h>

static void
a_jws_is_shown_as_header_and_payload(void **state)
{
	static const char jws[] = "eyJhbGciOiJQUzI1NiJ9.eyJhIjoxfQ.c2ln\n";
	EXS_AUTO(chars)  *header = NULL, *payload = NULL;

	(void)state;
	assert_ok(exs_assertion_decode(jws, strlen(jws), &header, &payload, test_error()));
	assert_string_equal(header, "{\"alg\":\"PS256\"}");
	assert_string_equal(payload, "{\"a\":1}");
}

static void
what_is_no_jws_is_refused(void **state)
{
	static const char *const bad[] = {
		"", ".", "..", "a", "a.b", "a.b.c.d", "eyJhIjoxfQ.eyJhIjoxfQ", "eyJhIjoxfQ..x",
		".eyJhIjoxfQ.x", "eyJhIjoxfQ==.eyJhIjoxfQ.x", "eyJh+joxfQ.eyJhIjoxfQ.x",
		"eyJhIjoxfQ.eyJhIjoxfQ.x y", "eyJhIjoxf.eyJhIjoxfQ.x", "eyJhIjoxfR.eyJhIjoxfQ.x",
		"WzFd.eyJhIjoxfQ.x", "eyJhIjoxfQ.WzFd.x", "bm9wZQ.eyJhIjoxfQ.x", "Bearer eyJhIjoxfQ.eyJhIjoxfQ.x",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char *header = NULL, *payload = NULL;

		if (exs_assertion_decode(bad[i], strlen(bad[i]), &header, &payload, NULL) == EXS_OK)
			fail_msg("\"%s\" was taken", bad[i]);
		assert_fails(exs_assertion_decode(bad[i], strlen(bad[i]), &header, &payload, test_error()),
		             test_error(), E_NOT_JWT);
		assert_null(header);
		assert_null(payload);
	}
}

static exs_status
decode_one(void *self, exs_error *error)
{
	EXS_AUTO(chars) *header = NULL, *payload = NULL;
	exs_status       status;

	status = exs_assertion_decode(self, strlen(self), &header, &payload, error);
	if (status != EXS_OK) {
		assert_null(header);
		assert_null(payload);
	}
	return status;
}

static void
without_memory_nothing_is_given(void **state)
{
	static char jws[] = "eyJhbGciOiJQUzI1NiJ9.eyJhIjoxfQ.c2ln";

	(void)state;
	assert_true(torture(decode_one, jws) >= 2);
}

static void
claims_are_joined_with_what_we_can_do(void **state)
{
#define CP1 "\"xms_cc\":{\"values\":[\"cp1\"]}"
	static const struct {
		const char *challenge, *joined;
	} rows[] = {
		{NULL, "{\"access_token\":{" CP1 "}}"},
		{"{}", "{\"access_token\":{" CP1 "}}"},
		{" {\"access_token\": {\"nbf\": {\"essential\":true, \"value\":\"1652813508\"}}} ",
		 "{\"access_token\":{" CP1 ",\"nbf\":{\"essential\":true,\"value\":\"1652813508\"}}}"},
		{"{\"access_token\":{\"xms_cc\":{\"values\":[\"x\"]},\"a\":null},\"id_token\":{\"b\":1}}",
		 "{\"access_token\":{" CP1 ",\"a\":null},\"id_token\":{\"b\":1}}"},
		{"{\"access_token\":7,\"x\":12345678901234567890}",
		 "{\"access_token\":{" CP1 "},\"x\":12345678901234567890}"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		EXS_SCOPED(buf) out = BUF(4096);

		assert_ok(claims_write(&out, rows[i].challenge, test_error()));
		assert_string_equal(buf_text(&out), rows[i].joined);
	}
}

static void
a_challenge_that_is_no_object_is_refused(void **state)
{
	static const char *const bad[] = {"[]", "nope", "{", "{}{}", "\"x\""};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		EXS_SCOPED(buf) out = BUF(4096);

		assert_fails(claims_write(&out, bad[i], test_error()), test_error(), E_ANSWER);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_jws_is_shown_as_header_and_payload),
		cmocka_unit_test(what_is_no_jws_is_refused),
		cmocka_unit_test(without_memory_nothing_is_given),
		cmocka_unit_test(claims_are_joined_with_what_we_can_do),
		cmocka_unit_test(a_challenge_that_is_no_object_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
