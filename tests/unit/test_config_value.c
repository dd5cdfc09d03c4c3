/* Settings: the table's own rules, and what each kind of value accepts and refuses. */
#include "config/value.h"
#include "support/test.h"

#include <ctype.h>

static void
flags_and_variables_are_named_after_their_keys(void **state)
{
	(void)state;
	for (size_t i = 0; i < SETTINGS; i++) {
		const setting_row *row = setting_row_of((setting_id)i);
		char               flag[80] = "--", variable[80] = "EXOSIGN_";
		size_t             f = strlen(flag), v = strlen(variable);

		for (const char *c = row->key; *c != '\0'; c++) {
			flag[f++] = *c == '.' ? '-' : *c;
			variable[v++] = *c == '.' || *c == '-' ? '_' : (char)toupper((unsigned char)*c);
		}
		flag[f] = variable[v] = '\0';
		assert_string_equal(row->flag, flag);
		assert_string_equal(row->variable, variable);
		assert_true(row->help[0] != '\0' && row->argument[0] != '\0');
		if (row->initial[0] != '\0')
			assert_ok(value_check((setting_id)i, span_of(row->initial), "here", test_error()));
	}
}

static void
a_mistyped_key_earns_a_suggestion(void **state)
{
	const char *nearest = NULL;
	setting_id  id = SETTINGS;

	(void)state;
	assert_false(setting_find(span_of("tennant"), &id, &nearest));
	assert_string_equal(nearest, "tenant");
	assert_false(setting_find(span_of("zzzzzzzzzzzz"), &id, &nearest));
	assert_null(nearest);
	assert_true(setting_find(span_of("endpoint.login"), &id, &nearest));
	assert_int_equal(id, SETTING_ENDPOINT_LOGIN);
}

static const struct {
	setting_id  id;
	const char *value;
} good[] = {
	{SETTING_CLOUD, "usgovdod"},
	{SETTING_ALG, "ES256"},
	{SETTING_X5C, "yes"},
	{SETTING_PAGE_SIZE, "1"},
	{SETTING_PAGE_SIZE, "1000"},
	{SETTING_TIMEOUT, "90s"},
	{SETTING_TIMEOUT, "2h"},
	{SETTING_PIN_SOURCE, "file:/etc/pin"},
	{SETTING_PIN_SOURCE, "credential:exo-pin"},
	{SETTING_KEY, "PKCS11:token=a;object=b?module-path=/usr/lib/x.so"},
	{SETTING_ENDPOINT_LOGIN, "https://localhost:8443"},
	{SETTING_TOKEN_ENDPOINT, "https://issuer.example/oauth2/token"},
	{SETTING_KEY, "pkcs11:token=a pkcs11:token=b"},
	{SETTING_KEY, "thumbprint:de d4 86 00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff 00 pkcs11:token=b"},
	{SETTING_CERTIFICATE, "thumbprint:DED48600112233445566778899AABBCCDDEEFF00"},
	{SETTING_PSS, "token-only"},
	{SETTING_MAX_SESSIONS, "64"},
	{SETTING_PROXY, "http://proxy:3128"},
	{SETTING_PROXY, "proxy:3128"},
	{SETTING_PROXY, ""},
	{SETTING_TENANT, "b\xC3\xBCro.example"},
}, bad[] = {
	{SETTING_CLOUD, "Public"},
	{SETTING_CLOUD, "pub"},
	{SETTING_CLOUD, ""},
	{SETTING_ALG, "HS256"},
	{SETTING_ALG, "none"},
	{SETTING_X5C, "true"},
	{SETTING_PAGE_SIZE, "0"},
	{SETTING_PAGE_SIZE, "1001"},
	{SETTING_PAGE_SIZE, "-1"},
	{SETTING_PAGE_SIZE, "ten"},
	{SETTING_PAGE_SIZE, "99999999999999999999999"},
	{SETTING_TIMEOUT, "0"},
	{SETTING_TIMEOUT, "1.5"},
	{SETTING_PIN_SOURCE, "1234"},
	{SETTING_PIN_SOURCE, "file:"},
	{SETTING_PIN_SOURCE, "credential:"},
	{SETTING_PIN_SOURCE, "credential:../x"},
	{SETTING_PIN_SOURCE, "command:/bin/pin"},
	{SETTING_KEY, "/etc/key"},
	{SETTING_KEY, "pkcs11:token=My Token"},
	{SETTING_KEY, "thumbprint:DED4"},
	{SETTING_KEY, "DED48600112233445566778899AABBCCDDEEFF00"},
	{SETTING_CERTIFICATE, "thumbprint:DED4"},
	{SETTING_PSS, "never"},
	{SETTING_MAX_SESSIONS, "65"},
	{SETTING_MAX_SESSIONS, "0"},
	{SETTING_ENDPOINT_LOGIN, "http://localhost"},
	{SETTING_ENDPOINT_LOGIN, "https://localhost/path"},
	{SETTING_ENDPOINT_LOGIN, "https://localhost?x"},
	{SETTING_ENDPOINT_LOGIN, "https://"},
	{SETTING_ENDPOINT_LOGIN, "https://a@b"},
	{SETTING_TOKEN_ENDPOINT, "issuer.example"},
	{SETTING_PROXY, "socks5://proxy"},
	{SETTING_TENANT, "a\nb"},
	{SETTING_TENANT, "caf\xE9"},
	{SETTING_TENANT, ""},
};

static void
values_that_can_be_are_accepted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
		assert_ok(value_check(good[i].id, span_of(good[i].value), "here", test_error()));
}

