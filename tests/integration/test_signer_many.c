/* Several devices for one identity, and keys by thumbprint: two tokens behind a module that fails on a script. */
#include "sign/certificate.h"
#include "sign/signer.h"
#include "sign/verify.h"
#include "support/asking.h"
#include "support/faulty.h"

#include <pthread.h>
#include <stdio.h>

enum { THREADS = 4, ROUNDS = 8 };

static softhsm hsm; /* the token alpha; beta is in the same store */
static char    both[1600], alpha_sha1[41], beta_sha1[41];

static const char *
uri_on(const char *token, const char *attributes)
{
	softhsm other = hsm;
	static char made[8][700];
	static unsigned next;
	char *to = made[next++ % 8];

	snprintf(other.token, sizeof other.token, "%s", token);
	snprintf(to, sizeof made[0], "%s", faulty_uri(&other, attributes));
	return to;
}

static void
learn(const char *token, char sha1[41])
{
	exs_signer *signer = opened(&hsm, (wish){.uri = uri_on(token, "object=main")});

	memcpy(sha1, exs_signer_describe(signer)->certificate_sha1, 41);
	exs_signer_free(signer);
}

static int
make(void **state)
{
	static const char *const keys[] = {"label=main,id=01,type=p256", "label=old,id=02,type=p256,not-before=-90000,"
	                                   "not-after=-100", NULL};

	(void)state;
	softhsm_make(&hsm, "alpha", NULL, keys);
	softhsm_add_token(&hsm, "beta", keys);
	softhsm_add_token(&hsm, "gamma", keys);
	faulty_use(&hsm);
	snprintf(both, sizeof both, "%s %s", uri_on("alpha", "object=main"), uri_on("beta", "object=main"));
	learn("alpha", alpha_sha1);
	learn("beta", beta_sha1);
	return 0;
}

static int
quiet(void **state)
{
	(void)state;
	faulty_script("");
	faulty_forget();
	test_log_clear();
	return 0;
}

static const char *
device_of(const exs_signer *signer)
{
	return exs_signer_describe(signer)->token_label;
}

static void
the_first_that_is_there_signs(void **state)
{
	char names[2400];
	exs_signer *signer;

	(void)state;
	snprintf(names, sizeof names, "pkcs11:token=gone?module-path=/nowhere/module.so %s %s",
	         uri_on("gone", "object=main"), both);
	signer = opened(&hsm, (wish){.uri = names});
	assert_string_equal(device_of(signer), "alpha");
	assert_int_equal(test_log_count("device-failed"), 2);
	assert_int_equal(test_log_count("device-used"), 0);
	assert_int_equal(signed_length(signer), 64);
	assert_int_equal(test_log_count("device-used"), 1);
	assert_int_equal(test_log_count("device-failed"), 2);
	exs_signer_free(signer);
}

static void
a_device_that_fails_is_left_for_the_next_and_for_a_while(void **state)
{
	exs_signer *signer = opened(&hsm, (wish){.uri = both});

	(void)state;
	assert_int_equal(signed_length(signer), 64);
	assert_string_equal(device_of(signer), "alpha");
	/* the signature, and its repetition after the token was looked for again */
	faulty_script("C_Sign 1 fail 0x30\nC_Sign 2 fail 0x30\n");
	assert_int_equal(signed_length(signer), 64);
	assert_string_equal(device_of(signer), "beta");
	assert_int_equal(test_log_count("device-failed"), 1);
	assert_int_equal(test_log_count("device-switched"), 1);
	assert_int_equal(signed_length(signer), 64);
	assert_string_equal(device_of(signer), "beta");
	assert_int_equal(test_log_count("device-failed"), 1);
	assert_int_equal(test_log_count("device-used"), 3);
	exs_signer_free(signer);
}

static void
when_none_is_left_all_are_named_and_the_first_back_signs(void **state)
{
	exs_signer   *signer = opened(&hsm, (wish){.uri = both});
	exs_error    *error = test_error();
	unsigned char signature[1024];
	size_t        len = sizeof signature;

	(void)state;
	faulty_script("C_Sign 0 fail 0x32\nC_GetTokenInfo 0 fail 0xE0\nC_OpenSession 0 fail 0xE0\n");
	assert_int_equal(exs_signer_sign(signer, (const unsigned char *)"a", 1, signature, &len, error),
	                 EXS_DEVICE);
	assert_non_null(strstr(exs_error_why(error), "token=alpha"));
	assert_non_null(strstr(exs_error_why(error), "token=beta"));
	assert_fails(EXS_DEVICE, error, E_DEVICE);
	faulty_script("");
	assert_int_equal(signed_length(signer), 64);
	exs_signer_free(signer);
}

static void
in_tls_the_next_device_shows_its_own_certificate(void **state)
{
	seen   s = SEEN;
	asking a = {.server = tls_server_new(TLS_DEMANDING, asking_issue, &s),
	            .signer = opened(&hsm, (wish){.uri = both})};

	(void)state;
	asking_well(&a);
	faulty_script("C_Sign 1 fail 0x30\nC_Sign 2 fail 0x30\n");
	asking_well(&a);
	assert_int_equal(s.n, 2);
	assert_int_equal(test_log_count("device-switched"), 1);
	assert_string_equal(device_of(a.signer), "beta");
	assert_string_not_equal(s.certificates[0], s.certificates[1]);
	assert_string_equal(s.certificates[1], exs_signer_describe(a.signer)->certificate_sha256);
	exs_signer_free(a.signer);
	tls_server_free(a.server);
}

