/* Secrets encrypted for the service, the key that is pinned for it, and the list asked for and kept. */
#include "exchange/catalogue.h"
#include "exchange/command.h"
#include "exchange/invoke.h"
#include "support/canary.h"
#include "support/fake_service.h"
#include "support/test.h"

#include "base/encode.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>

static const char records[] =
	"c\tSet-Mailbox\np\tIdentity\tobject\tm\t\np\tPassword\tsecurestring\t-\t\n";

static void
add_number(const EVP_PKEY *key, const char *parameter, const char *element, buf *to)
{
	unsigned char bytes[1024];
	BIGNUM *number = NULL;

	assert_int_equal(EVP_PKEY_get_bn_param(key, parameter, &number), 1);
	buf_addf(to, "<%s>", element);
	encode_base64(to, span_from((const char *)bytes, (size_t)BN_bn2bin(number, bytes)));
	buf_addf(to, "</%s>", element);
	BN_free(number);
}

/* A key pair of the service's, and its public half as .NET writes it. */
static EVP_PKEY *
make_key(unsigned bits, buf *xml)
{
	EVP_PKEY *key = EVP_RSA_gen(bits);

	assert_non_null(key);
	buf_puts(xml, "<RSAKeyValue>");
	add_number(key, OSSL_PKEY_PARAM_RSA_N, "Modulus", xml);
	add_number(key, OSSL_PKEY_PARAM_RSA_E, "Exponent", xml);
	buf_puts(xml, "</RSAKeyValue>");
	return key;
}

static exs_cmdlets *
make_list(const seal *key)
{
	EXS_SCOPED(buf) text = BUF(CATALOGUE_FILE_MAX);
	catalogue_head head = {"abc", FAKE_NOW, key};
	exs_cmdlets   *list = NULL;

	assert_ok(catalogue_write(&head, span_of(records), &text, test_error()));
	assert_ok(catalogue_read(&text, "abc", &list, test_error()));
	return list;
}

static void
decrypt(EVP_PKEY *key, span base64, buf *to)
{
	EXS_SCOPED(buf) sealed = BUF(4096);
	unsigned char plain[1024];
	size_t        length = sizeof plain;
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);

	assert_true(decode_base64(&sealed, base64));
	assert_int_equal(EVP_PKEY_decrypt_init(context), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING), 1);
	assert_int_equal(EVP_PKEY_decrypt(context, plain, &length, (const unsigned char *)buf_text(&sealed),
	                                  sealed.len), 1);
	buf_add(to, span_from((const char *)plain, length));
	EVP_PKEY_CTX_free(context);
}

static void
a_secret_is_encrypted_for_the_service_and_shown_to_nobody(void **state)
{
	static const char line[] = "Set-Mailbox -Identity a";
	EXS_SCOPED(buf) xml = BUF(8192);
	EXS_SCOPED(buf) body = BUF(65536);
	EXS_SCOPED(buf) again = BUF(4096);
	EVP_PKEY *key = make_key(2048, &xml);
	EXS_AUTO(seal) *public_half = NULL;
	EXS_AUTO(exs_cmdlets) *list = NULL;
	EXS_AUTO(exs_command) *command = NULL;
	EXS_AUTO(chars) *shown = NULL;
	const char *at;

	(void)state;
	assert_ok(seal_from_xml(buf_span(&xml), &public_half, test_error()));
	list = make_list(public_half);
	assert_string_equal(exs_cmdlets_key(list), seal_fingerprint(public_half));
	assert_ok(exs_command_parse(line, strlen(line), &command, test_error()));
	assert_ok(exs_command_secret(command, "Password", "g\xC3\xA4nse", 6, test_error()));
	assert_fails(command_body(command, true, &body, test_error()), test_error(), E_SECRET_KEY);
	assert_ok(exs_command_bind(command, list, test_error()));
	assert_ok(exs_command_seal(command, list, test_error()));
	assert_ok(exs_command_body(command, &shown, test_error()));
	assert_non_null(strstr(shown, "\"Password\":\"(encrypted)\""));
	assert_ok(command_body(command, true, &body, test_error()));
	at = strstr(buf_text(&body), "\"Password\":\"");
	assert_non_null(at);
	at += strlen("\"Password\":\"");
	decrypt(key, span_from(at, strcspn(at, "\"")), &again);
	assert_span(buf_span(&again), "g\xC3\xA4nse");
	EVP_PKEY_free(key);
}

