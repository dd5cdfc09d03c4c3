/* Key pairs made in a token, refused there and destroyed there: SoftHSM, and a module that misbehaves. */
#include "hsm/hold.h"
#include "hsm/keygen.h"
#include "support/keys.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static softhsm hsm;

static int
make(void **state)
{
	static const char *const keys[] = {"label=there,id=01,type=p256", NULL};

	(void)state;
	softhsm_make(&hsm, "making", NULL, keys);
	faulty_use(&hsm);
	return 0;
}

static void
a_key_is_made_as_asked_and_read_back(void **state)
{
	static const struct {
		exs_key_kind kind;
		const char  *uri, *type, *made_by;
	} rows[] = {
		{EXS_KEY_RSA2048, "object=rsa", "RSA-2048", "CKM_RSA_PKCS_KEY_PAIR_GEN"},
		{EXS_KEY_P256, "object=p256", "EC P-256", "CKM_EC_KEY_PAIR_GEN"},
		{EXS_KEY_P384, "object=p384", "EC P-384", "CKM_EC_KEY_PAIR_GEN"},
	};
	exs_error *error = test_error();

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		exs_key *made = NULL, *seen = NULL;
		const exs_key_facts *f;

		assert_ok(key_generate(&hsm, softhsm_uri(&hsm, rows[i].uri), rows[i].kind, &made, error));
		f = exs_key_describe(made);
		assert_string_equal(f->type, rows[i].type);
		assert_string_equal(f->label, rows[i].uri + strlen("object="));
		assert_string_equal(f->key_gen_mechanism, rows[i].made_by);
		assert_int_equal(strlen(f->id), 40);
		assert_int_equal(key_told(f, "sensitive"), EXS_YES);
		assert_int_equal(key_told(f, "extractable"), EXS_NO);
		assert_int_equal(key_told(f, "never_extractable"), EXS_YES);
		assert_int_equal(key_told(f, "sign"), EXS_YES);
		assert_int_equal(key_told(f, "private"), EXS_YES);
		assert_ok(key_show(&hsm, f->uri, &seen, error));
		assert_string_equal(exs_key_describe(seen)->public_key_sha256, f->public_key_sha256);
		exs_key_free(made);
		exs_key_free(seen);
	}
	assert_int_equal(test_log_count("key-made"), 3);
}

static void
a_new_key_signs(void **state)
{
	exs_key    *made = NULL;
	exs_signer *signer;
	exs_error  *error = test_error();

	(void)state;
	assert_ok(key_generate(&hsm, softhsm_uri(&hsm, "object=signs;id=%77"), EXS_KEY_P256, &made, error));
	assert_string_equal(exs_key_describe(made)->id, "77");
	signer = opened(&hsm, (wish){.uri = exs_key_describe(made)->uri, .without_certificate = true});
	assert_int_equal(signed_length(signer), 64);
	exs_signer_free(signer);
	exs_key_free(made);
}

static void
a_key_that_wants_its_pin_each_time_is_made_so(void **state)
{
	exs_token_access   access = key_access(&hsm, softhsm_uri(&hsm, "object=strict"));
	const exs_key_wish wanted = {.size = sizeof wanted, .kind = EXS_KEY_P256, .always_authenticate = true};
	exs_key *made = NULL;

	(void)state;
	assert_ok(exs_key_generate(test_context(), &access, &wanted, &made, test_error()));
	assert_int_equal(key_told(exs_key_describe(made), "always_authenticate"), EXS_YES);
	exs_key_free(made);
}

static void
what_is_there_already_is_not_made_again(void **state)
{
	static const char *const taken[] = {"object=there", "object=new;id=%01"};
	exs_key   *made = NULL;
	exs_status status;
	exs_error *error = test_error();

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		status = key_generate(&hsm, faulty_uri(&hsm, taken[i]), EXS_KEY_P256, &made, error);
		assert_told(status, error, E_KEY_EXISTS, exs_error_why(error), "object=there");
	}
	assert_int_equal(faulty_calls("C_GenerateKeyPair"), 0);
}

static void
a_key_needs_a_name(void **state)
{
	exs_key   *made = NULL;
	exs_error *error = test_error();

	(void)state;
	assert_fails(key_generate(&hsm, softhsm_uri(&hsm, ""), EXS_KEY_P256, &made, error), error, E_URI);
	assert_fails(key_generate(&hsm, softhsm_uri(&hsm, "id=%05"), EXS_KEY_P256, &made, error), error, E_URI);
}

