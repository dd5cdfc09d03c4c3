/* PKCS#11 URIs: what is taken, what is refused, what is printed. */
#include "hsm/uri.h"
#include "support/test.h"

static key_uri *
parsed(const char *text)
{
	key_uri   *uri = NULL;
	exs_error *error = test_error();

	if (key_uri_parse(text, &uri, error) != EXS_OK)
		fail_msg("%s: %s (%s)", text, exs_error_message(error), exs_error_why(error));
	return uri;
}

static void
a_uri_gives_back_its_parts(void **state)
{
	EXS_AUTO(key_uri) *uri = parsed("pkcs11:token=My%20token;object=k;id=%01%ff;type=private"
	                                "?module-path=/usr/lib/x.so&x-vendor=1");
	CK_OBJECT_CLASS class = 0;

	(void)state;
	assert_span(key_uri_id(uri), "\x01\xff");
	assert_span(key_uri_label(uri), "k");
	assert_true(key_uri_class(uri, &class));
	assert_int_equal(class, CKO_PRIVATE_KEY);
	assert_string_equal(key_uri_module_path(uri), "/usr/lib/x.so");
	assert_null(key_uri_module_name(uri));
	assert_true(key_uri_names_token(uri));
}

static void
a_uri_that_says_nothing_has_no_parts(void **state)
{
	EXS_AUTO(key_uri) *uri = parsed("pkcs11:");
	CK_OBJECT_CLASS class;

	(void)state;
	assert_null(key_uri_id(uri).at);
	assert_null(key_uri_label(uri).at);
	assert_false(key_uri_class(uri, &class));
	assert_null(key_uri_module_path(uri));
	assert_false(key_uri_names_token(uri));
}

static void
case_of_the_scheme_and_folded_lines_do_not_matter(void **state)
{
	EXS_AUTO(key_uri) *uri = parsed("PKCS11:token=a;\n\tobject=b?module-name=x");

	(void)state;
	assert_span(key_uri_label(uri), "b");
	assert_string_equal(key_uri_module_name(uri), "x");
}

static void
slashes_of_a_path_stay_readable(void **state)
{
	EXS_AUTO(key_uri) *uri = parsed("pkcs11:object=a%2Fb?module-path=%2Fusr%2Flib%2Fx.so");

	(void)state;
	assert_non_null(strstr(key_uri_text(uri), "?module-path=/usr/lib/x.so"));
	assert_span(key_uri_label(uri), "a/b");
}

static void
slot_and_library_are_compared(void **state)
{
	EXS_AUTO(key_uri) *uri = parsed("pkcs11:slot-id=7;library-manufacturer=Acme");
	CK_SLOT_INFO slot = {0};
	CK_INFO      info = {0};

	(void)state;
	memset(slot.slotDescription, ' ', sizeof slot.slotDescription);
	memset(slot.manufacturerID, ' ', sizeof slot.manufacturerID);
	memset(info.manufacturerID, ' ', sizeof info.manufacturerID);
	assert_true(key_uri_matches_slot(uri, 7, &slot));
	assert_false(key_uri_matches_slot(uri, 8, &slot));
	assert_false(key_uri_matches_module(uri, &info));
	memcpy(info.manufacturerID, "Acme", 4);
	assert_true(key_uri_matches_module(uri, &info));
}

static void
a_pin_is_refused_wherever_it_stands_and_not_shown(void **state)
{
	static const char *const texts[] = {
		"pkcs11:token=a?pin-value=4711secret", "pkcs11:pin-value=4711secret;token=a",
		"pkcs11:token=a?module-name=x&pin-value=4711secret", "pkcs11:token=a?pin- value=4711secret",
		"pkcs11:token=a;pin-value=4711secret;nonsense=%%%",
	};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		key_uri   *uri = NULL;
		exs_error *error = test_error();

		assert_int_equal(key_uri_parse(texts[i], &uri, error), EXS_CONFIG);
		assert_null(uri);
		assert_null(strstr(exs_error_message(error), "4711"));
		assert_null(strstr(exs_error_why(error), "4711"));
		assert_fails(EXS_CONFIG, error, E_PIN_IN_URI);
	}
}

static void
a_pin_source_is_refused_with_the_way_out(void **state)
{
	key_uri   *uri = NULL;
	exs_error *error = test_error();

	(void)state;
	assert_int_equal(key_uri_parse("pkcs11:token=a?pin-source=file:/x", &uri, error), EXS_CONFIG);
	assert_non_null(strstr(exs_error_fix(error), "profile"));
	assert_fails(EXS_CONFIG, error, E_URI);
}

