/* From a signer to a bearer over a wire that answers from a script: what is sent, repeated, kept. */
#include "oauth/access.h"
#include "support/fake_host.h"
#include "support/fake_signer.h"
#include "support/fake_transport.h"
#include "support/test.h"
#include "support/torture.h"

#include <exosign/version.h>

EXS_DEFINE_AUTO(exs_credential)
EXS_DEFINE_AUTO(exs_assertion)

#define CLIENT "0b6f9080-5158-4f66-bac1-09028afdaa0e"
#define YES(token)                                                                                 \
	{.status = 200, .body = "{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"" token "\"}"}

typedef struct scene {
	fake_host      *host;
	fake_signer    *signer;
	fake_wire      *wire;
	exs_credential *credential;
} scene;

static credential_carrier
carrier_over(fake_wire *wire)
{
	return (credential_carrier){&fake_transport_ops, wire, fake_transport_make};
}

static scene
scene_with(const fake_step *steps, size_t n, const exs_identity *change, unsigned attempts)
{
	scene        s = {.host = fake_host_new(), .wire = fake_wire_new(steps, n)};
	exs_identity who = change != NULL ? *change : (exs_identity){.tenant = "contoso.onmicrosoft.com"};
	exs_network  how = {.size = sizeof how, .attempts = attempts};
	credential_carrier carrier = carrier_over(s.wire);

	who.size = sizeof who;
	who.client_id = CLIENT;
	s.signer = fake_signer_new(s.host->context, EXS_ALG_PS256, true);
	assert_ok(credential_over(s.host->context, fake_signer_signer(s.signer), &who, &how,
	                          &carrier, &s.credential, test_error()));
	return s;
}

static void
scene_end(scene *s)
{
	exs_credential_free(s->credential);
	assert_int_equal(fake_wire_open_ends(s->wire), 0);
	fake_wire_free(s->wire);
	fake_signer_free(s->signer);
	fake_host_free(s->host);
}

static void
the_request_is_the_smallest_entra_takes(void **state)
{
	static const fake_step steps[] = {YES("one")};
	scene                  s = scene_with(steps, 1, NULL, 1);
	EXS_AUTO(exs_bearer)  *bearer = NULL;
	const fake_request    *r;

	(void)state;
	assert_ok(exs_credential_bearer(s.credential, "exchange", EXS_FETCH_CACHED, &bearer, test_error()));
	r = fake_wire_request(s.wire, 0);
	assert_string_equal(r->method, "POST");
	assert_string_equal(r->url,
	                    "https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token");
	assert_string_equal(fake_header(r, "Content-Type"), "application/x-www-form-urlencoded");
	assert_string_equal(fake_header(r, "Accept"), "application/json");
	assert_string_equal(fake_header(r, "return-client-request-id"), "true");
	assert_string_equal(fake_header(r, "x-client-sku"), "exosign");
	assert_string_equal(fake_header(r, "x-client-ver"), EXS_VERSION);
	assert_string_equal(fake_header(r, "User-Agent"), "exosign/" EXS_VERSION);
	assert_int_equal(strlen(fake_header(r, "client-request-id")), 36);
	assert_int_equal(fake_host_logged(s.host, fake_header(r, "client-request-id")), 1);
	assert_null(fake_header(r, "Authorization"));
	assert_string_equal(fake_field(r, "client_id"), CLIENT);
	assert_string_equal(fake_field(r, "grant_type"), "client_credentials");
	assert_string_equal(fake_field(r, "scope"), "https://outlook.office365.com/.default");
	assert_string_equal(fake_field(r, "client_assertion_type"),
	                    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
	assert_string_equal(fake_field(r, "claims"),
	                    "{\"access_token\":{\"xms_cc\":{\"values\":[\"cp1\"]}}}");
	assert_true(span_starts(span_of(fake_field(r, "client_assertion")), "eyJ"));
	assert_int_equal(r->deadline_ms, 60000);
	scene_end(&s);
}

static void
short_names_are_the_clouds_scopes(void **state)
{
	static const fake_step steps[] = {YES("x")};
	static const char *const names[][2] = {
		{"exchange", "https://outlook.office365.us/.default"},
		{"graph", "https://graph.microsoft.us/.default"},
		{"compliance", "https://ps.compliance.protection.office365.us/.default"},
		{"vault", "https://vault.usgovcloudapi.net/.default"},
		{"https://other.example/.default", "https://other.example/.default"},
	};
	scene s = scene_with(steps, 1, &(exs_identity){.cloud = "usgov", .tenant = "a.example"}, 1);

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		EXS_AUTO(exs_bearer) *bearer = NULL;

		assert_ok(exs_credential_bearer(s.credential, names[i][0], EXS_FETCH_CACHED, &bearer,
		                                test_error()));
		assert_string_equal(exs_bearer_scope(bearer), names[i][1]);
		assert_string_equal(fake_field(fake_wire_request(s.wire, i), "scope"), names[i][1]);
	}
	assert_string_equal(credential_origin(s.credential, CLOUD_EXCHANGE), "https://outlook.office365.us");
	assert_string_equal(credential_scope(s.credential, CLOUD_GRAPH), names[1][1]);
	assert_string_equal(credential_tenant(s.credential), "a.example");
	assert_string_equal(credential_client_id(s.credential), CLIENT);
	assert_string_equal(credential_organization(s.credential), "");
	scene_end(&s);
}

