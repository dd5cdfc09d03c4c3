/* Assertions redeemed at a token endpoint that verifies them: the sandbox, over real TLS. */
#include "base/moment.h"
#include "oauth/access.h"
#include "support/fake_host.h"
#include "support/fake_signer.h"
#include "support/local_tenant.h"
#include "support/test.h"

#include <pthread.h>
#include <stdio.h>

typedef struct scene {
	local_tenant *tenant;
	fake_host    *host;
	fake_signer  *pss, *pkcs1, *stranger;
} scene;

static scene the_scene;

static void
set_clock(int64_t ahead)
{
	atomic_store(&the_scene.host->now, moment_now_ms() / 1000 + ahead);
}

static int
set_up(void **state)
{
	(void)state;
	the_scene.tenant = local_tenant_up("grant", NULL);
	the_scene.host = fake_host_new();
	the_scene.pss = fake_signer_new(the_scene.host->context, EXS_ALG_PS256, true);
	the_scene.pkcs1 = fake_signer_new(the_scene.host->context, EXS_ALG_RS256, true);
	the_scene.stranger = fake_signer_new(the_scene.host->context, EXS_ALG_PS256, true);
	fake_signer_write_pem(the_scene.pss, test_path("pss.pem"));
	fake_signer_write_pem(the_scene.pkcs1, test_path("pkcs1.pem"));
	local_tenant_register(the_scene.tenant, test_path("pss.pem"));
	local_tenant_register(the_scene.tenant, test_path("pkcs1.pem"));
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	fake_signer_free(the_scene.pss);
	fake_signer_free(the_scene.pkcs1);
	fake_signer_free(the_scene.stranger);
	fake_host_free(the_scene.host);
	local_tenant_down(the_scene.tenant);
	return 0;
}

static int
heal(void **state)
{
	(void)state;
	local_tenant_heal(the_scene.tenant);
	set_clock(0);
	buf_clear(&the_scene.host->log);
	return 0;
}

EXS_DEFINE_AUTO(exs_credential)

static exs_credential *
credential_with(fake_signer *signer, exs_identity who, exs_network how)
{
	exs_credential *credential = NULL;

	assert_ok(exs_credential_new(the_scene.host->context, fake_signer_signer(signer), &who, &how,
	                             &credential, test_error()));
	return credential;
}

static exs_credential *
credential_of(fake_signer *signer)
{
	exs_network how = local_tenant_network(the_scene.tenant);

	how.attempts = 2;
	return credential_with(signer, local_tenant_identity(the_scene.tenant), how);
}

static void
an_assertion_becomes_a_bearer_for_exchange(fake_signer *signer)
{
	EXS_AUTO(exs_credential) *credential = credential_of(signer);
	EXS_AUTO(exs_bearer)     *bearer = NULL;
	size_t                    length = 0;

	assert_ok(exs_credential_bearer(credential, "exchange", EXS_FETCH_CACHED, &bearer, test_error()));
	assert_true(exs_bearer_reveal(bearer, &length) != NULL && length > 100);
	assert_string_equal(exs_bearer_scope(bearer), "https://outlook.office365.com/.default");
	assert_non_null(strstr(exs_bearer_claims(bearer), "Exchange.ManageAsApp"));
	assert_non_null(strstr(exs_bearer_claims(bearer), "cp1"));
	assert_true(exs_bearer_expires(bearer) - exs_bearer_issued(bearer) == 3599);
	assert_int_equal(fake_host_logged(the_scene.host, "oauth.token issued"), 1);
	assert_int_equal(fake_host_logged(the_scene.host, exs_bearer_fingerprint(bearer)), 1);
}

static void
ps256_is_accepted(void **state)
{
	(void)state;
	an_assertion_becomes_a_bearer_for_exchange(the_scene.pss);
}

static void
rs256_is_accepted(void **state)
{
	(void)state;
	an_assertion_becomes_a_bearer_for_exchange(the_scene.pkcs1);
}