static void
keys_and_secrets_that_cannot_be_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "<RSAKeyValue></RSAKeyValue>", "<Modulus>AQAB</Modulus><Exponent>AQAB</Exponent>",
		"<Modulus>!</Modulus><Exponent>AQAB</Exponent>", "</Modulus><Modulus><Exponent></Exponent>",
	};
	EXS_SCOPED(buf) xml = BUF(8192);
	EXS_AUTO(exs_command) *command = NULL;
	EXS_AUTO(seal) *s = NULL;
	EXS_AUTO(exs_cmdlets) *keyless = make_list(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_fails(seal_from_xml(span_of(bad[i]), &s, test_error()), test_error(), E_SECRET_KEY);
	EVP_PKEY_free(make_key(1024, &xml));
	assert_fails(seal_from_xml(buf_span(&xml), &s, test_error()), test_error(), E_SECRET_KEY);
	assert_ok(exs_command_new("Set-Mailbox", &command, test_error()));
	assert_fails(exs_command_secret(command, "Password", "", 0, test_error()), test_error(), E_PARAMETER);
	assert_fails(exs_command_secret(command, "Password", "a\0b", 3, test_error()), test_error(), E_PARAMETER);
	assert_fails(exs_command_secret(command, "Password", "\xFF", 1, test_error()), test_error(), E_PARAMETER);
	assert_ok(exs_command_secret(command, "Identity", "x", 1, test_error()));
	assert_fails(exs_command_bind(command, keyless, test_error()), test_error(), E_PARAMETER);
	exs_command_remove(command, "identity");
	assert_false(exs_command_has_secrets(command));
	assert_ok(exs_command_secret(command, "Password", "x", 1, test_error()));
	assert_fails(exs_command_seal(command, keyless, test_error()), test_error(), E_SECRET_KEY);
	assert_fails(exs_command_seal(command, NULL, test_error()), test_error(), E_SECRET_KEY);
}

/* A secret is gone when its command is. */
static void
a_freed_command_leaves_no_secret_in_memory(void **state)
{
	canary       c = canary_new();
	char         value[CANARY_LENGTH + 1];
	exs_command *command = NULL, *copy = NULL;
	static const char *const none[] = {NULL};

	(void)state;
	canary_write(&c, value);
	assert_ok(exs_command_new("Set-Mailbox", &command, test_error()));
	assert_ok(exs_command_secret(command, "Password", value, CANARY_LENGTH, test_error()));
	explicit_bzero(value, sizeof value);
	assert_ok(command_copy(command, none, &copy, test_error()));
	assert_true(exs_command_has_secrets(copy));
	exs_command_free(command);
	exs_command_free(copy);
	assert_int_equal(canary_in_memory(&c), 0);
}

/* A service that answers with this script. */
static fake_service *
service_with(const char *key, char *room, size_t size)
{
	static fake_step step;

	(void)snprintf(room, size, "{\"value\":[{\"fileContent\":\"$k = '%s'\\nfunction script:Get-X { param([int] $A) }\","
	                           "\"exportedCmdlets\":\"Get-X\"}]}", key);
	step = (fake_step){.status = 200, .body = room};
	return fake_service_new(&step, 1);
}

static exs_status
fetch(fake_service *s, const exs_cmdlets_place *place, exs_cmdlets **ret)
{
	EXS_AUTO(exs_exchange) *exchange = NULL;

	EXS_TRY(exchange_over(&s->session, NULL, &exchange, test_error()));
	return exs_cmdlets_fetch(exchange, place, ret, test_error());
}

