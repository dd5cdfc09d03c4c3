/* What may be sent, what is sent, and what of an answer is understood. */
#include "http/client.h"
#include "http/transport_ops.h"
#include "support/fake_host.h"
#include "support/fake_transport.h"
#include "support/test.h"
#include "support/torture.h"

#include <exosign/version.h>

static const char *const hosts[] = {"graph.example", "*.outlook.example", "localhost:8443", NULL};

typedef struct scene {
	fake_host   *host;
	fake_wire   *wire;
	http_client *client;
} scene;

static scene
scene_with(const fake_step *steps, size_t n, const exs_network *network)
{
	scene s = {.host = fake_host_new(), .wire = fake_wire_new(steps, n)};
	void *carrier = NULL;

	assert_ok(fake_transport_make(s.wire, &carrier, test_error()));
	assert_ok(http_client_over(s.host->context, network, hosts, &fake_transport_ops, carrier,
	                           &s.client, test_error()));
	return s;
}

static void
scene_end(scene *s)
{
	http_client_free(s->client);
	assert_int_equal(fake_wire_open_ends(s->wire), 0);
	fake_wire_free(s->wire);
	fake_host_free(s->host);
}

static const fake_step fine = {.status = 200, .fields = "Content-Type: text/plain\n", .body = "hello"};

static void
nothing_is_sent_to_a_host_outside_the_list(void **state)
{
	static const char *const foreign[] = {
		"https://evil.example/", "https://graph.example.evil.example/", "https://outlook.example/",
		"https://graph.example:8443/", "https://localhost/", "https://graph.example./",
	};
	scene s = scene_with(&fine, 1, NULL);

	(void)state;
	for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
		http_response *response = NULL;

		assert_fails(http_open(s.client, &(http_request){.method = "GET", .url = foreign[i]},
		                       &response, test_error()),
		             test_error(), E_HOST);
		assert_null(response);
		assert_false(http_may_have_arrived(s.client));
	}
	assert_fails(http_open(s.client,
	                       &(http_request){.method = "GET", .url = "http://graph.example/"}, NULL,
	                       test_error()),
	             test_error(), E_URL);
	assert_int_equal(fake_wire_requests(s.wire), 0);
	scene_end(&s);
}

static void
a_host_of_the_list_is_spoken_to(void **state)
{
	static const char *const ours[] = {"https://graph.example/v1?a=b", "https://GRAPH.example:443/",
	                                   "https://eur01.outlook.example/", "https://localhost:8443/x"};
	scene s = scene_with(&fine, 1, NULL);

	(void)state;
	for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
		EXS_AUTO(http_response) *response = NULL;
		EXS_SCOPED(buf)          body = BUF(100);

		assert_ok(http_open(s.client, &(http_request){.method = "GET", .url = ours[i]}, &response,
		                    test_error()));
		assert_int_equal(http_status(response), 200);
		assert_ok(http_read_all(response, &body, test_error()));
		assert_span(buf_span(&body), "hello");
		assert_string_equal(fake_wire_request(s.wire, i)->url, ours[i]);
	}
	scene_end(&s);
}

static void
the_bearer_travels_in_one_header_and_is_not_logged(void **state)
{
	EXS_AUTO(http_response) *response = NULL;
	EXS_AUTO(secret)        *bearer = NULL;
	scene                    s = scene_with(&fine, 1, &(exs_network){.size = sizeof(exs_network),
	                                                                 .user_agent = "job/7"});

	(void)state;
	assert_ok(secret_new(span_of("geheim"), &bearer, test_error()));
	assert_ok(http_open(s.client,
	                    &(http_request){.method = "POST",
	                                    .url = "https://graph.example/v1/x?who=anna",
	                                    .bearer = bearer,
	                                    .headers = {{"Accept", "application/json"}, {"X-Empty", ""}},
	                                    .n_headers = 2,
	                                    .body = span_of("secret body")},
	                    &response, test_error()));
	assert_string_equal(fake_header(fake_wire_request(s.wire, 0), "Authorization"), "Bearer geheim");
	assert_string_equal(fake_header(fake_wire_request(s.wire, 0), "User-Agent"),
	                    "exosign/" EXS_VERSION " job/7");
	assert_string_equal(fake_header(fake_wire_request(s.wire, 0), "Accept-Encoding"), "gzip");
	assert_non_null(strstr(fake_wire_request(s.wire, 0)->lines, "X-Empty;\n"));
	assert_non_null(strstr(fake_wire_request(s.wire, 0)->lines, "Expect:\n"));
	assert_string_equal(fake_wire_request(s.wire, 0)->body, "secret body");
	assert_int_equal(fake_host_logged(s.host, "http.answered method=POST host=graph.example "
	                                          "path=/v1/x status=200"), 1);
	assert_int_equal(fake_host_logged(s.host, "geheim"), 0);
	assert_int_equal(fake_host_logged(s.host, "anna"), 0);
	assert_int_equal(fake_host_logged(s.host, "secret body"), 0);
	http_response_free(response);
	response = NULL;
	scene_end(&s);
}

