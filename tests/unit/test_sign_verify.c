/* Signatures, paddings and public keys, with throw-away keys of OpenSSL's that exist in this test alone. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "hsm/hostpad.h"
#include "hsm/mechanism.h"
#include "hsm/publickey.h"
#include "sign/verify.h"
#include "support/test.h"

#include <exosign/signer.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

static EVP_PKEY *rsa_key, *ec_key;
static buf       rsa_der, ec_der;

static void
keep_public(EVP_PKEY *pair, buf *to)
{
	unsigned char *der = NULL;
	int            len = i2d_PUBKEY(pair, &der);

	assert_true(len > 0);
	*to = BUF(PUBLICKEY_MAX);
	buf_add(to, span_from((const char *)der, (size_t)len));
	OPENSSL_free(der);
}

static int
make(void **state)
{
	(void)state;
	rsa_key = EVP_RSA_gen(2048);
	ec_key = EVP_EC_gen("P-256");
	assert_non_null(rsa_key);
	assert_non_null(ec_key);
	keep_public(rsa_key, &rsa_der);
	keep_public(ec_key, &ec_der);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	EVP_PKEY_free(rsa_key);
	EVP_PKEY_free(ec_key);
	buf_done(&rsa_der);
	buf_done(&ec_der);
	return 0;
}

/* What a device with raw RSA does. */
static void
raw(span block, unsigned char *signature, size_t *len)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(rsa_key, NULL);

	assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING), 1);
	assert_int_equal(EVP_PKEY_sign(ctx, signature, len, (const unsigned char *)block.at, block.len), 1);
	EVP_PKEY_CTX_free(ctx);
}

static void
padding_made_here_verifies(void **state)
{
	static const exs_alg algs[] = {EXS_ALG_PS256, EXS_ALG_PS384, EXS_ALG_PS512,
	                               EXS_ALG_RS256, EXS_ALG_RS384, EXS_ALG_RS512};
	key k = {.public_der = BUF(PUBLICKEY_MAX)};

	(void)state;
	buf_add(&k.public_der, buf_span(&rsa_der));
	for (size_t i = 0; i < sizeof algs / sizeof algs[0]; i++) {
		EXS_SCOPED(buf) block = BUF(4096);
		size_t     n;
		const way *ways = mechanism_ways(algs[i], &n);
		unsigned char signature[512];
		size_t        len = sizeof signature;
		span          made;

		assert_int_equal(n, 3);
		assert_int_equal(ways[2].type, CKM_RSA_X_509);
		assert_ok(mechanism_feed(algs[i], ways[2].feed, &k, span_of("message"), &block, test_error()));
		assert_int_equal(block.len, 256);
		raw(buf_span(&block), signature, &len);
		made = span_from((const char *)signature, len);
		assert_true(verify_signature(buf_span(&rsa_der), algs[i], span_of("message"), made));
		assert_false(verify_signature(buf_span(&rsa_der), algs[i], span_of("massage"), made));
		for (size_t other = 0; other < sizeof algs / sizeof algs[0]; other++)
			assert_int_equal(verify_signature(buf_span(&rsa_der), algs[other], span_of("message"),
			                                  made), other == i);
		assert_false(verify_signature(buf_span(&ec_der), algs[i], span_of("message"), made));
		signature[len - 1] ^= 1;
		assert_false(verify_signature(buf_span(&rsa_der), algs[i], span_of("message"), made));
	}
	key_done(&k);
}

static void
padding_needs_a_modulus_that_is_large_enough(void **state)
{
	EVP_PKEY *small = EVP_RSA_gen(512);
	EXS_SCOPED(buf) der = {0}, block = BUF(4096);
	exs_error *error = test_error();
	key        k = {0};

	(void)state;
	if (small == NULL)
		skip();
	keep_public(small, &der);
	k.public_der = der;
	assert_fails(mechanism_feed(EXS_ALG_PS256, FEED_PSS, &k, span_of("x"), &block, error), error,
	             E_KEY_MECHANISM);
	assert_fails(mechanism_feed(EXS_ALG_RS512, FEED_PKCS1, &k, span_of("x"), &block, error), error,
	             E_KEY_MECHANISM);
	k.public_der = (buf){0};
	assert_fails(mechanism_feed(EXS_ALG_PS256, FEED_PSS, &k, span_of("x"), &block, error), error,
	             E_KEY_MECHANISM);
	EVP_PKEY_free(small);
}

