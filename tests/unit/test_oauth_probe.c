/* One look at a service: what its answer says of tenant and clock, and that nothing of ours is shown. */
#include "oauth/probe.h"
#include "support/fake_host.h"
#include "support/fake_transport.h"
#include "support/test.h"
#include "support/torture.h"

#define TENANT "11111111-2222-3333-4444-555555555555"
#define CLIENT "0b6f9080-5158-4f66-bac1-09028afdaa0e"

typedef struct scene {
	fake_host      *host;
	fake_wire      *wire;
	exs_credential *credential;
} scene;

static scene
scene_of(const fake_step *step, const char *token_endpoint)
{
	scene        s = {.host = fake_host_new(), .wire = fake_wire_new(step, 1)};
	exs_identity who = {.size = sizeof who, .tenant = TENANT, .client_id = CLIENT, .token_endpoint = token_endpoint};
	credential_carrier carrier = {&fake_transport_ops, s.wire, fake_transport_make};

	assert_ok(credential_over(s.host->context, NULL, &who, NULL, &carrier, &s.credential, test_error()));
	return s;
}

static void
scene_end(scene *s)
{
	exs_credential_free(s->credential);
	assert_int_equal(fake_wire_open_ends(s->wire), 0);
	fake_wire_free(s->wire);
	fake_host_free(s->host);
}

static void
the_directory_is_asked_for_the_tenant_and_told_nothing(void **state)
{
	const fake_step step = {.status = 200, .fields = "Date: Sat, 21 Nov 2026 21:30:02 GMT\n", .body = "{}"};
	scene s = scene_of(&step, NULL);
	probe p = {0};
	const fake_request *r;

	(void)state;
	assert_ok(probe_service(s.host->context, s.credential, CLOUD_LOGIN, &p, test_error()));
	r = fake_wire_request(s.wire, 0);
	assert_string_equal(r->method, "GET");
	assert_string_equal(r->url, "https://login.microsoftonline.com/" TENANT "/v2.0/.well-known/openid-configuration");
	assert_null(fake_header(r, "Authorization"));
	assert_null(strstr(r->url, CLIENT));
	assert_string_equal(p.origin, "https://login.microsoftonline.com");
	assert_int_equal(p.status, 200);
	assert_null(p.problem);
	assert_true(p.dated);
	assert_false(p.seen);
	assert_int_equal(p.skew, 1795296602 - context_now(s.host->context));
	probe_done(&p);
	scene_end(&s);
}

static void
a_refusal_gives_its_number_and_half_of_one_gives_none(void **state)
{
	static const struct {
		const char *body;
		int64_t     aadsts;
	} rows[] = {
		{"{\"error\":\"invalid_request\",\"error_codes\":[90002]}", 90002}, {"{\"error_codes\":[\"90002\"]}", 90002},
		{"{\"error_codes\":[]}", 0}, {"{\"error_codes\":[9000", 0}, {"<html>", 0}, {"", 0}, {"[]", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const fake_step step = {.status = 400, .body = rows[i].body};
		scene s = scene_of(&step, NULL);
		probe p = {0};

		assert_ok(probe_service(s.host->context, s.credential, CLOUD_LOGIN, &p, test_error()));
		assert_int_equal(p.status, 400);
		assert_int_equal(p.aadsts, rows[i].aadsts);
		assert_false(p.dated);
		probe_done(&p);
		scene_end(&s);
	}
}

static void
no_answer_is_kept_as_the_problem(void **state)
{
	const fake_step step = {.failure = E_TLS_CA};
	scene s = scene_of(&step, NULL);
	probe p = {0};

	(void)state;
	assert_ok(probe_service(s.host->context, s.credential, CLOUD_EXCHANGE, &p, test_error()));
	assert_string_equal(p.origin, "https://outlook.office365.com");
	assert_non_null(p.problem);
	assert_string_equal(exs_error_code(p.problem), "E-TLS-CA");
	probe_done(&p);
	scene_end(&s);
}

static void
an_issuer_of_ones_own_is_asked_where_tokens_come_from(void **state)
{
	const fake_step step = {.status = 405, .fields = "Date: Sat, 21 Nov 2026 21:30:02 GMT\n"};
	scene s = scene_of(&step, "https://issuer.example:8443/oauth/token");
	probe p = {0};

	(void)state;
	assert_ok(probe_service(s.host->context, s.credential, CLOUD_LOGIN, &p, test_error()));
	assert_string_equal(fake_wire_request(s.wire, 0)->url, "https://issuer.example:8443/oauth/token");
	assert_string_equal(p.origin, "https://issuer.example:8443");
	probe_done(&p);
	/* the cloud has no vault of its own: nobody is asked */
	assert_ok(probe_service(s.host->context, s.credential, CLOUD_VAULT, &p, test_error()));
	assert_string_equal(p.origin, "");
	assert_int_equal(fake_wire_requests(s.wire), 1);
	scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_directory_is_asked_for_the_tenant_and_told_nothing),
		cmocka_unit_test(a_refusal_gives_its_number_and_half_of_one_gives_none),
		cmocka_unit_test(no_answer_is_kept_as_the_problem),
		cmocka_unit_test(an_issuer_of_ones_own_is_asked_where_tokens_come_from),
	};

	return cmocka_run_group_tests_name("probe", tests, NULL, NULL);
}