static void
a_key_that_could_leave_is_destroyed_again(void **state)
{
	/* CKA_SENSITIVE, CKA_EXTRACTABLE, CKA_NEVER_EXTRACTABLE read back the other way. */
	static const char *const flips[] = {"0x103", "0x162", "0x164"};
	exs_error *error = test_error();

	(void)state;
	for (size_t i = 0; i < sizeof flips / sizeof flips[0]; i++) {
		exs_key *made = NULL;
		char     script[64];

		snprintf(script, sizeof script, "C_GetAttributeValue 0 flip %s\n", flips[i]);
		faulty_forget();
		faulty_script(script);
		assert_fails(key_generate(&hsm, faulty_uri(&hsm, "object=leaky"), EXS_KEY_P256, &made, error), error,
		             E_KEY_EXTRACTABLE);
		assert_null(made);
		assert_int_equal(faulty_calls("C_GenerateKeyPair"), 1);
		assert_int_equal(faulty_calls("C_DestroyObject"), 2);
		faulty_script("");
		assert_fails(key_show(&hsm, softhsm_uri(&hsm, "object=leaky"), &made, error), error, E_KEY_ABSENT);
	}
}

static void
optional_attributes_are_dropped_in_one_step(void **state)
{
	static const char *const stumbles[] = {"0x12", "0x13", "0x10", "0xD1"};
	exs_error *error = test_error();
	exs_key   *none = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof stumbles / sizeof stumbles[0]; i++) {
		exs_key *made = NULL;
		char     script[64], name[32];

		snprintf(script, sizeof script, "C_GenerateKeyPair 1 fail %s\n", stumbles[i]);
		snprintf(name, sizeof name, "object=lean%zu", i);
		faulty_forget();
		faulty_script(script);
		assert_ok(key_generate(&hsm, faulty_uri(&hsm, name), EXS_KEY_P256, &made, error));
		assert_int_equal(faulty_calls("C_GenerateKeyPair"), 2);
		assert_int_equal(key_told(exs_key_describe(made), "sensitive"), EXS_YES);
		assert_int_equal(key_told(exs_key_describe(made), "extractable"), EXS_NO);
		exs_key_free(made);
	}
	faulty_forget();
	faulty_script("C_GenerateKeyPair 0 fail 0x12\n");
	assert_int_equal(key_generate(&hsm, faulty_uri(&hsm, "object=never"), EXS_KEY_P256, &none, error), EXS_KEY);
	assert_int_equal(faulty_calls("C_GenerateKeyPair"), 2);
}

static void
a_module_that_keeps_its_ids_keeps_them(void **state)
{
	exs_key   *made = NULL, *seen = NULL;
	exs_error *error = test_error();

	(void)state;
	faulty_script("C_SetAttributeValue 0 fail 0x10\n");
	assert_ok(key_generate(&hsm, faulty_uri(&hsm, "object=fixed"), EXS_KEY_P256, &made, error));
	assert_int_equal(strlen(exs_key_describe(made)->id), 40);
	exs_key_free(made);
	/* The public half refuses: the private one gets its old id back. */
	faulty_forget();
	faulty_script("C_SetAttributeValue 2 fail 0x10\n");
	assert_ok(key_generate(&hsm, faulty_uri(&hsm, "object=halves"), EXS_KEY_P256, &made, error));
	assert_int_equal(faulty_calls("C_SetAttributeValue"), 3);
	faulty_script("");
	assert_ok(key_show(&hsm, exs_key_describe(made)->uri, &seen, error));
	exs_key_free(seen);
	exs_key_free(made);
}

/* Gives up as soon as the device has begun. */
static void *
give_up(void *self)
{
	(void)self;
	while (faulty_calls("C_GenerateKeyPair") == 0)
		usleep(10000);
	test_cancel(true);
	return NULL;
}

static void
who_gives_up_meanwhile_leaves_nothing_behind(void **state)
{
	exs_key   *made = NULL;
	exs_error *error = test_error();
	pthread_t  thread;

	(void)state;
	faulty_script("C_GenerateKeyPair 1 delay 1500\n");
	assert_int_equal(pthread_create(&thread, NULL, give_up, NULL), 0);
	assert_fails(key_generate(&hsm, faulty_uri(&hsm, "object=gone"), EXS_KEY_P256, &made, error), error,
	             E_INTERRUPTED);
	pthread_join(thread, NULL);
	test_cancel(false);
	assert_int_equal(faulty_calls("C_GenerateKeyPair"), 1);
	assert_int_equal(faulty_calls("C_DestroyObject"), 2);
	assert_fails(key_show(&hsm, softhsm_uri(&hsm, "object=gone"), &made, error), error, E_KEY_ABSENT);
}