static void
neither_assertion_nor_bearer_is_ever_logged(void **state)
{
	EXS_AUTO(exs_credential) *credential = credential_of(the_scene.pss);
	EXS_AUTO(exs_bearer)     *bearer = NULL;
	size_t                    length = 0;
	char                      start[24];

	(void)state;
	assert_ok(exs_credential_bearer(credential, "exchange", EXS_FETCH_CACHED, &bearer, test_error()));
	snprintf(start, sizeof start, "%.20s", exs_bearer_reveal(bearer, &length));
	assert_true(the_scene.host->log.len > 0);
	assert_int_equal(fake_host_logged(the_scene.host, start), 0);
	assert_int_equal(fake_host_logged(the_scene.host, "eyJ"), 0);
}

/* One grant that fails; the error stays for the caller to look at. */
static exs_error *
refused(fake_signer *signer, exs_identity who, exs_network how, error_id id)
{
	EXS_AUTO(exs_credential) *credential = credential_with(signer, who, how);
	exs_bearer               *bearer = NULL;
	exs_error                *error = test_error();
	exs_status                status;

	status = exs_credential_bearer(credential, "exchange", EXS_FETCH_CACHED, &bearer, error);
	if (!error_is(error, id))
		fail_msg("%s: %s (%s)", exs_error_code(error), exs_error_message(error),
		         exs_error_why(error));
	assert_int_equal(status, error_row_of(id)->status);
	assert_null(bearer);
	return error;
}

static exs_network
one_attempt(void)
{
	exs_network how = local_tenant_network(the_scene.tenant);

	how.attempts = 1;
	return how;
}

static void
a_certificate_nobody_registered_is_named(void **state)
{
	exs_error *error = refused(the_scene.stranger, local_tenant_identity(the_scene.tenant),
	                           one_attempt(), E_ENTRA);

	(void)state;
	assert_string_equal(exs_error_code(error), "E-ENTRA-700027");
	assert_string_equal(exs_error_native(error), "AADSTS700027");
	assert_non_null(strstr(exs_error_message(error), "does not know the certificate"));
	assert_non_null(strstr(exs_error_why(error),
	                       exs_signer_describe(fake_signer_signer(the_scene.stranger))
	                               ->certificate_sha256));
	assert_non_null(strstr(exs_error_fix(error), "upload the certificate"));
	assert_non_null(strstr(exs_error_reference(error), "trace "));
	assert_non_null(strstr(exs_error_reference(error), "correlation "));
}

static void
an_unknown_tenant_and_an_unknown_app_are_told_apart(void **state)
{
	exs_identity who = local_tenant_identity(the_scene.tenant);

	(void)state;
	who.client_id = "00000000-1111-2222-3333-444444444444";
	assert_string_equal(exs_error_code(refused(the_scene.pss, who, one_attempt(), E_ENTRA)),
	                    "E-ENTRA-700016");
	who = local_tenant_identity(the_scene.tenant);
	who.tenant = "00000000-1111-2222-3333-444444444444";
	assert_string_equal(exs_error_code(refused(the_scene.pss, who, one_attempt(), E_ENTRA)),
	                    "E-ENTRA-90002");
}

static void
a_clock_that_is_off_is_measured_and_named(void **state)
{
	exs_error *error;

	(void)state;
	set_clock(680);
	error = refused(the_scene.pss, local_tenant_identity(the_scene.tenant), one_attempt(), E_CLOCK);
	assert_non_null(strstr(exs_error_why(error), "11 min"));
	assert_non_null(strstr(exs_error_why(error), "ahead"));
	assert_string_equal(exs_error_native(error), "AADSTS700024");
	set_clock(-7200);
	error = refused(the_scene.pss, local_tenant_identity(the_scene.tenant), one_attempt(), E_CLOCK);
	assert_non_null(strstr(exs_error_why(error), "2 h"));
	assert_non_null(strstr(exs_error_why(error), "behind"));
}

