/* Certificates in files: what is read, and that nothing private is. */
#include "sign/certificate.h"
#include "support/test.h"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <stdio.h>

enum { DAY = 86400 };

static EVP_PKEY *one, *other;

static X509 *
make_x509(EVP_PKEY *key, const char *name, long from, long until)
{
	X509      *x = X509_new();
	X509_NAME *subject = X509_NAME_new();

	X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8, (const unsigned char *)"Acme, Inc", -1, -1,
	                           0);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 0x1234);
	X509_set_subject_name(x, subject);
	X509_set_issuer_name(x, subject);
	X509_gmtime_adj(X509_getm_notBefore(x), from);
	X509_gmtime_adj(X509_getm_notAfter(x), until);
	X509_set_pubkey(x, key);
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	X509_NAME_free(subject);
	return x;
}

static void
write_pem(const char *name, EVP_PKEY *key, X509 *first, X509 *second)
{
	FILE *file = fopen(test_path(name), "w");

	assert_non_null(file);
	if (first != NULL)
		PEM_write_X509(file, first);
	if (second != NULL)
		PEM_write_X509(file, second);
	if (key != NULL)
		PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL);
	fclose(file);
}

static int
make(void **state)
{
	X509   *x, *y;
	PKCS12 *pfx;
	FILE   *file;

	(void)state;
	one = EVP_EC_gen("P-256");
	other = EVP_EC_gen("P-256");
	x = make_x509(one, "Zoë", -DAY, DAY);
	y = make_x509(other, "other", -3 * DAY, -2 * DAY);
	write_pem("one.pem", NULL, x, NULL);
	write_pem("both.pem", NULL, y, x);
	write_pem("with-key.pem", one, x, NULL);
	write_pem("empty.pem", NULL, NULL, NULL);
	file = fopen(test_path("one.der"), "w");
	i2d_X509_fp(file, x);
	fclose(file);
	file = fopen(test_path("old.der"), "w");
	i2d_X509_fp(file, y);
	fclose(file);
	pfx = PKCS12_create("secret", "name", one, x, NULL, 0, 0, 0, 0, 0);
	file = fopen(test_path("one.pfx"), "w");
	i2d_PKCS12_fp(file, pfx);
	fclose(file);
	file = fopen(test_path("key.der"), "w");
	i2d_PrivateKey_fp(file, one);
	fclose(file);
	PKCS12_free(pfx);
	X509_free(x);
	X509_free(y);
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	EVP_PKEY_free(one);
	EVP_PKEY_free(other);
	return 0;
}

static certificate *
read_one(const char *name, span public_der)
{
	certificate *c = NULL;
	exs_error   *error = test_error();

	if (certificate_read(test_path(name), public_der, &c, error) != EXS_OK)
		fail_msg("%s (%s)", exs_error_message(error), exs_error_why(error));
	return c;
}

static void
pem_and_der_say_the_same(void **state)
{
	EXS_AUTO(certificate) *pem = read_one("one.pem", span_of(""));
	EXS_AUTO(certificate) *der = read_one("one.der", span_of(""));

	(void)state;
	assert_string_equal(pem->sha1, der->sha1);
	assert_string_equal(pem->sha256, der->sha256);
	assert_string_equal(pem->subject, "CN=Zoë,O=Acme\\, Inc");
	assert_string_equal(pem->serial, "1234");
	assert_int_equal(strlen(pem->public_sha256), 64);
	assert_int_equal(pem->not_after - pem->not_before, 2 * DAY);
}

static void
of_several_the_one_for_the_key_counts(void **state)
{
	EXS_AUTO(certificate) *alone = read_one("one.pem", span_of(""));
	EXS_AUTO(certificate) *chosen = read_one("both.pem", buf_span(&alone->public_der));
	EXS_AUTO(certificate) *first = read_one("both.pem", span_of(""));

	(void)state;
	assert_string_equal(chosen->sha1, alone->sha1);
	assert_string_not_equal(first->sha1, alone->sha1);
	assert_ok(certificate_check_key(chosen, buf_span(&alone->public_der), test_error()));
}