static void
what_is_unknown_is_named(void **state)
{
	key_uri   *uri = NULL;
	exs_error *error = test_error();

	(void)state;
	assert_int_equal(key_uri_parse("pkcs11:tokan=a", &uri, error), EXS_CONFIG);
	assert_non_null(strstr(exs_error_message(error), "tokan"));
	assert_non_null(strstr(exs_error_fix(error), "token"));
	assert_fails(EXS_CONFIG, error, E_URI);
	assert_fails(key_uri_parse("pkcs11:token=a?modul-path=/x", &uri, error), error, E_URI);
	assert_fails(key_uri_parse("pkcs11:type=nonsense", &uri, error), error, E_URI);
}

static void
what_is_malformed_is_refused(void **state)
{
	static const char *const texts[] = {"", "pkcs12:token=a", "token=a", "pkcs11:token=%4",
	                                    "pkcs11:id=%zz", "pkcs11:slot-id=x", "pkcs11:token",
	                                    "pkcs11:library-version=x", "pkcs11:;id=%01", "pkcs11:id=%01;",
	                                    "pkcs11:token=a;;id=%01", "pkcs11:token=a?&module-name=x",
	                                    "pkcs11:token=a?module-name=x&"};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		key_uri   *uri = NULL;
		exs_error *error = test_error();

		assert_fails(key_uri_parse(texts[i], &uri, error), error, E_URI);
		assert_null(uri);
	}
}

static void
a_uri_that_is_made_can_be_parsed(void **state)
{
	CK_TOKEN_INFO token = {0};
	uri_parts     parts = {.token = &token, .module_path = "/usr/lib/x y.so",
	                       .id = span_from("\x00\x01", 2), .label = span_of("k;=?/"),
	                       .type = "private"};
	EXS_AUTO(chars) *text = NULL;
	EXS_AUTO(key_uri) *uri = NULL;
	CK_OBJECT_CLASS class = 0;

	(void)state;
	memset(token.label, ' ', sizeof token.label);
	memcpy(token.label, "a token", 7);
	memset(token.serialNumber, ' ', sizeof token.serialNumber);
	memset(token.manufacturerID, ' ', sizeof token.manufacturerID);
	memcpy(token.manufacturerID, "Acme", 4);
	memset(token.model, ' ', sizeof token.model);
	assert_ok(key_uri_make(&parts, &text, test_error()));
	/* Without a serial the maker helps to tell tokens apart. */
	assert_non_null(strstr(text, "manufacturer=Acme"));
	uri = parsed(text);
	assert_true(key_uri_matches_token(uri, &token));
	assert_span(key_uri_id(uri), "\x00\x01");
	assert_span(key_uri_label(uri), "k;=?/");
	assert_true(key_uri_class(uri, &class));
	assert_string_equal(key_uri_module_path(uri), "/usr/lib/x y.so");
}

static void
a_uri_beyond_the_ceiling_is_refused(void **state)
{
	static char text[KEY_URI_MAX + 100];
	key_uri    *uri = NULL;

	(void)state;
	memset(text, 'a', sizeof text - 1);
	memcpy(text, "pkcs11:token=", 13);
	assert_int_not_equal(key_uri_parse(text, &uri, test_error()), EXS_OK);
	assert_null(uri);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_uri_gives_back_its_parts),
		cmocka_unit_test(a_uri_that_says_nothing_has_no_parts),
		cmocka_unit_test(case_of_the_scheme_and_folded_lines_do_not_matter),
		cmocka_unit_test(slashes_of_a_path_stay_readable),
		cmocka_unit_test(slot_and_library_are_compared),
		cmocka_unit_test(a_pin_is_refused_wherever_it_stands_and_not_shown),
		cmocka_unit_test(a_pin_source_is_refused_with_the_way_out),
		cmocka_unit_test(what_is_unknown_is_named),
		cmocka_unit_test(what_is_malformed_is_refused),
		cmocka_unit_test(a_uri_that_is_made_can_be_parsed),
		cmocka_unit_test(a_uri_beyond_the_ceiling_is_refused),
	};

	return cmocka_run_group_tests_name("hsm_uri", tests, NULL, NULL);
}
