/* One call: repeated where that is safe, refused in words where it is not. */
#include "support/fake_service.h"
#include "support/test.h"

#include "api/call.h"

#define RUN(service, reading, c)                                                                   \
	run((service), (reading), (c), test_error())

static exs_status
run(fake_service *service, bool reads, call *c, exs_error *error)
{
	call_request request = {.aim = reads ? "Get-Mailbox" : "Set-Mailbox",
	                        .event = "cmdlet sent",
	                        .about = "Identity Foo",
	                        .url = FAKE_INVOKE,
	                        .body = span_of("{\"x\":1}"),
	                        .reads = reads,
	                        .headers = {{"X-CmdletName", "Get-Mailbox"}},
	                        .n_headers = 1};
	retry budget = call_budget(service->session, &request);

	return call_open(c, service->session, &request, &budget, error);
}

#define SERVICE(...)                                                                               \
	fake_service_new((const fake_step[]){__VA_ARGS__},                                         \
	                 sizeof((const fake_step[]){__VA_ARGS__}) / sizeof(fake_step))

#define GOOD  {.status = 200, .body = "{}"}
#define BUSY  "{\"error\":{\"code\":\"x\",\"message\":\"You have reached the maximum number of concurrent requests per tenant. Please wait and try again\"}}"
#define CONFLICT "{\"error\":{\"code\":\"BadRequest\",\"message\":\"x\",\"details\":[{\"message\":\"Ex1|A.ADObjectAlreadyExistsException|exists\"}]}}"
#define TRANSIENT "{\"error\":{\"code\":\"x\",\"message\":\"x\",\"details\":[{\"message\":\"|A.DCOverloadedException|later\"}]}}"

static void
a_call_carries_its_headers_and_a_new_id_each_time(void **state)
{
	fake_service *s = SERVICE({.status = 503, .fields = ""}, GOOD);
	call          c = {0};

	(void)state;
	assert_ok(RUN(s, true, &c));
	assert_int_equal(fake_wire_requests(s->wire), 2);
	for (size_t i = 0; i < 2; i++) {
		const fake_request *r = fake_wire_request(s->wire, i);

		assert_string_equal(r->method, "POST");
		assert_string_equal(r->url, FAKE_INVOKE);
		assert_string_equal(r->body, "{\"x\":1}");
		assert_string_equal(fake_header(r, "Authorization"), "Bearer first");
		assert_string_equal(fake_header(r, "Accept"), "application/json");
		assert_string_equal(fake_header(r, "Content-Type"), "application/json; charset=utf-8");
		assert_string_equal(fake_header(r, "connection-id"), s->session->connection_id.at);
		assert_string_equal(fake_header(r, "X-CmdletName"), "Get-Mailbox");
	}
	assert_string_not_equal(fake_header(fake_wire_request(s->wire, 0), "client-request-id"),
	                        fake_header(fake_wire_request(s->wire, 1), "client-request-id"));
	assert_int_equal(fake_host_logged(s->host, "cmdlet sent"), 2);
	assert_int_equal(fake_host_logged(s->host, "first"), 0);
	call_done(&c);
	fake_service_free(s);
}

typedef struct fate {
	const char *what;
	bool        reads;
	fake_step   step; /* before a good answer */
	exs_status  status;
	error_id    id;
	size_t      requests;
} fate;

