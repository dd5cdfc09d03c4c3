/* A token endpoint's "no", as an error a person can act on. */
#include "oauth/refusal.h"
#include "oauth/aadsts.h"
#include "support/fake_host.h"
#include "support/fake_signer.h"
#include "support/test.h"

#include <stdio.h>

#define IDS                                                                                        \
	"\"timestamp\":\"2026-11-21 22:30:00Z\",\"trace_id\":\"t-1\",\"correlation_id\":\"c-1\""

typedef struct scene {
	fake_host   *host;
	fake_signer *signer;
	identity    *id;
} scene;

static scene the_scene;

static int
set_up(void **state)
{
	exs_identity who = {.size = sizeof who, .tenant = "contoso.onmicrosoft.com",
	                    .client_id = "0b6f9080-5158-4f66-bac1-09028afdaa0e"};

	(void)state;
	the_scene.host = fake_host_new();
	the_scene.signer = fake_signer_new(the_scene.host->context, EXS_ALG_PS256, true);
	assert_ok(identity_new(&who, &the_scene.id, test_error()));
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	identity_free(the_scene.id);
	fake_signer_free(the_scene.signer);
	fake_host_free(the_scene.host);
	return 0;
}

static refusal
no_with(int status, const char *body)
{
	return (refusal){.status = status, .retry_after = -1, .body = span_of(body),
	                 .request_id = "r-1", .server_clock_known = true};
}

static exs_error *
report(refusal r, error_id id)
{
	exs_error *error = test_error();
	exs_status status = refusal_report(&r, the_scene.id, fake_signer_signer(the_scene.signer), error);

	if (!error_is(error, id))
		fail_msg("%s: %s (%s)", exs_error_code(error), exs_error_message(error),
		         exs_error_why(error));
	assert_int_equal(status, error_row_of(id)->status);
	assert_true(exs_error_message(error)[0] != '\0');
	return error;
}

static void
every_code_of_the_table_becomes_a_sentence_with_a_remedy(void **state)
{
	size_t            n;
	const aadsts_row *rows = aadsts_rows(&n);

	(void)state;
	assert_true(n > 60);
	for (size_t i = 0; i < n; i++) {
		exs_error *error = test_error();
		char       body[512], native[32], code[32];
		bool       passing = rows[i].kind == AADSTS_TRANSIENT || rows[i].kind == AADSTS_THROTTLED;

		snprintf(body, sizeof body,
		         "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS%lld: Text.\\r\\nTrace "
		         "ID: t-1\",\"error_codes\":[%lld]," IDS "}",
		         (long long)rows[i].code, (long long)rows[i].code);
		snprintf(native, sizeof native, "AADSTS%lld", (long long)rows[i].code);
		snprintf(code, sizeof code, "E-ENTRA-%lld", (long long)rows[i].code);
		assert_ptr_equal(aadsts_find(rows[i].code), &rows[i]);
		error = report(no_with(401, body),
		               rows[i].kind == AADSTS_TRANSIENT   ? E_SERVICE
		               : rows[i].kind == AADSTS_THROTTLED ? E_THROTTLED
		                                                  : E_ENTRA);
		assert_string_equal(exs_error_native(error), native);
		assert_string_equal(exs_error_reference(error),
		                    "trace t-1, correlation c-1, time 2026-11-21 22:30:00Z");
		assert_non_null(strstr(exs_error_why(error), "Text."));
		assert_null(strstr(exs_error_why(error), "Trace ID"));
		assert_true(exs_error_fix(error)[0] != '\0');
		if (!passing) {
			assert_string_equal(exs_error_code(error), code);
			assert_string_equal(exs_error_fix(error), rows[i].fix);
		}
		assert_true(refusal_is_passing(&(refusal){.status = 401, .body = span_of(body)}) == passing);
	}
	for (size_t i = 1; i < n; i++)
		assert_true(rows[i - 1].code < rows[i].code);
	assert_null(aadsts_find(0));
	assert_null(aadsts_find(1));
}

static void
a_code_is_found_in_the_text_when_there_is_no_list(void **state)
{
	exs_error *error = report(
		no_with(400, "{\"error\":\"invalid_request\",\"error_description\":\"AADSTS90002: No.\"}"), E_ENTRA);

	(void)state;
	assert_string_equal(exs_error_code(error), "E-ENTRA-90002");
	assert_string_equal(exs_error_reference(error), "correlation r-1");
}

