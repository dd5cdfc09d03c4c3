/* Names of keys: URIs, thumbprints as people paste them, and what is no name. */
#include "base/keyname.h"
#include "support/test.h"

#define SHA1   "DED48600112233445566778899AABBCCDDEEFF00"
#define SHA256 SHA1 "0123456789ABCDEF01234567"

/* "kind:digest:narrowing ..." of all names. */
static const char *
names_of(const char *text)
{
	static const char *const kinds[] = {"uri", "thumbprint", "broken", "file", "other"};
	static buf to = {.ceiling = 8192};
	span       rest = span_of(text);
	keyname    name;

	buf_clear(&to);
	while (keyname_next(&rest, &name)) {
		buf_addf(&to, "%s%s", to.len > 0 ? " " : "", kinds[name.kind]);
		if (name.kind == KEYNAME_THUMBPRINT) {
			buf_byte(&to, '=');
			keyname_print_digest(&name, &to);
		}
		if (name.narrowing.len > 0) {
			buf_byte(&to, '@');
			keyname_print_narrowing(&name, &to);
		}
	}
	return buf_text(&to);
}

static void
a_thumbprint_is_taken_as_it_is_pasted(void **state)
{
	static const char *const pasted[] = {
		"thumbprint:" SHA1,
		"THUMBPRINT:ded48600112233445566778899aabbccddeeff00",
		"thumbprint: DE:D4:86:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00",
		"  thumbprint:de d4 86 00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff 00  ",
		"thumbprint:\xE2\x80\x8E" SHA1,
	};

	(void)state;
	for (size_t i = 0; i < sizeof pasted / sizeof pasted[0]; i++)
		assert_string_equal(names_of(pasted[i]), "thumbprint=" SHA1);
	assert_string_equal(names_of("thumbprint:" SHA256), "thumbprint=" SHA256);
}

static void
what_is_too_short_too_long_or_no_digit_is_broken(void **state)
{
	static const char *const wrong[] = {
		"thumbprint:", "thumbprint:DED4", "thumbprint:" SHA1 "0", "thumbprint:" SHA256 "00",
		"thumbprint:" SHA1 "x", "thumbprint:" SHA1 " x", "thumbprint:x" SHA1, "thumbprint:" SHA1 "pkcs11:token=a",
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		assert_string_equal(names_of(wrong[i]), "broken");
}

static void
several_names_are_parted_by_blanks(void **state)
{
	(void)state;
	assert_string_equal(names_of("pkcs11:token=a  PKCS11:token=b\tthumbprint:" SHA1), "uri uri thumbprint=" SHA1);
	assert_string_equal(names_of("thumbprint:de d4" " thumbprint:" SHA1 " pkcs11:token=a"),
	                    "broken thumbprint=" SHA1 " uri");
	assert_string_equal(names_of(""), "");
}

static void
a_thumbprint_may_say_where_to_look(void **state)
{
	(void)state;
	assert_string_equal(names_of("thumbprint:" SHA1 ";token=a?module-path=/m.so pkcs11:token=b"),
	                    "thumbprint=" SHA1 "@pkcs11:token=a?module-path=/m.so uri");
	assert_string_equal(names_of("thumbprint:" SHA1 "?module-name=m"),
	                    "thumbprint=" SHA1 "@pkcs11:?module-name=m");
}

static void
names_that_are_none_are_refused_with_the_remedy(void **state)
{
	exs_error *error = test_error();
	size_t     n = 0;

	(void)state;
	assert_ok(keyname_check(span_of("pkcs11:token=a thumbprint:" SHA1), "key", &n, error));
	assert_int_equal(n, 2);
	assert_fails(keyname_check(span_of(" "), "key", &n, error), error, E_URI);
	assert_fails(keyname_check(span_of("thumbprint:12"), "key", &n, error), error, E_URI);
	assert_int_equal(keyname_check(span_of("pkcs11:token=My Token"), "key", &n, error), EXS_CONFIG);
	assert_non_null(strstr(exs_error_message(error), "%20"));
	exs_error_clear(error);
	assert_int_equal(keyname_check(span_of(SHA1), "key", &n, error), EXS_CONFIG);
	assert_string_equal(exs_error_fix(error), "thumbprint:" SHA1);
	exs_error_clear(error);
	assert_fails(keyname_check(span_of("/my keys/app.pfx"), "key", &n, error), error, E_KEY_FILE);
	assert_fails(keyname_check(span_of("-----BEGIN PRIVATE KEY----- pkcs11:token=a"), "key", &n, error), error,
	             E_KEY_FILE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_thumbprint_is_taken_as_it_is_pasted),
		cmocka_unit_test(what_is_too_short_too_long_or_no_digit_is_broken),
		cmocka_unit_test(several_names_are_parted_by_blanks),
		cmocka_unit_test(a_thumbprint_may_say_where_to_look),
		cmocka_unit_test(names_that_are_none_are_refused_with_the_remedy),
	};

	return cmocka_run_group_tests_name("base_keyname", tests, NULL, NULL);
}