static void
a_scope_that_cannot_be_one_is_not_asked_for(void **state)
{
	static const fake_step steps[] = {YES("x")};
	static const char *const bad[] = {"", "a\"b", "a\\b", "a\nb", "\xC3\xA9"};
	scene s = scene_with(steps, 1, NULL, 1);

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		exs_bearer *bearer = NULL;

		assert_fails(exs_credential_bearer(s.credential, bad[i], EXS_FETCH_CACHED, &bearer,
		                                   test_error()), test_error(), E_USAGE);
	}
	assert_int_equal(fake_wire_requests(s.wire), 0);
	assert_int_equal(fake_signer_count(s.signer), 0);
	scene_end(&s);
}

static exs_status
fetch(scene *s, exs_error *error)
{
	EXS_AUTO(exs_bearer) *bearer = NULL;

	return exs_credential_bearer(s->credential, "exchange", EXS_FETCH_CACHED, &bearer, error);
}

#define BUSY                                                                                       \
	{.status = 503, .fields = "Retry-After: 0\n", .body = "busy"}

static void
what_passes_is_repeated_with_the_same_assertion(void **state)
{
	static const fake_step steps[] = {
		BUSY,
		{.status = 429, .fields = "Retry-After: 0\n"},
		{.status = 400, .fields = "Retry-After: 0\n", .body = "{\"error\":\"temporarily_unavailable\"}"},
		YES("x"),
	};
	scene s = scene_with(steps, 4, NULL, 0);

	(void)state;
	assert_ok(fetch(&s, test_error()));
	assert_int_equal(fake_wire_requests(s.wire), 4);
	assert_int_equal(fake_signer_count(s.signer), 1);
	assert_string_equal(fake_field(fake_wire_request(s.wire, 0), "client_assertion"),
	                    fake_field(fake_wire_request(s.wire, 3), "client_assertion"));
	assert_string_not_equal(fake_header(fake_wire_request(s.wire, 0), "client-request-id"),
	                        fake_header(fake_wire_request(s.wire, 3), "client-request-id"));
	assert_int_equal(fake_host_logged(s.host, "oauth.grant"), 4);
	scene_end(&s);
}

static void
other_issuers_get_a_new_assertion_each_time(void **state)
{
	static const fake_step steps[] = {BUSY, YES("x")};
	scene s = scene_with(steps, 2, &(exs_identity){.token_endpoint = "https://sso.example/token"}, 0);

	(void)state;
	assert_ok(fetch(&s, test_error()));
	assert_int_equal(fake_signer_count(s.signer), 2);
	assert_null(fake_field(fake_wire_request(s.wire, 0), "claims"));
	assert_string_equal(fake_wire_request(s.wire, 0)->url, "https://sso.example/token");
	scene_end(&s);
}