static void
a_file_with_a_private_key_is_refused_with_the_way_out(void **state)
{
	static const char *const names[] = {"with-key.pem", "one.pfx", "key.der"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		certificate *c = NULL;
		exs_error   *error = test_error();

		assert_int_equal(certificate_read(test_path(names[i]), span_of(""), &c, error), EXS_KEY);
		assert_non_null(strstr(exs_error_fix(error), "make a key in the device"));
		assert_fails(EXS_KEY, error, E_CERT_UNREADABLE);
		assert_null(c);
	}
}

static void
what_is_no_certificate_is_refused(void **state)
{
	certificate *c = NULL;
	exs_error   *error = test_error();
	EXS_AUTO(certificate) *good = read_one("one.der", span_of(""));
	EXS_SCOPED(buf) longer = BUF(8192);

	(void)state;
	assert_fails(certificate_read(test_path("empty.pem"), span_of(""), &c, error), error,
	             E_CERT_UNREADABLE);
	assert_fails(certificate_read(test_file("words", span_of("hello"), 0644), span_of(""), &c, error),
	             error, E_CERT_UNREADABLE);
	assert_fails(certificate_read(test_file("torn.pem",
	                                        span_of("-----BEGIN CERTIFICATE-----\nAAAA\n"), 0644),
	                              span_of(""), &c, error), error, E_CERT_UNREADABLE);
	buf_add(&longer, buf_span(&good->der));
	buf_byte(&longer, 'x');
	assert_fails(certificate_parse(buf_span(&longer), "the token", &c, error), error,
	             E_CERT_UNREADABLE);
	assert_fails(certificate_read("/nowhere/x", span_of(""), &c, error), error, E_FILE);
	assert_null(c);
}

static void
time_is_judged_to_the_second(void **state)
{
	EXS_AUTO(certificate) *c = read_one("one.der", span_of(""));
	exs_error *error = test_error();

	(void)state;
	assert_ok(certificate_check_time(c, c->not_before, error));
	assert_ok(certificate_check_time(c, c->not_after, error));
	assert_int_equal(certificate_check_time(c, c->not_after + 61, error), EXS_KEY);
	assert_non_null(strstr(exs_error_why(error), "1 min 1 s ago"));
	assert_fails(EXS_KEY, error, E_CERT_EXPIRED);
	assert_int_equal(certificate_check_time(c, c->not_before - 7200, error), EXS_KEY);
	assert_non_null(strstr(exs_error_why(error), "in 2 h"));
	assert_fails(EXS_KEY, error, E_CERT_NOT_YET);
}

static void
a_foreign_certificate_is_named_by_both_fingerprints(void **state)
{
	EXS_AUTO(certificate) *c = read_one("one.der", span_of(""));
	EXS_AUTO(certificate) *foreign = read_one("old.der", span_of(""));
	exs_error *error = test_error();

	(void)state;
	assert_int_equal(certificate_check_key(foreign, buf_span(&c->public_der), error), EXS_KEY);
	assert_non_null(strstr(exs_error_why(error), c->public_sha256));
	assert_non_null(strstr(exs_error_why(error), foreign->public_sha256));
	assert_fails(EXS_KEY, error, E_CERT_MISMATCH);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pem_and_der_say_the_same),
		cmocka_unit_test(of_several_the_one_for_the_key_counts),
		cmocka_unit_test(a_file_with_a_private_key_is_refused_with_the_way_out),
		cmocka_unit_test(what_is_no_certificate_is_refused),
		cmocka_unit_test(time_is_judged_to_the_second),
		cmocka_unit_test(a_foreign_certificate_is_named_by_both_fingerprints),
	};

	return cmocka_run_group_tests_name("sign_certificate", tests, make, drop);
}