static void
throttling_is_waited_for_as_the_server_asks(void **state)
{
	EXS_AUTO(exs_credential) *credential = credential_of(the_scene.pss);
	EXS_AUTO(exs_bearer)     *bearer = NULL;

	(void)state;
	local_tenant_fault(the_scene.tenant, "token-429=1", "--count", "1", NULL);
	assert_ok(exs_credential_bearer(credential, "exchange", EXS_FETCH_CACHED, &bearer, test_error()));
	assert_int_equal(fake_host_logged(the_scene.host, "http.retry why=throttled wait_ms=1000"), 1);
}

static void
throttling_past_the_attempts_says_how_long_to_wait(void **state)
{
	exs_error *error;

	(void)state;
	local_tenant_fault(the_scene.tenant, "token-429=7", NULL);
	error = refused(the_scene.pss, local_tenant_identity(the_scene.tenant), one_attempt(),
	                E_THROTTLED);
	assert_int_equal(exs_error_retry_after(error), 7);
}

static void
what_passes_is_repeated_and_what_does_not_is_not(void **state)
{
	static const struct {
		const char *fault;
		error_id    id;
		int         repeats;
	} rows[] = {
		{"token-503=0", E_SERVICE, 1},      {"token-90024", E_SERVICE, 1},
		{"token-reset", E_NETWORK, 1},      {"token-half", E_NETWORK, 1},
		{"token-html=200", E_ENTRA_ANSWER, 0}, {"token-html=403", E_ENTRA_ANSWER, 0},
		{"token-empty", E_ENTRA_ANSWER, 0}, {"token-not-json", E_ENTRA_ANSWER, 0},
		{"token-huge=2", E_ANSWER_SIZE, 0}, {"redirect=https://localhost:1/", E_ENTRA_ANSWER, 0},
		{"gzip-lie", E_ANSWER, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		exs_network how = one_attempt();

		how.attempts = 2;
		heal(NULL);
		local_tenant_fault(the_scene.tenant, rows[i].fault, NULL);
		print_message("%s\n", rows[i].fault);
		(void)refused(the_scene.pss, local_tenant_identity(the_scene.tenant), how, rows[i].id);
		assert_int_equal(fake_host_logged(the_scene.host, "http.retry"), rows[i].repeats);
	}
}

static void
a_slow_endpoint_meets_the_deadline(void **state)
{
	exs_network how = one_attempt();

	(void)state;
	how.deadline_ms = 300;
	local_tenant_fault(the_scene.tenant, "token-slow=5000", NULL);
	(void)refused(the_scene.pss, local_tenant_identity(the_scene.tenant), how, E_TIMEOUT);
}

static void
giving_up_ends_a_grant_that_waits(void **state)
{
	(void)state;
	local_tenant_fault(the_scene.tenant, "token-slow=5000", NULL);
	atomic_store(&the_scene.host->gave_up, true);
	(void)refused(the_scene.pss, local_tenant_identity(the_scene.tenant), one_attempt(),
	              E_INTERRUPTED);
	atomic_store(&the_scene.host->gave_up, false);
}

static void
a_compressed_answer_is_read(void **state)
{
	(void)state;
	local_tenant_fault(the_scene.tenant, "gzip", NULL);
	an_assertion_becomes_a_bearer_for_exchange(the_scene.pss);
}

static void
an_issuer_of_its_own_takes_an_elliptic_key_by_its_kid(void **state)
{
	EXS_AUTO(exs_credential) *credential = NULL;
	EXS_AUTO(exs_bearer)     *bearer = NULL;
	fake_signer  *signer = fake_signer_new(the_scene.host->context, EXS_ALG_ES256, true);
	exs_identity  who = local_tenant_identity(the_scene.tenant);
	char          endpoint[256];

	(void)state;
	fake_signer_write_pem(signer, test_path("ec.pem"));
	local_tenant_register(the_scene.tenant, test_path("ec.pem"));
	snprintf(endpoint, sizeof endpoint, "%s/issuer/token", the_scene.tenant->origin);
	who.token_endpoint = endpoint;
	who.kid = exs_signer_describe(fake_signer_signer(signer))->certificate_sha256;
	credential = credential_with(signer, who, one_attempt());
	assert_ok(exs_credential_bearer(credential, "api", EXS_FETCH_CACHED, &bearer, test_error()));
	exs_bearer_free(bearer);
	bearer = NULL;
	assert_ok(exs_credential_bearer(credential, "api", EXS_FETCH_NEW, &bearer, test_error()));
	fake_signer_free(signer);
}

enum { THREADS = 8 };

static void *
ask_for_exchange(void *self)
{
	EXS_AUTO(exs_bearer) *bearer = NULL;

	return exs_credential_bearer(self, "exchange", EXS_FETCH_CACHED, &bearer, NULL) ? NULL : self;
}

static void
many_threads_cost_one_signature_and_one_token(void **state)
{
	EXS_AUTO(exs_credential) *credential = credential_of(the_scene.pss);
	unsigned                  signatures = fake_signer_count(the_scene.pss);
	long                      issued = local_tenant_counted(the_scene.tenant, "token.issued");
	pthread_t                 threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ask_for_exchange, credential), 0);
	for (int i = 0; i < THREADS; i++) {
		void *good = NULL;

		assert_true(pthread_join(threads[i], &good) == 0 && good != NULL);
	}
	assert_int_equal(fake_signer_count(the_scene.pss), signatures + 1);
	assert_int_equal(local_tenant_counted(the_scene.tenant, "token.issued"), issued + 1);
}

