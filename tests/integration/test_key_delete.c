/* Keys of a token destroyed after a yes, and the names by which a key is known. */
#include "support/keys.h"

#include <stdio.h>
#include <string.h>

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

static exs_status
agree(void *self, const exs_key *key, exs_error *error)
{
	(void)error;
	*(char *)self = exs_key_describe(key)->label[0];
	return EXS_OK;
}

static exs_status
disagree(void *self, const exs_key *key, exs_error *error)
{
	(void)self;
	(void)key;
	return exs_fail(error, E_UNCONFIRMED, "no");
}

static exs_status
destroy(const char *uri, exs_key_confirm confirm, exs_error *error)
{
	exs_token_access access = key_access(&hsm, uri);
	char             seen = 0;

	exs_error_clear(error);
	return exs_key_delete(test_context(), &access, confirm, &seen, NULL, error);
}

static void
a_key_is_destroyed_with_its_public_half_after_a_yes(void **state)
{
	exs_key   *made = NULL;
	exs_error *error = test_error();

	(void)state;
	assert_ok(key_generate(&hsm, softhsm_uri(&hsm, "object=doomed"), EXS_KEY_P256, &made, error));
	exs_key_free(made);
	assert_fails(destroy(faulty_uri(&hsm, "object=doomed"), disagree, error), error, E_UNCONFIRMED);
	assert_int_equal(faulty_calls("C_DestroyObject"), 0);
	assert_ok(destroy(faulty_uri(&hsm, "object=doomed"), agree, error));
	assert_int_equal(faulty_calls("C_DestroyObject"), 2);
	assert_int_equal(test_log_count("key-destroyed"), 1);
	assert_fails(destroy(softhsm_uri(&hsm, "object=doomed"), agree, error), error, E_KEY_ABSENT);
	/* Neither half is in the way of a new one. */
	assert_ok(key_generate(&hsm, softhsm_uri(&hsm, "object=doomed"), EXS_KEY_P256, &made, error));
	exs_key_free(made);
}

static void
a_key_knows_its_names_and_certificates(void **state)
{
	exs_key   *seen = NULL;
	exs_error *error = test_error();
	const exs_key_facts *f;
	char       name[100];

	(void)state;
	assert_ok(key_show(&hsm, softhsm_uri(&hsm, "object=there"), &seen, error));
	f = exs_key_describe(seen);
	assert_int_equal(f->n_certificates, 1);
	assert_false(f->certificates[0].attestation);
	assert_true(exs_key_is_named_by(seen, f->uri));
	assert_true(exs_key_is_named_by(seen, "pkcs11:token=making"));
	assert_true(exs_key_is_named_by(seen, "pkcs11:token=making;object=there;type=private"));
	assert_true(exs_key_is_named_by(seen, "pkcs11:token=making;id=%01"));
	assert_false(exs_key_is_named_by(seen, "pkcs11:token=making;id=%02"));
	assert_false(exs_key_is_named_by(seen, "pkcs11:token=other;object=there"));
	assert_false(exs_key_is_named_by(seen, "pkcs11:token=making;object=elsewhere"));
	assert_false(exs_key_is_named_by(seen, "nonsense"));
	snprintf(name, sizeof name, "thumbprint:%s", f->certificates[0].sha1);
	assert_true(exs_key_is_named_by(seen, name));
	name[sizeof "thumbprint:" - 1] = 'x';
	assert_false(exs_key_is_named_by(seen, name));
	exs_key_free(seen);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_destroyed_with_its_public_half_after_a_yes),
		cmocka_unit_test(a_key_knows_its_names_and_certificates),
	};

	return cmocka_run_group_tests_name("key_delete", tests, make, NULL);
}