static void
a_curve_signature_is_two_halves(void **state)
{
	static const char message[] = "a.b";
	EVP_MD_CTX    *ctx = EVP_MD_CTX_new();
	unsigned char  der[128], halves[65] = {0};
	const unsigned char *at = der;
	size_t         len = sizeof der;
	ECDSA_SIG     *sig;

	(void)state;
	assert_int_equal(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, ec_key), 1);
	assert_int_equal(EVP_DigestSign(ctx, der, &len, (const unsigned char *)message, 3), 1);
	sig = d2i_ECDSA_SIG(NULL, &at, (long)len);
	BN_bn2binpad(ECDSA_SIG_get0_r(sig), halves, 32);
	BN_bn2binpad(ECDSA_SIG_get0_s(sig), halves + 32, 32);
	assert_true(verify_signature(buf_span(&ec_der), EXS_ALG_ES256, span_of(message),
	                             span_from((const char *)halves, 64)));
	assert_false(verify_signature(buf_span(&ec_der), EXS_ALG_ES256, span_of(message),
	                              span_from((const char *)halves, 63)));
	assert_false(verify_signature(buf_span(&ec_der), EXS_ALG_ES256, span_of(message),
	                              span_from((const char *)halves, 65)));
	assert_false(verify_signature(buf_span(&ec_der), EXS_ALG_ES256, span_of(message),
	                              span_from((const char *)der, len)));
	assert_false(verify_signature(buf_span(&ec_der), EXS_ALG_ES384, span_of(message),
	                              span_from((const char *)halves, 64)));
	ECDSA_SIG_free(sig);
	EVP_MD_CTX_free(ctx);
}

static void
equal_keys_are_equal_bytes_whatever_told_them(void **state)
{
	EXS_SCOPED(buf) parts = BUF(PUBLICKEY_MAX), info = BUF(PUBLICKEY_MAX);
	BIGNUM       *n = NULL;
	unsigned char modulus[256];

	(void)state;
	assert_int_equal(EVP_PKEY_get_bn_param(rsa_key, OSSL_PKEY_PARAM_RSA_N, &n), 1);
	BN_bn2binpad(n, modulus, sizeof modulus);
	BN_free(n);
	assert_true(publickey_from_rsa(span_from((const char *)modulus, sizeof modulus),
	                               span_from("\x01\x00\x01", 3), &parts));
	assert_true(publickey_from_info(buf_span(&rsa_der), &info));
	assert_true(publickey_same(buf_span(&parts), buf_span(&info)));
	assert_false(publickey_same(buf_span(&parts), buf_span(&ec_der)));
	assert_false(publickey_same(span_of(""), span_of("")));
}

static void
a_point_is_taken_wrapped_and_bare(void **state)
{
	static const char p256[] = {0x06, 0x08, 0x2a, (char)0x86, 0x48, (char)0xce, 0x3d, 0x03, 0x01, 0x07};
	EXS_SCOPED(buf) bare = BUF(PUBLICKEY_MAX), wrapped = BUF(PUBLICKEY_MAX), bad = BUF(PUBLICKEY_MAX);
	char            point[67] = {0x04, 65};
	size_t          len = 0;
	publickey_facts facts;

	(void)state;
	assert_int_equal(EVP_PKEY_get_octet_string_param(ec_key, OSSL_PKEY_PARAM_PUB_KEY,
	                                                 (unsigned char *)point + 2, 65, &len), 1);
	assert_true(publickey_from_ec(span_from(p256, sizeof p256), span_from(point + 2, 65), &bare));
	assert_true(publickey_from_ec(span_from(p256, sizeof p256), span_from(point, 67), &wrapped));
	assert_true(publickey_same(buf_span(&bare), buf_span(&ec_der)));
	assert_true(publickey_same(buf_span(&wrapped), buf_span(&ec_der)));
	assert_true(publickey_describe(buf_span(&bare), &facts));
	assert_string_equal(facts.name, "EC P-256");
	assert_false(publickey_from_ec(span_from(p256, 4), span_from(point, 67), &bad));
	assert_false(publickey_from_ec(span_from(p256, sizeof p256), span_from(point, 40), &bad));
	assert_false(publickey_from_rsa(span_of(""), span_of("x"), &bad));
	assert_int_equal(bad.len, 0);
}

static void
algorithms_have_their_jose_names(void **state)
{
	exs_alg alg = EXS_ALG_DEFAULT;

	(void)state;
	for (int i = EXS_ALG_DEFAULT; i <= EXS_ALG_ES384; i++) {
		const char *name = exs_alg_name((exs_alg)i);

		assert_true(exs_alg_parse(name, strlen(name), &alg));
		assert_int_equal(alg, i);
	}
	assert_string_equal(exs_alg_name(EXS_ALG_PS256), "PS256");
	assert_false(exs_alg_parse("ps256", 5, &alg));
	assert_false(exs_alg_parse("none", 4, &alg));
	assert_false(exs_alg_parse("HS256", 5, &alg));
	assert_false(exs_alg_parse("PS2567", 6, &alg));
	assert_string_equal(exs_alg_name((exs_alg)99), "unknown");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(padding_made_here_verifies),
		cmocka_unit_test(padding_needs_a_modulus_that_is_large_enough),
		cmocka_unit_test(a_curve_signature_is_two_halves),
		cmocka_unit_test(equal_keys_are_equal_bytes_whatever_told_them),
		cmocka_unit_test(a_point_is_taken_wrapped_and_bare),
		cmocka_unit_test(algorithms_have_their_jose_names),
	};

	return cmocka_run_group_tests_name("sign_verify", tests, make, drop);
}