static void
trying_ends_with_the_attempts(void **state)
{
	static const fake_step steps[] = {BUSY};
	scene                  s = scene_with(steps, 1, NULL, 3);

	(void)state;
	assert_fails(fetch(&s, test_error()), test_error(), E_SERVICE);
	assert_int_equal(fake_wire_requests(s.wire), 3);
	scene_end(&s);
}

static void
a_wait_longer_than_ours_is_the_callers(void **state)
{
	static const fake_step steps[] = {{.status = 429, .fields = "Retry-After: 601\n"}};
	scene                  s = scene_with(steps, 1, NULL, 3);
	exs_error             *error = test_error();

	(void)state;
	assert_int_equal(fetch(&s, error), EXS_THROTTLED);
	assert_int_equal(exs_error_retry_after(error), 601);
	assert_int_equal(fake_wire_requests(s.wire), 1);
	scene_end(&s);
}

static void
a_no_is_final(void **state)
{
	static const fake_step no = {.status = 401, .fields = "Date: " FAKE_NOW_DATE "\n",
	                             .body = "{\"error\":\"invalid_client\",\"error_codes\":[7000112]}"};
	scene                  s = scene_with(&no, 1, NULL, 5);

	(void)state;
	assert_fails(fetch(&s, test_error()), test_error(), E_ENTRA);
	assert_int_equal(fake_wire_requests(s.wire), 1);
	scene_end(&s);
}

static void
a_broken_connection_is_tried_once_more_and_certain_failures_are_not(void **state)
{
	static const struct {
		error_id id;
		size_t   requests;
	} rows[] = {{E_NETWORK, 2}, {E_TLS, 1}, {E_TLS_CA, 1}, {E_PROXY, 1}, {E_TIMEOUT, 1}, {E_CURL, 1}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		fake_step step = {.failure = rows[i].id};
		scene     s = scene_with(&step, 1, NULL, 5);

		assert_fails(fetch(&s, test_error()), test_error(), rows[i].id);
		assert_int_equal(fake_wire_requests(s.wire), rows[i].requests);
		scene_end(&s);
	}
}

static void
a_signer_that_fails_is_asked_once_and_nothing_is_sent(void **state)
{
	static const fake_step steps[] = {YES("x")};
	scene                  s = scene_with(steps, 1, NULL, 5);

	(void)state;
	fake_signer_fail(s.signer, E_PIN_WRONG);
	assert_fails(fetch(&s, test_error()), test_error(), E_PIN_WRONG);
	assert_int_equal(fake_signer_count(s.signer), 1);
	assert_int_equal(fake_wire_requests(s.wire), 0);
	scene_end(&s);
}

static void
a_challenge_is_answered_once_and_kept(void **state)
{
	static const fake_step steps[] = {YES("one"), YES("two"), YES("three")};
	scene                  s = scene_with(steps, 3, NULL, 1);
	EXS_AUTO(exs_bearer)  *first = NULL, *second = NULL, *third = NULL;
	size_t                 length;

	(void)state;
	assert_ok(exs_credential_bearer(s.credential, "exchange", EXS_FETCH_CACHED, &first, test_error()));
	assert_ok(credential_bearer(s.credential, "exchange", first,
	                            "{\"access_token\":{\"nbf\":{\"value\":\"17\"}}}", &second, test_error()));
	assert_string_equal(exs_bearer_reveal(second, &length), "two");
	assert_string_equal(fake_field(fake_wire_request(s.wire, 1), "claims"),
	                    "{\"access_token\":{\"xms_cc\":{\"values\":[\"cp1\"]},\"nbf\":{\"value\":\"17\"}}}");
	assert_ok(exs_credential_bearer(s.credential, "exchange", EXS_FETCH_CACHED, &third, test_error()));
	assert_string_equal(exs_bearer_reveal(third, &length), "two");
	exs_bearer_free(third);
	third = NULL;
	assert_ok(exs_credential_bearer(s.credential, "exchange", EXS_FETCH_NEW, &third, test_error()));
	assert_string_equal(exs_bearer_reveal(third, &length), "three");
	scene_end(&s);
}