static const fate fates[] = {
	/* reads are repeated after whatever passes */
	{"read, 408", true, {.status = 408}, EXS_OK, E_NONE, 2},
	{"read, 429", true, {.status = 429}, EXS_OK, E_NONE, 2},
	{"read, 503", true, {.status = 503}, EXS_OK, E_NONE, 2},
	{"read, 504", true, {.status = 504, .body = "<html>"}, EXS_OK, E_NONE, 2},
	{"read, 400 busy", true, {.status = 400, .body = BUSY}, EXS_OK, E_NONE, 2},
	{"read, 400 transient", true, {.status = 400, .body = TRANSIENT}, EXS_OK, E_NONE, 2},
	{"read, 500 transient", true, {.status = 500, .body = TRANSIENT}, EXS_OK, E_NONE, 2},
	{"read, network", true, {.failure = E_NETWORK, .arrived = true}, EXS_OK, E_NONE, 2},
	{"read, timeout", true, {.failure = E_TIMEOUT, .arrived = true}, EXS_OK, E_NONE, 2},
	/* and not after what does not */
	{"read, 400", true, {.status = 400, .body = CONFLICT}, EXS_CMDLET, E_EXO_EXISTS, 1},
	{"read, 403", true, {.status = 403}, EXS_DENIED, E_EXO_FORBIDDEN, 1},
	{"read, 404 html", true, {.status = 404, .body = "<html>"}, EXS_NETWORK, E_ANSWER, 1},
	{"read, tls", true, {.failure = E_TLS_CA}, EXS_NETWORK, E_TLS_CA, 1},
	/* writes only when they surely were not executed */
	{"write, 429", false, {.status = 429}, EXS_OK, E_NONE, 2},
	{"write, 400 busy", false, {.status = 400, .body = BUSY}, EXS_OK, E_NONE, 2},
	{"write, 503 with Retry-After", false, {.status = 503, .fields = "Retry-After: 0\n"}, EXS_OK, E_NONE, 2},
	{"write, never arrived", false, {.failure = E_NETWORK}, EXS_OK, E_NONE, 2},
	/* their fate is open otherwise */
	{"write, 503", false, {.status = 503}, EXS_INCOMPLETE, E_EXO_UNKNOWN, 1},
	{"write, 502", false, {.status = 502, .body = "<html>"}, EXS_INCOMPLETE, E_EXO_UNKNOWN, 1},
	{"write, 504", false, {.status = 504}, EXS_INCOMPLETE, E_EXO_UNKNOWN, 1},
	{"write, 408", false, {.status = 408}, EXS_INCOMPLETE, E_EXO_UNKNOWN, 1},
	{"write, 500 empty", false, {.status = 500}, EXS_INCOMPLETE, E_EXO_UNKNOWN, 1},
	{"write, reset", false, {.failure = E_NETWORK, .arrived = true}, EXS_INCOMPLETE, E_EXO_UNKNOWN, 1},
	{"write, timeout", false, {.failure = E_TIMEOUT, .arrived = true}, EXS_INCOMPLETE, E_EXO_UNKNOWN, 1},
	/* or told by the cmdlet itself */
	{"write, 400", false, {.status = 400, .body = CONFLICT}, EXS_CMDLET, E_EXO_EXISTS, 1},
	{"write, 500 transient", false, {.status = 500, .body = TRANSIENT}, EXS_NETWORK, E_SERVICE, 1},
	{"write, 403", false, {.status = 403}, EXS_DENIED, E_EXO_FORBIDDEN, 1},
	{"write, wrong CA", false, {.failure = E_TLS_CA}, EXS_NETWORK, E_TLS_CA, 1},
};

static void
only_what_is_safe_is_repeated(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof fates / sizeof fates[0]; i++) {
		const fate   *f = &fates[i];
		fake_service *s = SERVICE(f->step, GOOD);
		call          c = {0};
		exs_error    *error = test_error();
		exs_status    status = run(s, f->reads, &c, error);

		if (status != f->status || fake_wire_requests(s->wire) != f->requests ||
		    error_identity(error) != f->id)
			fail_msg("%s: status %d after %zu requests", f->what, (int)status,
			         fake_wire_requests(s->wire));
		call_done(&c);
		fake_service_free(s);
	}
}

static void
an_open_fate_says_so_with_its_cause_and_id(void **state)
{
	fake_service *s = SERVICE({.failure = E_TIMEOUT, .arrived = true});
	exs_error    *error = test_error();
	call          c = {0};

	(void)state;
	assert_int_equal(run(s, false, &c, error), EXS_INCOMPLETE);
	assert_string_equal(exs_error_message(error),
	                    "Set-Mailbox: it is not known whether the change was made");
	assert_string_equal(exs_error_why(error), "the script says so");
	assert_non_null(strstr(exs_error_reference(error), c.client_request_id.at));
	call_done(&c);
	fake_service_free(s);
}

static void
trying_ends_after_five_attempts_with_the_services_words(void **state)
{
	fake_service *s = SERVICE({.status = 429, .fields = "request-id: r-1\nRetry-After: 0\n",
	                           .body = "{\"error\":{\"code\":\"TooManyRequests\",\"message\":\"busy\"}}"});
	exs_error    *error = test_error();
	call          c = {0};

	(void)state;
	assert_int_equal(run(s, true, &c, error), EXS_THROTTLED);
	assert_int_equal(fake_wire_requests(s->wire), 5);
	assert_string_equal(exs_error_message(error), "Get-Mailbox: busy");
	assert_string_equal(exs_error_native(error), "TooManyRequests");
	assert_non_null(strstr(exs_error_reference(error), "request-id r-1"));
	call_done(&c);
	fake_service_free(s);
}