static void
a_pair_that_comes_too_late_is_destroyed_by_who_waited(void **state)
{
	const exs_token_access access = key_access(&hsm, faulty_uri(&hsm, ""));
	const keygen_wish      wanted = {.kind = EXS_KEY_P256, .label = span_of("late"), .id = span_of("l")};
	const patience         short_one = {.context = test_context(), .deadline_ms = 200};
	EXS_AUTO(hold) *held = NULL;
	EXS_AUTO(session) *s = NULL;
	exs_key    *seen = NULL;
	keygen_pair pair;
	exs_error  *error = test_error();

	(void)state;
	assert_ok(hold_access(test_context(), &access, &held, error));
	assert_ok(session_open(hold_token(held), SESSION_WRITE, &s, error));
	assert_ok(hold_login(held, s, error));
	faulty_script("C_GenerateKeyPair 1 delay 1000\n");
	assert_fails(keygen_make(s, &short_one, &wanted, &pair, error), error, E_DEVICE_DEADLINE);
	for (int i = 0; i < 1000 && faulty_calls("C_DestroyObject") < 2; i++)
		usleep(10000);
	assert_int_equal(faulty_calls("C_DestroyObject"), 2);
	assert_fails(key_show(&hsm, softhsm_uri(&hsm, "object=late"), &seen, error), error, E_KEY_ABSENT);
}

static void
what_cannot_be_destroyed_is_named(void **state)
{
	exs_key   *made = NULL;
	exs_status status;
	exs_error *error = test_error();

	(void)state;
	faulty_script("C_GetAttributeValue 0 flip 0x162\nC_DestroyObject 0 fail 0x30\n");
	status = key_generate(&hsm, faulty_uri(&hsm, "object=stuck"), EXS_KEY_P256, &made, error);
	assert_told(status, error, E_KEY_EXTRACTABLE, exs_error_fix(error), "exosign key delete");
	assert_int_equal(test_log_count("key-left-behind"), 1);
	assert_int_equal(faulty_calls("C_DestroyObject"), 2);
}

static void
a_mechanism_that_is_missing_is_told(void **state)
{
	exs_key   *made = NULL;
	exs_status status;
	exs_error *error = test_error();

	(void)state;
	faulty_script("C_GenerateKeyPair 0 fail 0x70\n");
	status = key_generate(&hsm, faulty_uri(&hsm, "object=none"), EXS_KEY_RSA4096, &made, error);
	assert_told(status, error, E_KEY_MECHANISM, exs_error_fix(error), "--type");
	assert_int_equal(faulty_calls("C_GenerateKeyPair"), 1);
}

static void
kinds_have_names(void **state)
{
	exs_key_kind kind;

	(void)state;
	for (int i = EXS_KEY_RSA2048; i <= (int)EXS_KEY_P384; i++) {
		assert_true(exs_key_kind_parse(exs_key_kind_name((exs_key_kind)i), &kind));
		assert_int_equal(kind, i);
	}
	assert_false(exs_key_kind_parse("rsa1024", &kind));
}

static void
a_wrong_pin_makes_no_key(void **state)
{
	pin_giver        wrong = {.pin = "not the PIN"};
	exs_token_access access = key_access(&hsm, faulty_uri(&hsm, "object=unpaid"));
	const exs_key_wish wanted = {.size = sizeof wanted, .kind = EXS_KEY_P256};
	exs_key   *made = NULL;
	exs_error *error = test_error();

	(void)state;
	access.pin = pin_giver_source(&wrong, false);
	assert_fails(exs_key_generate(test_context(), &access, &wanted, &made, error), error, E_PIN_WRONG);
	assert_int_equal(faulty_calls("C_Login"), 1);
	assert_int_equal(faulty_calls("C_GenerateKeyPair"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_key_is_made_as_asked_and_read_back, faulty_quiet),
		cmocka_unit_test_setup(a_new_key_signs, faulty_quiet),
		cmocka_unit_test_setup(a_key_that_wants_its_pin_each_time_is_made_so, faulty_quiet),
		cmocka_unit_test_setup(what_is_there_already_is_not_made_again, faulty_quiet),
		cmocka_unit_test_setup(a_key_needs_a_name, faulty_quiet),
		cmocka_unit_test_setup(a_key_that_could_leave_is_destroyed_again, faulty_quiet),
		cmocka_unit_test_setup(optional_attributes_are_dropped_in_one_step, faulty_quiet),
		cmocka_unit_test_setup(a_module_that_keeps_its_ids_keeps_them, faulty_quiet),
		cmocka_unit_test_setup(who_gives_up_meanwhile_leaves_nothing_behind, faulty_quiet),
		cmocka_unit_test_setup(a_pair_that_comes_too_late_is_destroyed_by_who_waited, faulty_quiet),
		cmocka_unit_test_setup(what_cannot_be_destroyed_is_named, faulty_quiet),
		cmocka_unit_test_setup(a_mechanism_that_is_missing_is_told, faulty_quiet),
		cmocka_unit_test(kinds_have_names),
		/* Last: a wrong PIN ends the logins of this process. */
		cmocka_unit_test_setup(a_wrong_pin_makes_no_key, faulty_quiet),
	};

	return cmocka_run_group_tests_name("key_make", tests, make, NULL);
}
