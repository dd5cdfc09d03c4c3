/* Certificates from files in every wrapping, and what is refused. */
#include "sign/import.h"
#include "support/test.h"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>

static EVP_PKEY *pair;
static X509     *one, *two;

static X509 *
make_x509(const char *name)
{
	X509      *x = X509_new();
	X509_NAME *subject = X509_get_subject_name(x);

	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1, -1, 0);
	X509_set_issuer_name(x, subject);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 1000);
	X509_set_pubkey(x, pair);
	assert_true(X509_sign(x, pair, EVP_sha256()) > 0);
	return x;
}

static int
make(void **state)
{
	(void)state;
	pair = EVP_EC_gen("P-256");
	one = make_x509("one");
	two = make_x509("two");
	return 0;
}

static int
drop(void **state)
{
	(void)state;
	X509_free(one);
	X509_free(two);
	EVP_PKEY_free(pair);
	return 0;
}

static void
written(BIO *from, buf *to)
{
	char *at = NULL;
	long  len = BIO_get_mem_data(from, &at);

	buf_clear(to);
	buf_add(to, span_from(at, (size_t)len));
	BIO_free(from);
}

static void
write_pkcs7(bool pem, buf *to)
{
	BIO   *out = BIO_new(BIO_s_mem());
	PKCS7 *p = PKCS7_new();

	PKCS7_set_type(p, NID_pkcs7_signed);
	PKCS7_content_new(p, NID_pkcs7_data);
	PKCS7_add_certificate(p, one);
	PKCS7_add_certificate(p, two);
	assert_int_equal(pem ? PEM_write_bio_PKCS7(out, p) : i2d_PKCS7_bio(out, p), 1);
	PKCS7_free(p);
	written(out, to);
}

static size_t
count(span bytes)
{
	EXS_SCOPED(import_list) list = {.n = 0};

	if (import_parse(bytes, "the test", &list, test_error()) != EXS_OK)
		fail_msg("%s", exs_error_why(test_error()));
	return list.n;
}

static void
each_wrapping_gives_its_certificates_once(void **state)
{
	EXS_SCOPED(buf) file = BUF(64 * 1024);
	BIO *out = BIO_new(BIO_s_mem());

	(void)state;
	PEM_write_bio_X509(out, one);
	PEM_write_bio_X509(out, two);
	PEM_write_bio_X509(out, one);
	written(out, &file);
	assert_int_equal(count(buf_span(&file)), 2);
	out = BIO_new(BIO_s_mem());
	i2d_X509_bio(out, one);
	written(out, &file);
	assert_int_equal(count(buf_span(&file)), 1);
	write_pkcs7(true, &file);
	assert_int_equal(count(buf_span(&file)), 2);
	write_pkcs7(false, &file);
	assert_int_equal(count(buf_span(&file)), 2);
}

static void
unreadable(span bytes, const char *why)
{
	EXS_SCOPED(import_list) list = {.n = 0};
	exs_error *error = test_error();

	assert_int_not_equal(import_parse(bytes, "the test", &list, error), EXS_OK);
	assert_true(error_is(error, E_CERT_UNREADABLE));
	assert_non_null(strstr(exs_error_why(error), why));
	assert_int_equal(list.n, 0);
}

static void
what_is_broken_empty_or_something_else_is_refused(void **state)
{
	EXS_SCOPED(buf) file = BUF(2 * IMPORT_MAX);
	BIO *out = BIO_new(BIO_s_mem());

	(void)state;
	unreadable(span_of(""), "empty");
	unreadable(span_of("nothing"), "neither");
	unreadable(span_of("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"), "broken");
	unreadable(span_of("-----BEGIN CERTIFICATE-----\nMIIB"), "broken");
	i2d_X509_bio(out, one);
	written(out, &file);
	unreadable(span_from(file.at, file.len - 1), "neither");
	buf_byte(&file, 'x');
	unreadable(buf_span(&file), "neither");
	while (file.len <= IMPORT_MAX)
		buf_puts(&file, "a line of which there are too many\n");
	unreadable(buf_span(&file), "1 MiB");
}

static void
a_private_key_in_any_form_is_refused_with_the_way_out(void **state)
{
	EXS_SCOPED(buf) file = BUF(64 * 1024);
	const char keys[] = "cannot leave their device";
	BIO    *out = BIO_new(BIO_s_mem());
	PKCS12 *pfx = PKCS12_create("secret", "name", pair, one, NULL, 0, 0, 0, 0, 0);

	(void)state;
	PEM_write_bio_X509(out, one);
	PEM_write_bio_PrivateKey(out, pair, NULL, NULL, 0, NULL, NULL);
	written(out, &file);
	unreadable(buf_span(&file), keys);
	out = BIO_new(BIO_s_mem());
	i2d_PrivateKey_bio(out, pair);
	written(out, &file);
	unreadable(buf_span(&file), keys);
	out = BIO_new(BIO_s_mem());
	i2d_PKCS12_bio(out, pfx);
	PKCS12_free(pfx);
	written(out, &file);
	unreadable(buf_span(&file), keys);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_wrapping_gives_its_certificates_once),
		cmocka_unit_test(what_is_broken_empty_or_something_else_is_refused),
		cmocka_unit_test(a_private_key_in_any_form_is_refused_with_the_way_out),
	};

	return cmocka_run_group_tests_name("sign_import", tests, make, drop);
}
