/* The proof of possession that addKey wants, and the redirect that ends a sign-in in a browser. */
#include "oauth/listener.h"
#include "oauth/proof.h"
#include "base/json.h"
#include "oauth/jws.h"
#include "support/fake_host.h"
#include "support/fake_signer.h"
#include "support/test.h"

#define OBJECT "a10ef040-7b85-4a15-a3d9-891c8a568b56"

static json *
opened_part(span part)
{
	EXS_SCOPED(buf) text = BUF(4096);
	json *tree = NULL;

	assert_true(jws_decode(&text, part));
	assert_ok(json_parse(buf_span(&text), "a part", &tree, test_error()));
	return tree;
}

static void
a_proof_names_the_object_and_lives_ten_minutes(void **state)
{
	fake_host   *host = fake_host_new();
	fake_signer *signer = fake_signer_new(host->context, EXS_ALG_RS256, true);
	EXS_AUTO(secret) *proof = NULL;
	jws_parts parts;
	int64_t   nbf = 0, exp = 0;

	(void)state;
	assert_ok(proof_new(host->context, fake_signer_signer(signer), OBJECT, &proof, test_error()));
	assert_true(jws_split(secret_reveal(proof), &parts));
	assert_null(memchr(secret_reveal(proof).at, '=', secret_length(proof)));
	EXS_AUTO(json) *header = opened_part(parts.header);
	EXS_AUTO(json) *claims = opened_part(parts.payload);
	assert_string_equal(json_string(json_member(claims, "aud")), "00000002-0000-0000-c000-000000000000");
	assert_string_equal(json_string(json_member(claims, "iss")), OBJECT);
	assert_true(json_whole(json_member(claims, "nbf"), &nbf));
	assert_true(json_whole(json_member(claims, "exp"), &exp));
	assert_int_equal(exp - nbf, 600);
	assert_string_equal(json_string(json_member(header, "alg")), "RS256");
	assert_int_equal(strlen(json_string(json_member(header, "kid"))), 40);
	assert_int_equal(strlen(json_string(json_member(header, "x5t"))), 27);
	fake_signer_free(signer);
	fake_host_free(host);
}

static void
without_a_certificate_there_is_no_proof(void **state)
{
	fake_host   *host = fake_host_new();
	fake_signer *signer = fake_signer_new(host->context, EXS_ALG_RS256, false);
	secret      *proof = NULL;
	exs_error   *error = test_error();

	(void)state;
	assert_fails(proof_new(host->context, fake_signer_signer(signer), OBJECT, &proof, error), error, E_CERT_ABSENT);
	assert_int_equal(fake_signer_count(signer), 0);
	fake_signer_free(signer);
	fake_host_free(host);
}

static void
only_a_redirect_with_code_and_state_is_one(void **state)
{
	static const struct {
		const char *request;
		bool        good;
	} cases[] = {
		{"GET /?code=a&state=b HTTP/1.1\r\n\r\n", true},
		{"GET /?error=access_denied&state=b&error_description=no+way HTTP/1.1\r\n\r\n", true},
		{"GET /?state=b&code=a%2Bc&session_state=x HTTP/1.1\r\n\r\n", true},
		{"GET /?code=a HTTP/1.1\r\n\r\n", false},
		{"GET /?state=b HTTP/1.1\r\n\r\n", false},
		{"GET /?code=a&code=c&state=b HTTP/1.1\r\n\r\n", false},
		{"GET /?code=a&error=x&state=b HTTP/1.1\r\n\r\n", false},
		{"GET /?code=%00&state=b HTTP/1.1\r\n\r\n", false},
		{"GET /?code=%zz&state=b HTTP/1.1\r\n\r\n", false},
		{"POST /?code=a&state=b HTTP/1.1\r\n\r\n", false},
		{"GET /favicon.ico HTTP/1.1\r\n\r\n", false},
		{"", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		EXS_SCOPED(redirect_words) words = {0};

		if (listener_read(span_of(cases[i].request), &words) != cases[i].good)
			fail_msg("%s", cases[i].request);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_proof_names_the_object_and_lives_ten_minutes),
		cmocka_unit_test(without_a_certificate_there_is_no_proof),
		cmocka_unit_test(only_a_redirect_with_code_and_state_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