static void
values_that_cannot_be_are_refused_with_place_and_key(void **state)
{
	exs_error *error = test_error();

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		exs_status status = value_check(bad[i].id, span_of(bad[i].value), "a.conf:7", error);

		assert_non_null(strstr(exs_error_message(error), "a.conf:7: "));
		assert_non_null(strstr(exs_error_message(error), setting_row_of(bad[i].id)->key));
		assert_fails(status, error, E_CONFIG_VALUE);
	}
}

static void
a_key_in_a_file_is_refused_with_the_way_out(void **state)
{
	static const char *const keys[] = {
		"/etc/app.pfx", "C:\\my keys\\App.P12", "app.pem", "soft.KEY", "-----BEGIN PRIVATE KEY----- MIIsecret",
		"-----BEGIN CERTIFICATE-----MIIsecret",
	};
	exs_error *error = test_error();

	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		exs_status status = value_check(SETTING_KEY, span_of(keys[i]), "a.conf:7", error);

		assert_non_null(strstr(exs_error_message(error), "a.conf:7: key: "));
		assert_non_null(strstr(exs_error_fix(error), "exosign key generate"));
		assert_non_null(strstr(exs_error_fix(error), "exosign cert csr"));
		assert_null(strstr(exs_error_message(error), "secret"));
		assert_fails(status, error, E_KEY_FILE);
	}
}

static void
a_value_of_ten_thousand_bytes_is_refused(void **state)
{
	EXS_SCOPED(buf) value = BUF(10000);
	exs_error *error = test_error();

	(void)state;
	for (int i = 0; i < 10000; i++)
		buf_byte(&value, 'x');
	assert_fails(value_check(SETTING_TENANT, buf_span(&value), "here", error), error,
	             E_CONFIG_VALUE);
}

static void
a_pin_in_the_wrong_place_is_refused_and_not_repeated(void **state)
{
	exs_error *error = test_error();

	(void)state;
	assert_int_equal(value_check(SETTING_KEY, span_of("pkcs11:token=a?pin-value=24680135"), "here",
	                             error), EXS_CONFIG);
	assert_null(strstr(exs_error_message(error), "24680135"));
	assert_fails(EXS_CONFIG, error, E_PIN_IN_URI);
	assert_int_equal(value_check(SETTING_PIN_SOURCE, span_of("24680135"), "here", error),
	                 EXS_CONFIG);
	assert_null(strstr(exs_error_message(error), "24680135"));
	assert_null(strstr(exs_error_why(error), "24680135"));
	assert_null(strstr(exs_error_fix(error), "24680135"));
	exs_error_clear(error);
	assert_fails(value_check(SETTING_KEY, span_of("pkcs11:token=a?PinValue=24680135"), "here", error),
	             error, E_PIN_IN_URI);
	assert_null(strstr(exs_error_message(error), "24680135"));
}

static const char *
anchored(setting_id id, const char *value)
{
	static buf to = {.ceiling = 4096};

	buf_clear(&to);
	value_anchor(id, span_of(value), "/etc/exosign", &to);
	return buf_text(&to);
}

static void
relative_file_names_are_anchored_at_their_file(void **state)
{
	(void)state;
	assert_string_equal(anchored(SETTING_CA_FILE, "ca.pem"), "/etc/exosign/ca.pem");
	assert_string_equal(anchored(SETTING_CA_FILE, "/ca.pem"), "/ca.pem");
	assert_string_equal(anchored(SETTING_PIN_SOURCE, "file:pin"), "file:/etc/exosign/pin");
	assert_string_equal(anchored(SETTING_PIN_SOURCE, "file:/pin"), "file:/pin");
	assert_string_equal(anchored(SETTING_PIN_SOURCE, "credential:pin"), "credential:pin");
	assert_string_equal(anchored(SETTING_CERTIFICATE, "token"), "token");
	assert_string_equal(anchored(SETTING_CERTIFICATE, "none"), "none");
	assert_string_equal(anchored(SETTING_CERTIFICATE, "a.pem"), "/etc/exosign/a.pem");
	assert_string_equal(anchored(SETTING_TENANT, "contoso"), "contoso");
}

static void
a_password_of_a_proxy_is_not_shown(void **state)
{
	EXS_SCOPED(buf) to = BUF(4096);

	(void)state;
	value_show(SETTING_PROXY, "http://ann:s3cret@proxy:3128", &to);
	assert_string_equal(buf_text(&to), "http://***@proxy:3128");
	buf_clear(&to);
	value_show(SETTING_PROXY, "ann:p@ss@proxy:3128", &to);
	assert_string_equal(buf_text(&to), "***@proxy:3128");
	buf_clear(&to);
	value_show(SETTING_PROXY, "http://proxy:3128", &to);
	assert_string_equal(buf_text(&to), "http://proxy:3128");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flags_and_variables_are_named_after_their_keys),
		cmocka_unit_test(a_mistyped_key_earns_a_suggestion),
		cmocka_unit_test(values_that_can_be_are_accepted),
		cmocka_unit_test(values_that_cannot_be_are_refused_with_place_and_key),
		cmocka_unit_test(a_key_in_a_file_is_refused_with_the_way_out),
		cmocka_unit_test(a_value_of_ten_thousand_bytes_is_refused),
		cmocka_unit_test(a_pin_in_the_wrong_place_is_refused_and_not_repeated),
		cmocka_unit_test(relative_file_names_are_anchored_at_their_file),
		cmocka_unit_test(a_password_of_a_proxy_is_not_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