static void *
ask_for_much(void *self)
{
	static const char *const scopes[] = {"exchange", "graph", "compliance", "vault"};

	for (size_t i = 0; i < 4; i++) {
		EXS_AUTO(exs_bearer) *bearer = NULL;

		if (exs_credential_bearer(self, scopes[i], i % 2 == 0 ? EXS_FETCH_NEW : EXS_FETCH_CACHED,
		                          &bearer, NULL) != EXS_OK)
			return NULL;
	}
	return self;
}

static void
scopes_are_fetched_side_by_side(void **state)
{
	EXS_AUTO(exs_credential) *credential = credential_of(the_scene.pss);
	pthread_t                 threads[THREADS];

	(void)state;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, ask_for_much, credential), 0);
	for (int i = 0; i < THREADS; i++) {
		void *good = NULL;

		pthread_join(threads[i], &good);
		assert_non_null(good);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(ps256_is_accepted, heal),
		cmocka_unit_test_setup(rs256_is_accepted, heal),
		cmocka_unit_test_setup(neither_assertion_nor_bearer_is_ever_logged, heal),
		cmocka_unit_test_setup(a_certificate_nobody_registered_is_named, heal),
		cmocka_unit_test_setup(an_unknown_tenant_and_an_unknown_app_are_told_apart, heal),
		cmocka_unit_test_setup(a_clock_that_is_off_is_measured_and_named, heal),
		cmocka_unit_test_setup(throttling_is_waited_for_as_the_server_asks, heal),
		cmocka_unit_test_setup(throttling_past_the_attempts_says_how_long_to_wait, heal),
		cmocka_unit_test_setup(what_passes_is_repeated_and_what_does_not_is_not, heal),
		cmocka_unit_test_setup(a_slow_endpoint_meets_the_deadline, heal),
		cmocka_unit_test_setup(giving_up_ends_a_grant_that_waits, heal),
		cmocka_unit_test_setup(a_compressed_answer_is_read, heal),
		cmocka_unit_test_setup(many_threads_cost_one_signature_and_one_token, heal),
		cmocka_unit_test_setup(scopes_are_fetched_side_by_side, heal),
		cmocka_unit_test_setup(an_issuer_of_its_own_takes_an_elliptic_key_by_its_kid, heal),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