static void
a_wait_longer_than_ten_minutes_is_not_waited(void **state)
{
	fake_service *s = SERVICE({.status = 429, .fields = "Retry-After: 3600\n"});
	exs_error    *error = test_error();
	call          c = {0};

	(void)state;
	assert_int_equal(run(s, true, &c, error), EXS_THROTTLED);
	assert_int_equal(fake_wire_requests(s->wire), 1);
	assert_int_equal(exs_error_retry_after(error), 3600);
	call_done(&c);
	fake_service_free(s);
}

static void
a_plain_401_earns_one_new_token(void **state)
{
	fake_service *s = SERVICE({.status = 401}, GOOD);
	call          c = {0};

	(void)state;
	assert_ok(RUN(s, false, &c));
	assert_int_equal(s->bearers, 2);
	assert_true(s->had_refused);
	assert_string_equal(s->challenge, "");
	assert_string_equal(fake_header(fake_wire_request(s->wire, 1), "Authorization"), "Bearer second");
	call_done(&c);
	fake_service_free(s);
}

#define CHALLENGE "WWW-Authenticate: Bearer error=\"insufficient_claims\", claims=\"eyJhIjp7fX0=\"\n"

static void
a_claims_challenge_is_answered_once(void **state)
{
	fake_service *s = SERVICE({.status = 401, .fields = CHALLENGE}, GOOD);
	fake_service *again = SERVICE({.status = 401, .fields = CHALLENGE});
	call          c = {0};

	(void)state;
	assert_ok(RUN(s, false, &c));
	assert_string_equal(s->challenge, "{\"a\":{}}");
	call_done(&c);
	assert_int_equal(RUN(again, false, &c), EXS_DENIED);
	assert_int_equal(fake_wire_requests(again->wire), 2);
	call_done(&c);
	fake_service_free(s);
	fake_service_free(again);
}

static void
a_second_401_is_a_refusal(void **state)
{
	fake_service *s = SERVICE({.status = 401});
	call          c = {0};

	(void)state;
	assert_int_equal(RUN(s, true, &c), EXS_DENIED);
	assert_int_equal(fake_wire_requests(s->wire), 2);
	assert_true(c.answered);
	assert_int_equal(c.fault.kind, FAULT_UNAUTHORIZED);
	call_done(&c);
	fake_service_free(s);
}

