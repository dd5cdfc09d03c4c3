/* The certificates of an application: read in every spelling, and sent back byte for byte. */
#include "support/test.h"

#include "graph/keycred.h"

#define SHA1 "3F9A0B77C1D2E3F4A5B6C7D8E9F0A1B2C3D4E5F6"

static keycred
read_one(const char *entry)
{
	keycred k;

	assert_true(keycred_read(span_of(entry), &k));
	return k;
}

static void
a_thumbprint_is_read_in_each_of_its_spellings(void **state)
{
	(void)state;
	assert_string_equal(read_one("{\"customKeyIdentifier\":\"P5oLd8HS4/SltsfY6fChssPU5fY=\"}").sha1, SHA1);
	assert_string_equal(read_one("{\"customKeyIdentifier\":\"3f9a0b77c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5f6\"}").sha1, SHA1);
	assert_string_equal(
		read_one("{\"customKeyIdentifier\":\"M0Y5QTBCNzdDMUQyRTNGNEE1QjZDN0Q4RTlGMEExQjJDM0Q0RTVGNg==\"}").sha1, SHA1);
	assert_string_equal(read_one("{\"customKeyIdentifier\":\"bmFtZQ==\"}").sha1, "");
	assert_string_equal(read_one("{\"customKeyIdentifier\":null,\"key\":null}").sha1, "");
}

static void
what_an_entry_says_is_read(void **state)
{
	keycred k = read_one("{\"keyId\":\"0a-1\",\"displayName\":\"a\\u001b[31mb\",\"startDateTime\":\"2026-01-01T00:00:00Z\","
	                     "\"endDateTime\":\"2027-01-01T00:00:00Z\",\"usage\":\"Verify\",\"type\":\"AsymmetricX509Cert\",\"key\":\"YWJj\"}");

	(void)state;
	assert_string_equal(k.key_id, "0a-1");
	assert_string_equal(k.name, "a [31mb");
	assert_int_equal(k.end - k.start, 365 * 86400);
	assert_true(k.verifies);
	assert_string_equal(k.sha256, "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");
	assert_true(keycred_is(&k, "", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
	assert_false(keycred_is(&k, SHA1, "00"));
	assert_false(read_one("{\"usage\":\"Sign\",\"type\":\"AsymmetricX509Cert\"}").verifies);
	assert_string_equal(read_one("{\"keyId\":\"../x\"}").key_id, "");
}

#define FIRST  "{ \"keyId\" : \"a\", \"x\":1.10, \"customKeyIdentifier\":\"\\u0041\", \"key\":null }"
#define SECOND "{\"keyId\":\"b\",\"odd\":[ 1 , 2 ]}"

static void
others_are_sent_back_as_they_came(void **state)
{
	EXS_SCOPED(buf) body = BUF(4096);
	keycreds all;

	(void)state;
	assert_ok(keycreds_of(span_of("{\"keyCredentials\":[" FIRST " , " SECOND "]}"), &all, NULL));
	assert_ok(keycreds_patch(&all, NULL, span_of("{\"new\":true}"), &body, NULL));
	assert_string_equal(buf_text(&body), "{\"keyCredentials\":[" FIRST "," SECOND ",{\"new\":true}]}");
	buf_clear(&body);
	assert_ok(keycreds_patch(&all, "A", span_of(""), &body, NULL));
	assert_string_equal(buf_text(&body), "{\"keyCredentials\":[" SECOND "]}");
	buf_clear(&body);
	assert_ok(keycreds_of(span_of("{\"keyCredentials\":[]}"), &all, NULL));
	assert_ok(keycreds_patch(&all, NULL, span_of("{}"), &body, NULL));
	assert_string_equal(buf_text(&body), "{\"keyCredentials\":[{}]}");
}

static void
an_application_without_its_list_is_no_reason_to_write_one(void **state)
{
	exs_error *error = test_error();
	keycreds   all;

	(void)state;
	assert_fails(keycreds_of(span_of("{\"id\":\"x\"}"), &all, error), error, E_ANSWER);
	assert_fails(keycreds_of(span_of("{\"keyCredentials\":null}"), &all, error), error, E_ANSWER);
	assert_fails(keycreds_of(span_of("[]"), &all, error), error, E_ANSWER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thumbprint_is_read_in_each_of_its_spellings),
		cmocka_unit_test(what_an_entry_says_is_read),
		cmocka_unit_test(others_are_sent_back_as_they_came),
		cmocka_unit_test(an_application_without_its_list_is_no_reason_to_write_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
