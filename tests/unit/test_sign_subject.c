/* Names as people write them, and alternative names. */
#include "sign/altname.h"
#include "sign/subject.h"
#include "support/test.h"

#include <openssl/bio.h>
#include <openssl/err.h>

static void
assert_name(const char *text, const char *printed)
{
	X509_NAME *name = NULL;
	BIO       *out = BIO_new(BIO_s_mem());
	char      *at = NULL;
	long       len;

	if (subject_parse(text, &name, test_error()) != EXS_OK)
		fail_msg("%s is refused", text);
	assert_true(X509_NAME_print_ex(out, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0);
	len = BIO_get_mem_data(out, &at);
	support_assert_span(span_from(at, (size_t)len), printed, strlen(printed), __FILE__, __LINE__);
	BIO_free(out);
	X509_NAME_free(name);
}

static void
refused(const char *text)
{
	X509_NAME *name = NULL;
	exs_error *error = test_error();

	if (subject_parse(text, &name, error) == EXS_OK)
		fail_msg("%s is taken", text);
	assert_true(error_is(error, E_USAGE));
	assert_null(name);
	assert_int_equal(ERR_peek_error(), 0);
}

static void
what_is_written_is_what_is_printed_again(void **state)
{
	(void)state;
	assert_name("CN=exo", "CN=exo");
	assert_name("CN=exo,O=Contoso\\, Inc.,C=DE", "CN=exo,O=Contoso\\, Inc.,C=DE");
	assert_name("cn = exo , o=a b", "CN=exo,O=a b");
	assert_name("CN=Zo\xC3\xAB", "CN=Zo\xC3\xAB");
	assert_name("CN=Zo\\C3\\AB", "CN=Zo\xC3\xAB");
	assert_name("CN=exo;OU=b", "CN=exo,OU=b");
	assert_name("CN=a+UID=7,DC=contoso,DC=example", "UID=7+CN=a,DC=contoso,DC=example");
	assert_name("CN=a\\=b\\+c\\\\", "CN=a=b\\+c\\\\");
}

static void
blanks_at_the_ends_go_unless_they_are_escaped(void **state)
{
	(void)state;
	assert_name("CN=  exo  ", "CN=exo");
	assert_name("CN=\\ exo\\ ", "CN=\\ exo\\ ");
}

static void
what_is_no_name_is_refused(void **state)
{
	static const char *const texts[] = {
		"", "exo", "CN=", "CN=a,", ",CN=a", "CN=a,,O=b", "XX=a", "CN=\"a\"", "CN=a\\", "CN=a\\zz",
		"CN=#0401", "C=DEU", "CN=a\xFF", "CN=a\\00b", "=a", "CN=a+", "CN=<a>",
	};
	char long_name[100] = "CN=";

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		refused(texts[i]);
	memset(long_name + 3, 'x', 65);
	refused(long_name);
	long_name[3 + 64] = '\0';
	assert_name(long_name, long_name);
}

static bool
takes(exs_name_kind kind, const char *value)
{
	const exs_alternative_name name = {kind, value};
	GENERAL_NAMES *made = NULL;
	exs_status     status = altname_make(&name, 1, &made, test_error());

	assert_true((made != NULL) == (status == EXS_OK));
	GENERAL_NAMES_free(made);
	return status == EXS_OK;
}

static void
alternative_names_are_what_they_say(void **state)
{
	(void)state;
	assert_true(takes(EXS_NAME_DNS, "a.example"));
	assert_true(takes(EXS_NAME_DNS, "*.a-b.example"));
	assert_true(takes(EXS_NAME_URI, "https://a.example/x"));
	assert_true(takes(EXS_NAME_URI, "spiffe://a/b"));
	assert_true(takes(EXS_NAME_EMAIL, "a@b.example"));
	assert_true(takes(EXS_NAME_IP, "192.0.2.1"));
	assert_true(takes(EXS_NAME_IP, "2001:db8::1"));
}

static void
what_they_are_not_is_refused(void **state)
{
	(void)state;
	assert_false(takes(EXS_NAME_DNS, ""));
	assert_false(takes(EXS_NAME_DNS, "a b"));
	assert_false(takes(EXS_NAME_DNS, "a..b"));
	assert_false(takes(EXS_NAME_DNS, "-a.example"));
	assert_false(takes(EXS_NAME_DNS, "a.*.example"));
	assert_false(takes(EXS_NAME_DNS, "z\xC3\xAB.example"));
	assert_false(takes(EXS_NAME_URI, "no uri"));
	assert_false(takes(EXS_NAME_URI, "https:"));
	assert_false(takes(EXS_NAME_URI, "1a:b"));
	assert_false(takes(EXS_NAME_EMAIL, "b.example"));
	assert_false(takes(EXS_NAME_EMAIL, "@b.example"));
	assert_false(takes(EXS_NAME_IP, "192.0.2"));
	assert_false(takes(EXS_NAME_IP, "a.example"));
}

static void
no_names_are_no_extension(void **state)
{
	GENERAL_NAMES *made = NULL;

	(void)state;
	assert_ok(altname_make(NULL, 0, &made, test_error()));
	assert_null(made);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_what_is_printed_again),
		cmocka_unit_test(blanks_at_the_ends_go_unless_they_are_escaped),
		cmocka_unit_test(what_is_no_name_is_refused),
		cmocka_unit_test(alternative_names_are_what_they_say),
		cmocka_unit_test(what_they_are_not_is_refused),
		cmocka_unit_test(no_names_are_no_extension),
	};

	return cmocka_run_group_tests_name("sign_subject", tests, NULL, NULL);
}
