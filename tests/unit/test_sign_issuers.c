/* Which certificates of a token stand above another one: by name and by signature, in order, without the root. */
#include "sign/issuers.h"
#include "support/test.h"

#include <openssl/x509v3.h>

enum { CERTIFICATES = 6 };

typedef struct made {
	EVP_PKEY *key;
	X509     *certificate;
} made;

/* Root, two below it, one below those, and a false one that calls itself like the last issuer. */
static made root, upper, lower, leaf, stranger, impostor;

static void
make_one(made *m, const char *name, const made *issuer, const char *calls_issuer)
{
	X509_NAME *subject, *above;

	m->key = EVP_EC_gen("P-256");
	m->certificate = X509_new();
	assert_non_null(m->key);
	assert_non_null(m->certificate);
	subject = X509_get_subject_name(m->certificate);
	above = X509_NAME_new();
	assert_int_equal(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
	                                            (const unsigned char *)name, -1, -1, 0), 1);
	assert_int_equal(X509_NAME_add_entry_by_txt(above, "CN", MBSTRING_UTF8,
	                                            (const unsigned char *)calls_issuer, -1, -1, 0), 1);
	assert_int_equal(X509_set_issuer_name(m->certificate, above), 1);
	X509_NAME_free(above);
	assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(m->certificate), 1), 1);
	assert_non_null(X509_gmtime_adj(X509_getm_notBefore(m->certificate), -60));
	assert_non_null(X509_gmtime_adj(X509_getm_notAfter(m->certificate), 3600));
	assert_int_equal(X509_set_pubkey(m->certificate, m->key), 1);
	assert_true(X509_sign(m->certificate, issuer == NULL ? m->key : issuer->key, EVP_sha256()) > 0);
}

static int
make(void **state)
{
	(void)state;
	make_one(&root, "root", NULL, "root");
	make_one(&upper, "upper", &root, "root");
	make_one(&lower, "lower", &upper, "upper");
	make_one(&leaf, "leaf", &lower, "lower");
	make_one(&stranger, "stranger", NULL, "stranger");
	make_one(&impostor, "lower", &stranger, "upper");
	return 0;
}

static int
unmake(void **state)
{
	made *all[] = {&root, &upper, &lower, &leaf, &stranger, &impostor};

	(void)state;
	for (size_t i = 0; i < CERTIFICATES; i++) {
		EVP_PKEY_free(all[i]->key);
		X509_free(all[i]->certificate);
	}
	return 0;
}

static void
add_der(X509 *certificate, buf *to)
{
	unsigned char *der = NULL;
	int            length = i2d_X509(certificate, &der);

	assert_true(length > 0);
	buf_add(to, span_from((const char *)der, (size_t)length));
	OPENSSL_free(der);
}

/* The names of those found above the leaf, when the token holds these. */
static void
assert_above(const made *const *held, const char *expected)
{
	EXS_SCOPED(certobject_list) list = {.at = mem_new(CERTIFICATES, sizeof *list.at)};
	EXS_SCOPED(issuers) found = {.n = 0};
	EXS_SCOPED(buf) own = BUF(8192), names = BUF(200);

	for (; *held != NULL; held++) {
		list.at[list.n].der = BUF(8192);
		add_der((*held)->certificate, &list.at[list.n++].der);
	}
	add_der(leaf.certificate, &own);
	assert_ok(issuers_find(buf_span(&own), &list, &found, test_error()));
	for (size_t i = 0; i < found.n; i++) {
		char name[64] = "";

		X509_NAME_get_text_by_NID(X509_get_subject_name(found.at[i]), NID_commonName, name,
		                          sizeof name);
		assert_true(X509_verify(i == 0 ? leaf.certificate : found.at[i - 1],
		                        X509_get0_pubkey(found.at[i])) == 1);
		buf_addf(&names, "%s ", name);
	}
	assert_string_equal(buf_text(&names), expected);
}

static void
those_above_are_found_in_order_whatever_order_they_lie_in(void **state)
{
	(void)state;
	assert_above((const made *const[]){&lower, &upper, NULL}, "lower upper ");
	assert_above((const made *const[]){&leaf, &upper, &stranger, &lower, NULL}, "lower upper ");
}

static void
the_root_stays_away(void **state)
{
	(void)state;
	assert_above((const made *const[]){&root, &lower, &upper, NULL}, "lower upper ");
}

static void
a_gap_ends_the_chain(void **state)
{
	(void)state;
	assert_above((const made *const[]){&root, &upper, NULL}, "");
	assert_above((const made *const[]){&lower, &root, NULL}, "lower ");
	assert_above((const made *const[]){NULL}, "");
}

static void
one_that_only_bears_the_name_is_passed_over(void **state)
{
	(void)state;
	assert_above((const made *const[]){&impostor, NULL}, "");
	assert_above((const made *const[]){&impostor, &lower, &upper, NULL}, "lower upper ");
}

static void
what_cannot_be_read_is_passed_over_and_refused_as_the_leaf(void **state)
{
	EXS_SCOPED(certobject_list) list = {.at = mem_new(1, sizeof *list.at), .n = 1};
	EXS_SCOPED(issuers) found = {.n = 0};
	EXS_SCOPED(buf) own = BUF(8192);

	(void)state;
	list.at[0].der = BUF(16);
	buf_puts(&list.at[0].der, "no certificate");
	add_der(leaf.certificate, &own);
	assert_ok(issuers_find(buf_span(&own), &list, &found, test_error()));
	assert_int_equal(found.n, 0);
	assert_int_equal(issuers_find(span_of("nor this"), &list, &found, test_error()), EXS_KEY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(those_above_are_found_in_order_whatever_order_they_lie_in),
		cmocka_unit_test(the_root_stays_away),
		cmocka_unit_test(a_gap_ends_the_chain),
		cmocka_unit_test(one_that_only_bears_the_name_is_passed_over),
		cmocka_unit_test(what_cannot_be_read_is_passed_over_and_refused_as_the_leaf),
	};

	return cmocka_run_group_tests_name("sign_issuers", tests, make, unmake);
}