static void
a_header_cannot_become_two(void **state)
{
	static const http_header bad[] = {
		{"X-Anchor", "a\r\nAuthorization: Bearer x"}, {"X-Anchor", "a\nb"}, {"X-Anchor", "a\x01"},
		{"X: y", "z"}, {"X\n", "z"}, {"", "z"}, {"X Y", "z"},
	};
	scene s = scene_with(&fine, 1, NULL);

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		http_response *response = NULL;

		assert_fails(http_open(s.client,
		                       &(http_request){.method = "GET", .url = "https://graph.example/",
		                                       .headers = {bad[i]}, .n_headers = 1},
		                       &response, test_error()),
		             test_error(), E_USAGE);
	}
	assert_int_equal(fake_wire_requests(s.wire), 0);
	scene_end(&s);
}

static void
nobody_brings_authorization_by_hand(void **state)
{
	scene          s = scene_with(&fine, 1, NULL);
	http_response *response = NULL;

	(void)state;
	assert_fails(http_open(s.client,
	                       &(http_request){.method = "GET", .url = "https://graph.example/",
	                                       .headers = {{"authorization", "Bearer x"}},
	                                       .n_headers = 1},
	                       &response, test_error()),
	             test_error(), E_BUG);
	assert_int_equal(fake_wire_requests(s.wire), 0);
	scene_end(&s);
}

static http_response *
answer_with(scene *s, const char *fields)
{
	static fake_step step;
	http_response   *response = NULL;

	step = (fake_step){.status = 429, .fields = fields};
	*s = scene_with(&step, 1, NULL);
	assert_ok(http_open(s->client, &(http_request){.method = "GET", .url = "https://graph.example/"},
	                    &response, test_error()));
	return response;
}

static void
headers_are_found_in_any_case_and_cleaned(void **state)
{
	scene          s;
	http_response *r = answer_with(&s, "x-Diag:  a\tb \r\nX-DIAG: second\r\nnonsense\r\n"
	                                   ": nameless\r\nempty:\r\nDate: " FAKE_NOW_DATE "\r\n");
	int64_t        date = 0;

	(void)state;
	assert_string_equal(http_header_value(r, "X-diag"), "a b");
	assert_string_equal(http_header_value(r, "Empty"), "");
	assert_null(http_header_value(r, "nonsense"));
	assert_null(http_header_value(r, "a b"));
	assert_true(http_date(r, &date));
	assert_int_equal(date, FAKE_NOW);
	http_response_free(r);
	scene_end(&s);
}

static void
retry_after_is_a_delay_or_a_date(void **state)
{
	static const struct {
		const char *fields;
		int64_t     seconds;
	} rows[] = {
		{"", -1},
		{"Retry-After: 17\n", 17},
		{"Retry-After: 0\n", 0},
		{"Retry-After: 99999999999999999999\n", -1},
		{"Retry-After: 200000\n", 86400},
		{"Retry-After: -5\n", -1},
		{"Retry-After: 1.5\n", -1},
		{"Retry-After: soon\n", -1},
		{"Retry-After: Sat, 21 Nov 2026 22:31:00 GMT\n", 60},
		{"Retry-After: Sat, 21 Nov 2026 22:29:00 GMT\n", 0},
		{"Retry-After: Sat, 21 Nov 2026 22:31:00 GMT\nDate: Sat, 21 Nov 2026 22:30:50 GMT\n", 10},
		{"Retry-After: Sat, 21 Nov 2099 22:31:00 GMT\n", 86400},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		scene          s;
		http_response *r = answer_with(&s, rows[i].fields);

		if (http_retry_after(r) != rows[i].seconds)
			fail_msg("%s gives %lld", rows[i].fields, (long long)http_retry_after(r));
		http_response_free(r);
		scene_end(&s);
	}
}

static void
an_answer_above_its_ceiling_is_an_error(void **state)
{
	static const fake_step step = {.status = 200, .body = "0123456789", .piece = 3};
	scene                  s = scene_with(&step, 1, NULL);
	http_response         *r = NULL;
	EXS_SCOPED(buf)        small = BUF(9);
	EXS_SCOPED(buf)        enough = BUF(10);

	(void)state;
	assert_ok(http_open(s.client, &(http_request){.method = "GET", .url = "https://graph.example/"}, &r,
	                    test_error()));
	assert_fails(http_read_all(r, &small, test_error()), test_error(), E_ANSWER_SIZE);
	http_response_free(r);
	assert_ok(http_open(s.client, &(http_request){.method = "GET", .url = "https://graph.example/"}, &r,
	                    test_error()));
	assert_ok(http_read_all(r, &enough, test_error()));
	http_response_free(r);
	scene_end(&s);
}