static void
another_key_is_told_with_both_fingerprints(void **state)
{
	exs_identity identity = {.size = sizeof identity, .tenant = FAKE_TENANT, .client_id = "x"};
	exs_cmdlets_place place = {.size = sizeof place, .directory = test_path("kept"),
	                           .identity = &identity, .service = "exchange"};
	char room[8192], before[65] = "";

	(void)state;
	for (int round = 0; round < 3; round++) {
		EXS_SCOPED(buf) xml = BUF(4096);
		EXS_AUTO(exs_cmdlets) *list = NULL;
		EXS_AUTO(exs_cmdlets) *kept = NULL;
		fake_service *s;

		if (round < 2)
			EVP_PKEY_free(make_key(2048, &xml));
		s = service_with(buf_text(&xml), room, sizeof room);
		assert_ok(fetch(s, &place, &list));
		assert_int_equal(fake_host_logged(s->host, "the service has another key for secrets"), round == 1);
		assert_int_equal(fake_host_logged(s->host, before[0] == '\0' ? "\a" : before), round == 1);
		if (round == 2) /* a script without a key takes none away */
			assert_string_equal(exs_cmdlets_key(list), before);
		(void)snprintf(before, sizeof before, "%s", exs_cmdlets_key(list));
		assert_ok(exs_cmdlets_read(s->host->context, &place, &kept, test_error()));
		assert_string_equal(exs_cmdlets_key(kept), before);
		fake_service_free(s);
	}
}

static void
a_kept_list_that_is_open_to_others_counts_as_none(void **state)
{
	exs_identity identity = {.size = sizeof identity, .tenant = FAKE_TENANT, .client_id = "y"};
	exs_cmdlets_place place = {.size = sizeof place, .directory = test_path("open"),
	                           .identity = &identity, .service = "exchange"};
	EXS_AUTO(exs_cmdlets) *list = NULL;
	exs_cmdlets  *kept = NULL;
	fake_service *s;
	char          room[8192], command[600];

	(void)state;
	s = service_with("", room, sizeof room);
	assert_ok(exs_cmdlets_read(s->host->context, &place, &kept, test_error()));
	assert_null(kept);
	assert_ok(fetch(s, &place, &list));
	assert_string_equal(exs_cmdlets_key(list), "");
	assert_ok(exs_cmdlets_read(s->host->context, &place, &kept, test_error()));
	assert_non_null(kept);
	exs_cmdlets_free(kept);
	(void)snprintf(command, sizeof command, "chmod 644 %s/cmdlets-*", place.directory);
	assert_int_equal(system(command), 0);
	kept = NULL;
	assert_ok(exs_cmdlets_read(s->host->context, &place, &kept, test_error()));
	assert_null(kept);
	assert_int_equal(fake_host_logged(s->host, "kept cmdlets ignored"), 1);
	place.service = "sharepoint";
	assert_fails(exs_cmdlets_read(s->host->context, &place, &kept, test_error()), test_error(), E_USAGE);
	fake_service_free(s);
}

static void
names_come_from_cmdletinfo_where_the_script_is_refused(void **state)
{
	static const fake_step steps[] = {
		{.status = 403, .body = "{\"error\":{\"code\":\"Forbidden\",\"message\":\"no\"}}"},
		{.status = 200, .body = "{\"value\":[{\"CmdletName\":\"Get-X\",\"Parameters\":[\"A\",\"b c\",5]},"
		                        "{\"CmdletName\":\"no cmdlet\"},7]}"},
	};
	exs_identity identity = {.size = sizeof identity, .tenant = FAKE_TENANT};
	exs_cmdlets_place place = {.size = sizeof place, .identity = &identity, .service = "exchange"};
	fake_service *s = fake_service_new(steps, 2);
	EXS_AUTO(exs_cmdlets) *list = NULL;
	exs_cmdlet_parameter p;
	exs_cmdlet           c;

	(void)state;
	assert_ok(fetch(s, &place, &list));
	assert_true(exs_cmdlets_at(list, 0, &c));
	assert_string_equal(c.name, "Get-X");
	assert_int_equal(c.parameters, 1);
	assert_true(exs_cmdlet_parameter_at(list, &c, 0, &p));
	assert_string_equal(p.type, "");
	assert_false(exs_cmdlets_at(list, 1, &c));
	assert_string_equal(fake_wire_request(s->wire, 1)->method, "GET");
	fake_service_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_secret_is_encrypted_for_the_service_and_shown_to_nobody),
		cmocka_unit_test(keys_and_secrets_that_cannot_be_are_refused),
		cmocka_unit_test(a_freed_command_leaves_no_secret_in_memory),
		cmocka_unit_test(another_key_is_told_with_both_fingerprints),
		cmocka_unit_test(a_kept_list_that_is_open_to_others_counts_as_none),
		cmocka_unit_test(names_come_from_cmdletinfo_where_the_script_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
