/* The doctor's rows where there is little to look at: their order, what is not tried and why, and who may end the walk. */
#include "base/context.h"
#include "support/fake_host.h"
#include "support/test.h"

#include <exosign/doctor.h>
#include <stdio.h>

enum { ROWS_MAX = 64 };

typedef struct told {
	size_t            n;
	char              names[ROWS_MAX][32], whys[ROWS_MAX][200];
	exs_check_verdict verdicts[ROWS_MAX];
	size_t            stop_at; /* 0: never */
} told;

static exs_status
take(void *self, const exs_doctor_finding *f, exs_error *error)
{
	told *t = self;

	assert_true(t->n < ROWS_MAX);
	(void)snprintf(t->names[t->n], sizeof t->names[0], "%s", f->name);
	(void)snprintf(t->whys[t->n], sizeof t->whys[0], "%s", f->why);
	t->verdicts[t->n++] = f->verdict;
	if (f->verdict == EXS_CHECK_FINE || f->verdict == EXS_CHECK_NOT_TRIED) {
		assert_string_equal(f->code, "");
		assert_string_equal(f->fix, "");
		assert_int_equal(f->status, EXS_OK);
	} else {
		assert_string_not_equal(f->code, "");
		assert_string_not_equal(f->fix, "");
		assert_int_not_equal(f->status, EXS_OK);
	}
	if (t->stop_at == t->n)
		return exs_fail(error, E_USAGE, "enough");
	return EXS_OK;
}

static void
without_a_profile_every_check_is_told_and_none_is_tried(void **state)
{
	const exs_doctor_options options = {.size = sizeof options, .live = true};
	fake_host *host = fake_host_new();
	told       t = {0};

	(void)state;
	assert_ok(exs_doctor_walk(host->context, &options, take, &t, test_error()));
	for (size_t i = 0; i < t.n; i++) {
		assert_string_equal(t.names[i], exs_doctor_check_name(i));
		assert_int_equal(t.verdicts[i], EXS_CHECK_NOT_TRIED);
		assert_non_null(strstr(t.whys[i], "the profile names no"));
	}
	assert_null(exs_doctor_check_name(t.n));
	fake_host_free(host);
}

static void
an_identity_that_cannot_be_keeps_the_network_untouched(void **state)
{
	const exs_identity who = {.size = sizeof who, .tenant = "contoso.example", .client_id = "not a guid"};
	const exs_doctor_options options = {.size = sizeof options, .identity = &who};
	fake_host *host = fake_host_new();
	told       t = {0};
	unsigned   broken = 0;

	(void)state;
	assert_ok(exs_doctor_walk(host->context, &options, take, &t, test_error()));
	for (size_t i = 0; i < t.n; i++) {
		broken += t.verdicts[i] == EXS_CHECK_BROKEN;
		if (t.verdicts[i] == EXS_CHECK_BROKEN)
			assert_string_equal(t.names[i], "identity");
		if (strcmp(t.names[i], "tls") == 0)
			assert_string_equal(t.whys[i], "it stands on what is broken: identity");
	}
	assert_int_equal(broken, 1);
	fake_host_free(host);
}

static void
a_module_that_cannot_be_loaded_turns_its_line_alone(void **state)
{
	const exs_signer_options signer = {.size = sizeof signer, .key_uri = "pkcs11:token=x?module-path=/nonexistent.so"};
	const exs_doctor_options options = {.size = sizeof options, .signer = &signer};
	fake_host *host = fake_host_new();
	told       t = {0};

	(void)state;
	assert_ok(exs_doctor_walk(host->context, &options, take, &t, test_error()));
	assert_int_equal(t.verdicts[0], EXS_CHECK_BROKEN);
	for (size_t i = 1; i < t.n; i++)
		assert_int_equal(t.verdicts[i], EXS_CHECK_NOT_TRIED);
	fake_host_free(host);
}

static void
who_listens_may_end_it_and_a_host_that_gave_up_does(void **state)
{
	const exs_doctor_options options = {.size = sizeof options}, nothing = {.size = 0};
	fake_host *host = fake_host_new();
	told       t = {.stop_at = 3};

	(void)state;
	assert_fails(exs_doctor_walk(host->context, &options, take, &t, test_error()), test_error(), E_USAGE);
	assert_int_equal(t.n, 3);
	assert_fails(exs_doctor_walk(host->context, &nothing, take, &t, test_error()), test_error(), E_USAGE);
	assert_int_equal(t.n, 3);
	fake_host_free(host);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_profile_every_check_is_told_and_none_is_tried),
		cmocka_unit_test(an_identity_that_cannot_be_keeps_the_network_untouched),
		cmocka_unit_test(a_module_that_cannot_be_loaded_turns_its_line_alone),
		cmocka_unit_test(who_listens_may_end_it_and_a_host_that_gave_up_does),
	};

	return cmocka_run_group_tests_name("doctor", tests, NULL, NULL);
}