static void
a_code_nobody_knows_is_shown_as_it_came(void **state)
{
	exs_error *error = report(no_with(400, "{\"error\":\"invalid_request\",\"error_codes\":[4242424],"
	                                       "\"error_description\":\"AADSTS4242424: New.\"}"), E_ENTRA);

	(void)state;
	assert_string_equal(exs_error_code(error), "E-ENTRA-4242424");
	assert_non_null(strstr(exs_error_fix(error), "code=4242424"));
	assert_non_null(strstr(exs_error_why(error), "New."));
}

static void
other_issuers_errors_keep_their_names(void **state)
{
	exs_error *error = report(no_with(401, "{\"error\":\"invalid_client\",\"error_description\":"
	                                       "\"Unable to load public key\"}"), E_ENTRA);

	(void)state;
	assert_string_equal(exs_error_code(error), "E-ENTRA-INVALID-CLIENT");
	assert_string_equal(exs_error_native(error), "invalid_client");
	assert_non_null(strstr(exs_error_why(error), "Unable to load public key"));
}

static void
the_three_causes_of_700027_are_told_apart(void **state)
{
	static const struct {
		const char *text, *sentence;
	} rows[] = {
		{"Reason - The key was not found., Thumbprint of key used by client: 'AB'", "does not know"},
		{"Reason - The key used is expired., Found key 'Start=..., End=...'", "expired"},
		{"Client assertion failed signature validation.", "cannot verify"},
		{"Something else.", "does not accept"},
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		char       body[512];
		exs_error *error;

		snprintf(body, sizeof body,
		         "{\"error\":\"invalid_client\",\"error_codes\":[700027],\"error_description\":"
		         "\"AADSTS700027: %s\"}", rows[i].text);
		error = report(no_with(401, body), E_ENTRA);
		assert_non_null(strstr(exs_error_message(error), rows[i].sentence));
		assert_non_null(strstr(exs_error_why(error), "thumbprint sent"));
	}
}

static refusal
skewed(const char *code, int64_t ahead, char body[256])
{
	refusal r;

	snprintf(body, 256, "{\"error\":\"invalid_client\",\"error_codes\":[%s],"
	                    "\"error_description\":\"AADSTS%s: x\"}", code, code);
	r = no_with(401, body);
	r.ahead = ahead;
	return r;
}

static void
the_clock_is_blamed_for_what_it_can_cause(void **state)
{
	static const char *const causes[] = {"700024", "500133", "50013", "50012", "50027", "700027"};
	char                     body[256];

	(void)state;
	for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++) {
		exs_error *error = report(skewed(causes[i], 680, body), E_CLOCK);

		assert_string_equal(exs_error_code(error), "E-CLOCK");
		assert_non_null(strstr(exs_error_why(error), "11 min 20 s ahead of"));
		assert_non_null(strstr(exs_error_native(error), causes[i]));
		assert_non_null(strstr(exs_error_fix(error), "time synchronisation"));
		error = report(skewed(causes[i], -121, body), E_CLOCK);
		assert_non_null(strstr(exs_error_why(error), "behind"));
		(void)report(skewed(causes[i], 120, body), E_ENTRA);
	}
}

static void
the_clock_is_mentioned_and_not_blamed_for_what_it_cannot_cause(void **state)
{
	char       body[256];
	exs_error *error = report(skewed("700016", 680, body), E_ENTRA);

	(void)state;
	assert_string_equal(exs_error_code(error), "E-ENTRA-700016");
	assert_non_null(strstr(exs_error_why(error), "11 min 20 s ahead of"));
}

static void
a_time_error_without_the_servers_time_is_still_about_the_clock(void **state)
{
	char       body[256];
	refusal    r = skewed("700024", 0, body);
	exs_error *error;

	(void)state;
	r.server_clock_known = false;
	error = report(r, E_CLOCK);
	assert_non_null(strstr(exs_error_why(error), "did not tell its time"));
}

