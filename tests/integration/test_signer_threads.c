/* One signer, many threads: run under the thread sanitizer by tests/run. Against SoftHSM. */
#include "support/faulty.h"

#include <pthread.h>
#include <stdio.h>

enum { THREADS = 4, ROUNDS = 25 };

static softhsm hsm;

static int
make(void **state)
{
	static const char *const keys[] = {"label=main,id=aa,type=p256", "label=rsa,id=bb",
	                                   "label=strict,id=cc,type=p256,always-auth", NULL};
	enum { MANY = 100, BATCH = 20 };
	char        specs[BATCH][48];
	const char *batch[BATCH + 1] = {NULL};

	(void)state;
	softhsm_make(&hsm, "threads", NULL, keys);
	for (unsigned made = 0; made < MANY; made += BATCH) {
		for (unsigned i = 0; i < BATCH; i++) {
			snprintf(specs[i], sizeof specs[i], "label=k%u,id=%04x,type=p256,no-cert", made + i,
			         made + i + 1);
			batch[i] = specs[i];
		}
		softhsm_add_keys(&hsm, batch);
	}
	faulty_use(&hsm);
	return 0;
}

typedef struct job_of_thread {
	exs_signer *signer;
	unsigned    signatures, failures;
} job_of_thread;

static void *
sign_often(void *self)
{
	job_of_thread *mine = self;
	exs_error     *error = exs_error_new();

	for (int i = 0; i < ROUNDS; i++) {
		unsigned char signature[1024];
		size_t        len = sizeof signature;

		exs_error_clear(error);
		if (exs_signer_sign(mine->signer, (const unsigned char *)"a.b", 3, signature, &len, error) ==
		    EXS_OK)
			mine->signatures++;
		else
			mine->failures++;
		(void)exs_signer_describe(mine->signer)->mechanism[0];
	}
	exs_error_free(error);
	return NULL;
}

static unsigned
sign_in_threads(exs_signer *signer)
{
	pthread_t     threads[THREADS];
	job_of_thread jobs[THREADS];
	unsigned      signatures = 0;

	for (int i = 0; i < THREADS; i++) {
		jobs[i] = (job_of_thread){.signer = signer};
		assert_int_equal(pthread_create(&threads[i], NULL, sign_often, &jobs[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		signatures += jobs[i].signatures;
	}
	return signatures;
}

static void
a_key_among_a_hundred_signs_from_many_threads(void **state)
{
	static const char *const names[] = {"object=main", "object=rsa"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		exs_signer *signer = opened(&hsm, (wish){.uri = softhsm_uri(&hsm, names[i])});

		assert_int_equal(sign_in_threads(signer), THREADS * ROUNDS);
		exs_signer_free(signer);
	}
}

static void
more_threads_than_sessions_wait_for_each_other(void **state)
{
	exs_signer *signer;

	(void)state;
	faulty_forget();
	signer = opened(&hsm, (wish){.uri = faulty_uri(&hsm, "object=main"), .max_sessions = 2});
	assert_int_equal(sign_in_threads(signer), THREADS * ROUNDS);
	assert_in_range(faulty_calls("C_OpenSession"), 1, 2);
	exs_signer_free(signer);
}

static void
a_device_that_counts_its_sessions_gets_no_more(void **state)
{
	exs_signer *signer;

	(void)state;
	faulty_forget();
	faulty_script("C_GetTokenInfo 0 sessions 2\n");
	signer = opened(&hsm, (wish){.uri = faulty_uri(&hsm, "object=main")});
	assert_int_equal(sign_in_threads(signer), THREADS * ROUNDS);
	assert_int_equal(faulty_calls("C_OpenSession"), 1);
	exs_signer_free(signer);
	/* One that says nothing and has none left shares the one it gave. */
	faulty_script("C_OpenSession 2 fail 0xB1\nC_OpenSession 3 fail 0xB1\nC_OpenSession 4 fail 0xB1\n");
	signer = opened(&hsm, (wish){.uri = faulty_uri(&hsm, "object=main")});
	assert_int_equal(sign_in_threads(signer), THREADS * ROUNDS);
	exs_signer_free(signer);
	faulty_script("C_OpenSession 0 fail 0xB1\n");
	assert_refused(&hsm, E_DEVICE_SESSIONS, .uri = faulty_uri(&hsm, "object=main"));
	faulty_script("");
}

static void
threads_that_lose_the_device_share_one_recovery(void **state)
{
	exs_signer *signer;

	(void)state;
	faulty_script("");
	faulty_forget();
	signer = opened(&hsm, (wish){.uri = faulty_uri(&hsm, "object=main")});
	faulty_script("C_Sign 20 fail 0xB3\nC_Sign 50 fail 0x32\n");
	assert_int_equal(sign_in_threads(signer), THREADS * ROUNDS);
	assert_in_range(faulty_calls("C_Login"), 1, 3);
	exs_signer_free(signer);
	faulty_script("");
}

static void
a_key_that_wants_its_pin_each_time_signs_one_at_a_time(void **state)
{
	exs_signer *signer = opened(&hsm, (wish){.uri = softhsm_uri(&hsm, "object=strict")});

	(void)state;
	assert_int_equal(sign_in_threads(signer), THREADS * ROUNDS);
	exs_signer_free(signer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_among_a_hundred_signs_from_many_threads),
		cmocka_unit_test(more_threads_than_sessions_wait_for_each_other),
		cmocka_unit_test(a_device_that_counts_its_sessions_gets_no_more),
		cmocka_unit_test(threads_that_lose_the_device_share_one_recovery),
		cmocka_unit_test(a_key_that_wants_its_pin_each_time_signs_one_at_a_time),
	};

	return cmocka_run_group_tests_name("signer_threads", tests, make, NULL);
}