static void
a_redirect_is_followed_with_the_same_method_and_body(void **state)
{
	static const struct {
		int         status;
		const char *fields, *url;
	} rows[] = {
		{302, "Location: https://eur02b.outlook.office365.com/x?y=1\n", "https://eur02b.outlook.office365.com/x?y=1"},
		{307, "Location: /other\n", "https://outlook.office365.com:443/other"},
		{301, "Location: https://nam12b.outlook.office365.com:446/x?y\n", "https://nam12b.outlook.office365.com/x?y"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		fake_service *s = SERVICE({.status = rows[i].status, .fields = rows[i].fields}, GOOD);
		call          c = {0};

		assert_ok(RUN(s, false, &c));
		assert_string_equal(fake_wire_request(s->wire, 1)->url, rows[i].url);
		assert_string_equal(fake_wire_request(s->wire, 1)->method, "POST");
		assert_string_equal(fake_wire_request(s->wire, 1)->body, "{\"x\":1}");
		assert_string_equal(c.url, rows[i].url);
		call_done(&c);
		fake_service_free(s);
	}
}

static void
a_redirect_to_a_foreign_host_is_refused_before_anything_is_sent(void **state)
{
	static const char *const locations[] = {
		"Location: https://evil.example/x\n", "Location: http://outlook.office365.com/x\n",
		"Location: //evil.example/x\n", "Location: https://outlook.office365.com@evil.example/\n",
		"Location: https://outlook.office365.com:8443/\n", "Location: https://evil.example:446/\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof locations / sizeof locations[0]; i++) {
		fake_service *s = SERVICE({.status = 302, .fields = locations[i]}, GOOD);
		exs_error    *error = test_error();
		call          c = {0};

		assert_int_equal(run(s, true, &c, error), EXS_POLICY);
		assert_true(error_is(error, E_HOST));
		assert_int_equal(fake_wire_requests(s->wire), 1);
		call_done(&c);
		fake_service_free(s);
	}
}

static void
redirects_end_after_four(void **state)
{
	fake_service *s = SERVICE({.status = 302, .fields = "Location: /again\n"});
	call          c = {0};

	(void)state;
	assert_int_equal(RUN(s, true, &c), EXS_NETWORK);
	assert_int_equal(fake_wire_requests(s->wire), 5);
	call_done(&c);
	fake_service_free(s);
}

static void
a_wait_that_would_outlast_the_deadline_is_not_begun(void **state)
{
	fake_service *told = SERVICE({.status = 429, .fields = "Retry-After: 30\n"}, GOOD);
	fake_service *own = SERVICE({.failure = E_NETWORK, .arrived = true}, GOOD);
	exs_error    *error = test_error();
	call          c = {0};

	(void)state;
	told->session->deadline_ms = 20 * 1000;
	assert_int_equal(run(told, true, &c, error), EXS_THROTTLED);
	assert_int_equal(exs_error_retry_after(error), 30);
	assert_int_equal(fake_wire_requests(told->wire), 1);
	own->session->deadline_ms = 1;
	own->session->first_wait_ms = 20;
	assert_int_equal(RUN(own, true, &c), EXS_NETWORK);
	assert_int_equal(fake_wire_requests(own->wire), 1);
	call_done(&c);
	fake_service_free(told);
	fake_service_free(own);
}

static void
each_attempt_gets_what_is_left_of_the_time(void **state)
{
	fake_service *s = SERVICE({.status = 503}, GOOD);
	call          c = {0};

	(void)state;
	s->session->deadline_ms = 20 * 1000;
	s->session->first_wait_ms = 10;
	assert_ok(RUN(s, true, &c));
	assert_true(fake_wire_request(s->wire, 0)->deadline_ms <= 20 * 1000);
	assert_true(fake_wire_request(s->wire, 0)->deadline_ms > 0);
	assert_true(fake_wire_request(s->wire, 1)->deadline_ms <
	            fake_wire_request(s->wire, 0)->deadline_ms);
	call_done(&c);
	fake_service_free(s);
}

static void
a_503_that_says_when_to_come_back_is_throttling(void **state)
{
	fake_service *reads = SERVICE({.status = 503, .fields = "Retry-After: 0\n"});
	fake_service *writes = SERVICE({.status = 503, .fields = "Retry-After: 0\n"});
	call          c = {0};

	(void)state;
	assert_int_equal(RUN(reads, true, &c), EXS_THROTTLED);
	assert_int_equal(fake_wire_requests(reads->wire), 5);
	assert_int_equal(RUN(writes, false, &c), EXS_THROTTLED);
	assert_int_equal(fake_wire_requests(writes->wire), 5);
	call_done(&c);
	fake_service_free(reads);
	fake_service_free(writes);
}

static void
giving_up_stops_before_the_next_attempt(void **state)
{
	fake_service *s = SERVICE(GOOD);
	call          c = {0};

	(void)state;
	atomic_store(&s->host->gave_up, true);
	assert_int_equal(RUN(s, true, &c), EXS_CANCELLED);
	assert_int_equal(fake_wire_requests(s->wire), 0);
	call_done(&c);
	fake_service_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_carries_its_headers_and_a_new_id_each_time),
		cmocka_unit_test(only_what_is_safe_is_repeated),
		cmocka_unit_test(an_open_fate_says_so_with_its_cause_and_id),
		cmocka_unit_test(trying_ends_after_five_attempts_with_the_services_words),
		cmocka_unit_test(a_wait_longer_than_ten_minutes_is_not_waited),
		cmocka_unit_test(a_plain_401_earns_one_new_token),
		cmocka_unit_test(a_claims_challenge_is_answered_once),
		cmocka_unit_test(a_second_401_is_a_refusal),
		cmocka_unit_test(a_redirect_is_followed_with_the_same_method_and_body),
		cmocka_unit_test(a_redirect_to_a_foreign_host_is_refused_before_anything_is_sent),
		cmocka_unit_test(redirects_end_after_four),
		cmocka_unit_test(a_wait_that_would_outlast_the_deadline_is_not_begun),
		cmocka_unit_test(each_attempt_gets_what_is_left_of_the_time),
		cmocka_unit_test(a_503_that_says_when_to_come_back_is_throttling),
		cmocka_unit_test(giving_up_stops_before_the_next_attempt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