static void
a_body_that_says_nothing_is_described(void **state)
{
	refusal r = no_with(429, "slow down");

	(void)state;
	r.retry_after = 90;
	assert_non_null(strstr(exs_error_why(report(r, E_THROTTLED)), "not JSON"));
	assert_int_equal(exs_error_retry_after(report(r, E_THROTTLED)), 90);
	assert_non_null(strstr(exs_error_fix(report(r, E_THROTTLED)), "1 min 30 s"));
	assert_non_null(strstr(exs_error_why(report(no_with(503, ""), E_SERVICE)), "empty body"));
	assert_non_null(strstr(exs_error_why(report(no_with(502, "<html>x"), E_SERVICE)), "HTML"));
	assert_non_null(strstr(exs_error_message(report(no_with(403, "<!DOCTYPE html>"), E_ENTRA_ANSWER)),
	                       "403 and an HTML page"));
	assert_non_null(strstr(exs_error_message(report(no_with(302, ""), E_ENTRA_ANSWER)), "302"));
	(void)report(no_with(400, "[]"), E_ENTRA_ANSWER);
	(void)report(no_with(400, "{\"error\":{}}"), E_ENTRA_ANSWER);
}

static void
a_redirect_is_named_by_its_host_and_not_followed(void **state)
{
	refusal    r = no_with(302, "");
	exs_error *error;

	(void)state;
	r.location = "https://elsewhere.example:8443/login?user=ann";
	error = report(r, E_ENTRA_ANSWER);
	assert_non_null(strstr(exs_error_message(error), "redirects (status 302)"));
	assert_non_null(strstr(exs_error_why(error), "elsewhere.example, port 8443"));
	assert_null(strstr(exs_error_why(error), "ann"));
	r.location = "http://elsewhere.example/";
	error = report(r, E_ENTRA_ANSWER);
	assert_non_null(strstr(exs_error_why(error), "no address of https"));
	r.location = NULL;
	error = report(r, E_ENTRA_ANSWER);
	assert_non_null(strstr(exs_error_message(error), "status 302 and an empty body"));
}

static void
temporarily_unavailable_passes_whatever_its_status(void **state)
{
	refusal r = no_with(400, "{\"error\":\"temporarily_unavailable\"}");

	(void)state;
	assert_true(refusal_is_passing(&r));
	(void)report(r, E_SERVICE);
	r = no_with(400, "{\"error\":\"invalid_client\"}");
	assert_false(refusal_is_passing(&r));
}

static void
a_token_in_an_error_is_left_out(void **state)
{
	exs_error *error = report(
		no_with(400, "{\"error\":\"invalid_request\",\"error_codes\":[50027],\"error_description\":"
	                 "\"AADSTS50027: bad eyJhbGciOiJQUzI1NiJ9.eyJhIjoxfQ.c2lnbmF0dXJl end\"}"), E_ENTRA);

	(void)state;
	assert_null(strstr(exs_error_why(error), "eyJ"));
	assert_non_null(strstr(exs_error_why(error), "bad [token left out] end"));
}

static void
without_memory_the_refusal_is_still_an_error(void **state)
{
	exs_error *error = test_error();
	refusal    r = no_with(401, "{\"error\":\"invalid_client\",\"error_codes\":[700027],"
	                            "\"error_description\":\"AADSTS700027: not found\"," IDS "}");

	(void)state;
	for (unsigned long nth = 1; nth < 60; nth++) {
		exs_error_clear(error);
		mem_fail_nth(nth);
		assert_int_not_equal(refusal_report(&r, the_scene.id,
		                                    fake_signer_signer(the_scene.signer), error), EXS_OK);
		mem_fail_nth(0);
		assert_int_not_equal(exs_error_status(error), EXS_OK);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_of_the_table_becomes_a_sentence_with_a_remedy),
		cmocka_unit_test(a_code_is_found_in_the_text_when_there_is_no_list),
		cmocka_unit_test(a_code_nobody_knows_is_shown_as_it_came),
		cmocka_unit_test(other_issuers_errors_keep_their_names),
		cmocka_unit_test(the_three_causes_of_700027_are_told_apart),
		cmocka_unit_test(the_clock_is_blamed_for_what_it_can_cause),
		cmocka_unit_test(the_clock_is_mentioned_and_not_blamed_for_what_it_cannot_cause),
		cmocka_unit_test(a_time_error_without_the_servers_time_is_still_about_the_clock),
		cmocka_unit_test(a_body_that_says_nothing_is_described),
		cmocka_unit_test(a_redirect_is_named_by_its_host_and_not_followed),
		cmocka_unit_test(temporarily_unavailable_passes_whatever_its_status),
		cmocka_unit_test(a_token_in_an_error_is_left_out),
		cmocka_unit_test(without_memory_the_refusal_is_still_an_error),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