static void
clients_speak_to_the_clouds_hosts_and_grants_to_the_token_endpoint_alone(void **state)
{
	static const fake_step steps[] = {YES("x")};
	scene                  s = scene_with(steps, 1, &(exs_identity){.token_endpoint =
	                                                                "https://sso.example/token"}, 1);
	http_client           *client = NULL;
	http_response         *response = NULL;

	(void)state;
	assert_ok(credential_client(s.credential, &client, test_error()));
	assert_fails(http_open(client, &(http_request){.method = "GET", .url = "https://sso.example/token"},
	                       &response, test_error()), test_error(), E_HOST);
	assert_ok(http_open(client,
	                    &(http_request){.method = "GET", .url = "https://outlook.office365.com/"},
	                    &response, test_error()));
	http_response_free(response);
	http_client_free(client);
	scene_end(&s);
}

static void
a_source_whose_key_openssl_cannot_have_sends_nothing_for_tls(void **state)
{
	static const fake_step steps[] = {YES("x")};
	scene s = scene_with(steps, 1, &(exs_identity){.token_endpoint = "https://sso.example/token",
	                                               .tls_client_auth = true}, 1);

	(void)state;
	assert_fails(fetch(&s, test_error()), test_error(), E_KEY_UNFIT);
	assert_int_equal(fake_wire_requests(s.wire), 0);
	assert_int_equal(fake_signer_count(s.signer), 0);
	scene_end(&s);
}

static void
an_assertion_can_be_had_by_itself(void **state)
{
	static const fake_step   steps[] = {YES("x")};
	scene                    s = scene_with(steps, 1, NULL, 1);
	EXS_AUTO(exs_assertion) *assertion = NULL;

	(void)state;
	assert_ok(exs_assertion_create(s.credential, NULL, &assertion, test_error()));
	assert_int_equal(exs_assertion_expires(assertion), FAKE_NOW + 600);
	assert_int_equal(fake_wire_requests(s.wire), 0);
	scene_end(&s);
}

static exs_status
whole_way(void *self, exs_error *error)
{
	scene                    *s = self;
	exs_identity              who = {.size = sizeof who, .tenant = "a.example", .client_id = CLIENT};
	credential_carrier        carrier = carrier_over(s->wire);
	EXS_AUTO(exs_credential) *credential = NULL;
	EXS_AUTO(exs_bearer)     *bearer = NULL;

	EXS_TRY(credential_over(s->host->context, fake_signer_signer(s->signer), &who, NULL, &carrier,
	                        &credential, error));
	return exs_credential_bearer(credential, "exchange", EXS_FETCH_CACHED, &bearer, error);
}

static void
every_allocation_may_fail(void **state)
{
	static const fake_step steps[] = {YES("eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.c2ln")};
	scene                  s = scene_with(steps, 1, NULL, 1);

	(void)state;
	/* a log line or a place in the cache may be missing */
	assert_true(torture_lenient(whole_way, &s) > 30);
	scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_request_is_the_smallest_entra_takes),
		cmocka_unit_test(short_names_are_the_clouds_scopes),
		cmocka_unit_test(a_scope_that_cannot_be_one_is_not_asked_for),
		cmocka_unit_test(what_passes_is_repeated_with_the_same_assertion),
		cmocka_unit_test(other_issuers_get_a_new_assertion_each_time),
		cmocka_unit_test(trying_ends_with_the_attempts),
		cmocka_unit_test(a_wait_longer_than_ours_is_the_callers),
		cmocka_unit_test(a_no_is_final),
		cmocka_unit_test(a_broken_connection_is_tried_once_more_and_certain_failures_are_not),
		cmocka_unit_test(a_signer_that_fails_is_asked_once_and_nothing_is_sent),
		cmocka_unit_test(a_challenge_is_answered_once_and_kept),
		cmocka_unit_test(clients_speak_to_the_clouds_hosts_and_grants_to_the_token_endpoint_alone),
		cmocka_unit_test(a_source_whose_key_openssl_cannot_have_sends_nothing_for_tls),
		cmocka_unit_test(an_assertion_can_be_had_by_itself),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