static void
a_broken_off_answer_is_never_an_end(void **state)
{
	static const fake_step step = {.status = 200, .body = "half", .failure = E_NETWORK};
	scene                  s = scene_with(&step, 1, NULL);
	http_response         *r = NULL;
	EXS_SCOPED(buf)        body = BUF(100);

	(void)state;
	assert_ok(http_open(s.client, &(http_request){.method = "GET", .url = "https://graph.example/"}, &r,
	                    test_error()));
	assert_fails(http_read_all(r, &body, test_error()), test_error(), E_NETWORK);
	assert_true(http_may_have_arrived(s.client));
	http_response_free(r);
	scene_end(&s);
}

static void
a_failed_request_tells_whether_it_may_have_arrived(void **state)
{
	static const fake_step steps[] = {{.failure = E_NETWORK}, {.failure = E_TIMEOUT, .arrived = true}};
	scene                  s = scene_with(steps, 2, NULL);
	http_response         *r = NULL;
	http_request           request = {.method = "POST", .url = "https://graph.example/"};

	(void)state;
	assert_fails(http_open(s.client, &request, &r, test_error()), test_error(), E_NETWORK);
	assert_false(http_may_have_arrived(s.client));
	assert_fails(http_open(s.client, &request, &r, test_error()), test_error(), E_TIMEOUT);
	assert_true(http_may_have_arrived(s.client));
	assert_int_equal(fake_host_logged(s.host, "http.failed"), 2);
	scene_end(&s);
}

static void
deadlines_are_the_requests_or_the_clients_or_ours(void **state)
{
	scene          s = scene_with(&fine, 1, &(exs_network){.size = sizeof(exs_network),
	                                                       .deadline_ms = 5000, .connect_ms = 4000});
	http_request   request = {.method = "GET", .url = "https://graph.example/"};
	http_response *r = NULL;

	(void)state;
	assert_ok(http_open(s.client, &request, &r, test_error()));
	http_response_free(r);
	request.deadline_ms = 1000;
	assert_ok(http_open(s.client, &request, &r, test_error()));
	http_response_free(r);
	assert_int_equal(fake_wire_request(s.wire, 0)->deadline_ms, 5000);
	assert_int_equal(fake_wire_request(s.wire, 0)->connect_ms, 4000);
	assert_int_equal(fake_wire_request(s.wire, 1)->deadline_ms, 1000);
	assert_int_equal(fake_wire_request(s.wire, 1)->connect_ms, 1000);
	assert_int_equal(fake_wire_request(s.wire, 1)->stall_ms, 1000);
	scene_end(&s);
	s = scene_with(&fine, 1, NULL);
	assert_ok(http_open(s.client, &(http_request){.method = "GET", .url = "https://graph.example/"}, &r,
	                    test_error()));
	http_response_free(r);
	assert_int_equal(fake_wire_request(s.wire, 0)->deadline_ms, 960000);
	assert_int_equal(fake_wire_request(s.wire, 0)->connect_ms, 30000);
	assert_int_equal(fake_wire_request(s.wire, 0)->stall_ms, 120000);
	scene_end(&s);
}

static exs_status
one_request(void *self, exs_error *error)
{
	scene                   *s = self;
	EXS_AUTO(http_client)   *client = NULL;
	EXS_AUTO(http_response) *response = NULL;
	EXS_AUTO(secret)        *bearer = NULL;
	EXS_SCOPED(buf)          body = BUF(100);
	void                    *carrier = NULL;
	exs_status               status;

	assert_ok(fake_transport_make(s->wire, &carrier, NULL));
	status = http_client_over(s->host->context, NULL, hosts, &fake_transport_ops, carrier, &client,
	                          error);
	if (status != EXS_OK) {
		assert_null(client);
		fake_transport_ops.close(carrier);
		return status;
	}
	EXS_TRY(secret_new(span_of("geheim"), &bearer, error));
	EXS_TRY(http_open(client,
	                  &(http_request){.method = "GET", .url = "https://graph.example/", .bearer = bearer},
	                  &response, error));
	return http_read_all(response, &body, error);
}

static void
every_allocation_may_fail(void **state)
{
	scene s = scene_with(&fine, 1, NULL);

	(void)state;
	/* a log line without its host is worth more than a request that fails for it */
	assert_true(torture_lenient(one_request, &s) > 5);
	scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_sent_to_a_host_outside_the_list),
		cmocka_unit_test(a_host_of_the_list_is_spoken_to),
		cmocka_unit_test(the_bearer_travels_in_one_header_and_is_not_logged),
		cmocka_unit_test(a_header_cannot_become_two),
		cmocka_unit_test(nobody_brings_authorization_by_hand),
		cmocka_unit_test(headers_are_found_in_any_case_and_cleaned),
		cmocka_unit_test(retry_after_is_a_delay_or_a_date),
		cmocka_unit_test(an_answer_above_its_ceiling_is_an_error),
		cmocka_unit_test(a_broken_off_answer_is_never_an_end),
		cmocka_unit_test(a_failed_request_tells_whether_it_may_have_arrived),
		cmocka_unit_test(deadlines_are_the_requests_or_the_clients_or_ours),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