/* What is written beside a signature must belong to the key that made it. */
static exs_status
sign_and_compare(void *self, exs_signer *one, exs_error *error)
{
	EXS_AUTO(certificate) *c = NULL;
	unsigned char signature[1024];
	size_t        len = sizeof signature;
	unsigned     *good = self;

	EXS_TRY(certificate_parse(signer_certificate(one), "the signer", &c, error));
	EXS_TRY(exs_signer_sign(one, (const unsigned char *)"a.b", 3, signature, &len, error));
	*good += verify_signature(buf_span(&c->public_der), signer_alg(one), span_of("a.b"),
	                          span_from((const char *)signature, len));
	return EXS_OK;
}

typedef struct crew {
	exs_signer *signer;
	unsigned    good, failed;
} crew;

static void *
work(void *self)
{
	crew      *c = self;
	exs_error *error = exs_error_new();

	for (int i = 0; i < ROUNDS; i++)
		c->failed += signer_use(c->signer, sign_and_compare, &c->good, error) != EXS_OK;
	exs_error_free(error);
	return NULL;
}

static void
the_certificate_is_that_of_the_key_that_signs_in_every_thread(void **state)
{
	exs_signer *signer = opened(&hsm, (wish){.uri = both});
	pthread_t   threads[THREADS];
	crew        crews[THREADS] = {{0}};

	(void)state;
	assert_string_not_equal(alpha_sha1, beta_sha1);
	faulty_script("C_Sign 3 fail 0x30\nC_Sign 4 fail 0x30\nC_Sign 5 fail 0x30\nC_Sign 6 fail 0x30\n");
	for (size_t i = 0; i < THREADS; i++) {
		crews[i].signer = signer;
		assert_int_equal(pthread_create(&threads[i], NULL, work, &crews[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(crews[i].good + crews[i].failed, ROUNDS);
		assert_true(crews[i].good > 0);
	}
	exs_signer_free(signer);
}

static void
a_refused_pin_ends_it_and_no_other_device_is_asked(void **state)
{
	char names[1600];

	(void)state;
	snprintf(names, sizeof names, "%s %s", uri_on("gamma", "object=main"), uri_on("alpha", "object=main"));
	assert_refused(&hsm, E_PIN_WRONG, .uri = names, .pin = "99998888");
	assert_int_equal(faulty_calls("C_Login"), 1);
}

static void
a_key_goes_by_its_certificate_s_thumbprint(void **state)
{
	char        name[900];
	const char *narrowing = strchr(uri_on("beta", ""), '?');
	exs_signer *signer;

	(void)state;
	snprintf(name, sizeof name, "thumbprint:%s%s", beta_sha1, narrowing);
	signer = opened(&hsm, (wish){.uri = name});
	assert_string_equal(device_of(signer), "beta");
	assert_string_equal(exs_signer_describe(signer)->certificate_sha1, beta_sha1);
	assert_int_equal(signed_length(signer), 64);
	exs_signer_free(signer);
	snprintf(name, sizeof name, "thumbprint:%s;token=alpha%s", beta_sha1, narrowing);
	assert_non_null(strstr(exs_error_why(assert_refused(&hsm, E_CERT_ABSENT, .uri = name)), "alpha"));
	/* one that is not there is like a device that is gone */
	snprintf(name, sizeof name, "thumbprint:%s;token=alpha%s thumbprint:%s%s", beta_sha1, narrowing, alpha_sha1,
	         narrowing);
	signer = opened(&hsm, (wish){.uri = name});
	assert_string_equal(device_of(signer), "alpha");
	exs_signer_free(signer);
}

static void
without_certificates_the_keys_must_be_one(void **state)
{
	exs_signer   *signer = opened(&hsm, (wish){.uri = both, .without_certificate = true});
	exs_error    *error = test_error();
	unsigned char signature[1024];
	size_t        len = sizeof signature;

	(void)state;
	faulty_script("C_Sign 1 fail 0x30\nC_Sign 2 fail 0x30\n");
	assert_fails(exs_signer_sign(signer, (const unsigned char *)"a", 1, signature, &len, error), error,
	             E_KEY_UNFIT);
	exs_signer_free(signer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_first_that_is_there_signs, quiet),
		cmocka_unit_test_setup(a_device_that_fails_is_left_for_the_next_and_for_a_while, quiet),
		cmocka_unit_test_setup(in_tls_the_next_device_shows_its_own_certificate, quiet),
		cmocka_unit_test_setup(when_none_is_left_all_are_named_and_the_first_back_signs, quiet),
		cmocka_unit_test_setup(the_certificate_is_that_of_the_key_that_signs_in_every_thread, quiet),
		cmocka_unit_test_setup(a_key_goes_by_its_certificate_s_thumbprint, quiet),
		cmocka_unit_test_setup(without_certificates_the_keys_must_be_one, quiet),
		cmocka_unit_test_setup(a_refused_pin_ends_it_and_no_other_device_is_asked, quiet),
	};

	return cmocka_run_group_tests_name("signer_many", tests, make, NULL);
}
