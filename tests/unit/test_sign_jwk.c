/* Public keys as JSON Web Keys, there and back. */
#include "sign/jwk.h"
#include "support/test.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

static void
assert_returns(EVP_PKEY *pair)
{
	EXS_SCOPED(buf) jwk = BUF(8192), again = BUF(8192), der = BUF(8192);
	EXS_AUTO(json) *tree = NULL;
	unsigned char *info = NULL;
	int            len = i2d_PUBKEY(pair, &info);

	assert_true(len > 0);
	buf_add(&der, span_from((const char *)info, (size_t)len));
	OPENSSL_free(info);
	EVP_PKEY_free(pair);
	assert_true(jwk_write(&jwk, buf_span(&der)));
	assert_ok(json_parse(buf_span(&jwk), "the key", &tree, test_error()));
	assert_true(jwk_read(tree, &again));
	assert_true(span_same(buf_span(&again), buf_span(&der)));
}

static void
keys_come_back_as_they_were(void **state)
{
	(void)state;
	assert_returns(EVP_RSA_gen(2048));
	assert_returns(EVP_EC_gen("P-256"));
	assert_returns(EVP_EC_gen("P-384"));
}

static void
other_kinds_are_not_written(void **state)
{
	static const char *const curves[] = {"P-521", "secp256k1"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		EVP_PKEY *pair = EVP_EC_gen(curves[i]);
		EXS_SCOPED(buf) jwk = BUF(8192), der = BUF(8192);
		unsigned char *info = NULL;
		int            len = i2d_PUBKEY(pair, &info);

		buf_add(&der, span_from((const char *)info, (size_t)len));
		OPENSSL_free(info);
		EVP_PKEY_free(pair);
		assert_false(jwk_write(&jwk, buf_span(&der)));
	}
	{
		EXS_SCOPED(buf) jwk = BUF(8192);

		assert_false(jwk_write(&jwk, span_of("no key")));
	}
}

static void
what_is_no_public_key_is_refused(void **state)
{
	static const char *const rows[] = {
		"{}", "{\"kty\":\"oct\",\"k\":\"AAAA\"}", "{\"kty\":\"RSA\"}", "{\"kty\":\"RSA\",\"n\":\"AQAB\"}",
		"{\"kty\":\"RSA\",\"n\":\"!\",\"e\":\"AQAB\"}", "{\"kty\":\"EC\",\"crv\":\"P-256\"}",
		"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAA\",\"y\":\"AAAA\"}",
		"{\"kty\":\"EC\",\"crv\":\"P-999\",\"x\":\"AAAA\",\"y\":\"AAAA\"}",
		/* a point that is on no curve */
		"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE\","
		"\"y\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE\"}",
		"{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\",\"d\":\"AQAB\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		EXS_AUTO(json) *tree = NULL;
		EXS_SCOPED(buf) der = BUF(8192);

		assert_ok(json_parse(span_of(rows[i]), "the key", &tree, test_error()));
		if (jwk_read(tree, &der))
			fail_msg("%s was read", rows[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_come_back_as_they_were),
		cmocka_unit_test(other_kinds_are_not_written),
		cmocka_unit_test(what_is_no_public_key_is_refused),
	};

	return cmocka_run_group_tests_name("sign_jwk", tests, NULL, NULL);
}
