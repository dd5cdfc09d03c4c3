/* Requests and answers over real TLS: kept connections, cookies, streams, and everything that breaks off. */
#include "http/transport_curl.h"
#include "support/test.h"
#include "support/web_client.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BIG = 64 * 1024 * 1024 };

static atomic_size_t written;

/* Answers by path. */
static void
serve(tls_peer *peer, void *self)
{
	const char *request;

	(void)self;
	while (tls_read_request(peer, &request)) {
		static const char zeros[64 * 1024];
		const char       *path = strchr(request, '/');
		char              number[64];

		snprintf(number, sizeof number, "connection %u", tls_peer_number(peer));
		if (span_starts(span_of(path), "/number "))
			tls_answer(peer, 200, "", number);
		else if (span_starts(span_of(path), "/cookie "))
			tls_answer(peer, 200, "Set-Cookie: affinity=a1; Secure; Path=/\r\n",
			           strstr(request, "Cookie: affinity=a1") != NULL ? "seen" : "new");
		else if (span_starts(span_of(path), "/echo "))
			tls_answer(peer, 200, "", request);
		else if (span_starts(span_of(path), "/redirect "))
			tls_answer(peer, 302, "Location: https://localhost:1/elsewhere\r\n", "moved");
		else if (span_starts(span_of(path), "/informed ")) {
			(void)tls_puts(peer, "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n");
			tls_answer(peer, 200, "X-Late: 1\r\n", "ok");
		} else if (span_starts(span_of(path), "/half ")) {
			(void)tls_puts(peer, "HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nhalf");
			return;
		} else if (span_starts(span_of(path), "/chunk ")) {
			(void)tls_puts(peer, "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
			return;
		} else if (span_starts(span_of(path), "/silent ")) {
			tls_linger(peer);
			return;
		} else if (span_starts(span_of(path), "/stall ")) {
			(void)tls_puts(peer, "HTTP/1.1 200 X\r\nContent-Length: 100\r\n\r\nhalf");
			tls_linger(peer);
			return;
		} else if (span_starts(span_of(path), "/close "))
			return;
		else if (span_starts(span_of(path), "/reset ")) {
			tls_reset(peer);
			return;
		} else if (span_starts(span_of(path), "/nonsense ")) {
			(void)tls_puts(peer, "SSH-2.0-OpenSSH_9.2\r\n\r\n");
			return;
		} else if (span_starts(span_of(path), "/header ")) {
			(void)tls_puts(peer, "HTTP/1.1 200 X\r\n");
			for (int i = 0; i < 2000; i++)
				if (!tls_puts(peer, "X-Long: 0123456789012345678901234567890123456789\r\n"))
					return;
			return;
		} else if (span_starts(span_of(path), "/big ")) {
			(void)tls_puts(peer, "HTTP/1.1 200 X\r\nContent-Length: 67108864\r\n\r\n");
			for (size_t i = 0; i < BIG; i += sizeof zeros) {
				if (!tls_write(peer, zeros, sizeof zeros))
					return;
				atomic_fetch_add(&written, sizeof zeros);
			}
		} else
			tls_answer(peer, 404, "", "no such page");
	}
}

typedef struct scene {
	tls_server *server;
	web_client  client;
} scene;

static scene
scene_new(const exs_network *network)
{
	scene s = {.server = tls_server_new(TLS_GOOD, serve, NULL)};

	s.client = web_client_to(s.server, network);
	return s;
}

static void
scene_end(scene *s)
{
	web_client_end(&s->client);
	tls_server_free(s->server);
}

static void
expect(scene *s, const char *path, int status, const char *text)
{
	EXS_SCOPED(buf) body = BUF(64 * 1024);
	int             got = 0;

	assert_ok(web_get(&s->client, path, &got, &body, test_error()));
	assert_int_equal(got, status);
	assert_string_equal(buf_text(&body), text);
}

static void
a_connection_is_kept(void **state)
{
	scene s = scene_new(NULL);

	(void)state;
	for (int i = 0; i < 5; i++)
		expect(&s, "/number", 200, "connection 1");
	assert_int_equal(tls_server_connections(s.server), 1);
	scene_end(&s);
}

static void
cookies_live_as_long_as_the_client(void **state)
{
	scene      s = scene_new(NULL);
	web_client other = web_client_to(s.server, NULL);

	(void)state;
	expect(&s, "/cookie", 200, "new");
	expect(&s, "/cookie", 200, "seen");
	web_client_end(&s.client);
	s.client = other;
	expect(&s, "/cookie", 200, "new");
	scene_end(&s);
}

static void
a_request_holds_what_was_asked_and_nothing_else(void **state)
{
	scene                    s = scene_new(NULL);
	EXS_AUTO(http_response) *response = NULL;
	EXS_AUTO(secret)        *bearer = NULL;
	EXS_SCOPED(buf)          body = BUF(64 * 1024);
	char                     url[64], host[64];

	(void)state;
	snprintf(url, sizeof url, "https://localhost:%u/echo", s.client.port);
	snprintf(host, sizeof host, "Host: localhost:%u\r\n", s.client.port);
	assert_ok(secret_new(span_of("geheim"), &bearer, test_error()));
	assert_ok(http_open(s.client.client,
	                    &(http_request){.method = "POST", .url = url, .bearer = bearer,
	                                    .headers = {{"Content-Type", "application/json"},
	                                                {"X-Empty", ""}},
	                                    .n_headers = 2, .body = span_of("{\"a\":1}")},
	                    &response, test_error()));
	assert_ok(http_read_all(response, &body, test_error()));
	assert_true(span_starts(buf_span(&body), "POST /echo HTTP/1.1\r\n"));
	assert_non_null(strstr(buf_text(&body), host));
	assert_non_null(strstr(buf_text(&body), "\r\nAuthorization: Bearer geheim\r\n"));
	assert_non_null(strstr(buf_text(&body), "\r\nContent-Type: application/json\r\n"));
	assert_non_null(strstr(buf_text(&body), "\r\nContent-Length: 7\r\n"));
	assert_non_null(strstr(buf_text(&body), "\r\nAccept-Encoding: gzip\r\n"));
	assert_non_null(strstr(buf_text(&body), "\r\nX-Empty:\r\n"));
	assert_null(strstr(buf_text(&body), "Expect:"));
	assert_non_null(strstr(buf_text(&body), "\r\n\r\n{\"a\":1}"));
	http_response_free(response);
	response = NULL;
	scene_end(&s);
}

static void
a_redirect_is_an_answer_and_is_not_followed(void **state)
{
	scene                    s = scene_new(NULL);
	EXS_AUTO(http_response) *response = NULL;

	(void)state;
	assert_ok(web_open(&s.client, "POST", "/redirect", &response, test_error()));
	assert_int_equal(http_status(response), 302);
	assert_string_equal(http_header_value(response, "location"), "https://localhost:1/elsewhere");
	assert_int_equal(tls_server_requests(s.server), 1);
	http_response_free(response);
	response = NULL;
	scene_end(&s);
}

static void
early_hints_are_not_the_answer(void **state)
{
	scene                    s = scene_new(NULL);
	EXS_AUTO(http_response) *response = NULL;

	(void)state;
	assert_ok(web_open(&s.client, "GET", "/informed", &response, test_error()));
	assert_int_equal(http_status(response), 200);
	assert_string_equal(http_header_value(response, "X-Late"), "1");
	assert_null(http_header_value(response, "X-Early"));
	http_response_free(response);
	response = NULL;
	scene_end(&s);
}

static void
what_breaks_off_is_never_an_end(void **state)
{
	static const struct {
		const char *path;
		error_id    id;
	} rows[] = {
		{"/half", E_NETWORK},   {"/chunk", E_NETWORK},    {"/close", E_NETWORK},
		{"/reset", E_NETWORK},  {"/nonsense", E_ANSWER},  {"/header", E_ANSWER_SIZE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		scene           s = scene_new(NULL);
		EXS_SCOPED(buf) body = BUF(64 * 1024);
		int             status;
		exs_error      *error = test_error();
		exs_status      got = web_get(&s.client, rows[i].path, &status, &body, error);

		print_message("%s: %s (%s)\n", rows[i].path, exs_error_message(error), exs_error_why(error));
		assert_non_null(strstr(exs_error_message(error), "localhost"));
		assert_fails(got, error, rows[i].id);
		assert_true(http_may_have_arrived(s.client.client));
		expect(&s, "/number", 200, "connection 2"); /* the client is as good as before */
		scene_end(&s);
	}
}

static void
a_kept_connection_that_dies_is_not_silently_tried_again(void **state)
{
	scene           s = scene_new(NULL);
	EXS_SCOPED(buf) body = BUF(64 * 1024);
	int             status;

	(void)state;
	expect(&s, "/number", 200, "connection 1");
	assert_fails(web_get(&s.client, "/close", &status, &body, test_error()), test_error(), E_NETWORK);
	assert_true(http_may_have_arrived(s.client.client));
	assert_int_equal(tls_server_requests(s.server), 2);
	scene_end(&s);
}

static void
silence_meets_the_deadline(void **state)
{
	scene           s = scene_new(&(exs_network){.deadline_ms = 300});
	EXS_SCOPED(buf) body = BUF(64 * 1024);
	int             status;

	(void)state;
	assert_fails(web_get(&s.client, "/silent", &status, &body, test_error()), test_error(), E_TIMEOUT);
	assert_true(http_may_have_arrived(s.client.client));
	assert_fails(web_get(&s.client, "/stall", &status, &body, test_error()), test_error(), E_TIMEOUT);
	scene_end(&s);
}

static void
a_body_that_stops_is_given_up_before_the_deadline(void **state)
{
	scene             s = scene_new(NULL);
	transport_curl   *t = NULL;
	void             *exchange = NULL;
	transport_head    head;
	char              url[64];
	transport_request request = {.method = "GET", .url = url, .connect_ms = 5000,
	                             .deadline_ms = 600000, .stall_ms = 200};
	exs_network       how = {.size = sizeof how, .ca_file = tls_server_ca_file(s.server)};
	exs_error        *error = test_error();
	span              piece;

	(void)state;
	snprintf(url, sizeof url, "https://localhost:%u/stall", s.client.port);
	assert_ok(transport_curl_new(s.client.host->context, &how, &t, error));
	assert_ok(transport_curl_ops.open(t, &request, &exchange, &head, error));
	assert_int_equal(head.status, 200);
	assert_ok(transport_curl_ops.read(t, exchange, &piece, error));
	assert_span(piece, "half");
	assert_int_equal(transport_curl_ops.read(t, exchange, &piece, error), EXS_NETWORK);
	assert_non_null(strstr(exs_error_message(error), "stopped in the middle"));
	transport_curl_ops.end(t, exchange);
	transport_curl_ops.close(t);
	scene_end(&s);
}

static void
giving_up_is_noticed_while_waiting(void **state)
{
	scene           s = scene_new(NULL);
	EXS_SCOPED(buf) body = BUF(64 * 1024);
	int             status;

	(void)state;
	atomic_store(&s.client.host->gave_up, true);
	assert_fails(web_get(&s.client, "/silent", &status, &body, test_error()), test_error(),
	             E_INTERRUPTED);
	scene_end(&s);
}

static void
nobody_reads_ahead_of_the_reader(void **state)
{
	scene                    s = scene_new(NULL);
	EXS_AUTO(http_response) *response = NULL;
	span                     piece;
	size_t                   total = 0;

	(void)state;
	atomic_store(&written, 0);
	assert_ok(web_open(&s.client, "GET", "/big", &response, test_error()));
	for (int i = 0; i < 20; i++) {
		assert_ok(http_read(response, &piece, test_error()));
		total += piece.len;
		nanosleep(&(struct timespec){.tv_nsec = 20 * 1000000}, NULL);
	}
	/* what is on the way fills the sockets' rooms and ours, and no more */
	assert_true(atomic_load(&written) - total < 16 * 1024 * 1024);
	do {
		assert_ok(http_read(response, &piece, test_error()));
		total += piece.len;
	} while (piece.len > 0);
	assert_int_equal(total, BIG);
	http_response_free(response);
	response = NULL;
	scene_end(&s);
}

static void
an_answer_may_be_left_half_read(void **state)
{
	scene          s = scene_new(NULL);
	http_response *response = NULL;
	span           piece;

	(void)state;
	assert_ok(web_open(&s.client, "GET", "/big", &response, test_error()));
	assert_ok(http_read(response, &piece, test_error()));
	http_response_free(response);
	expect(&s, "/number", 200, "connection 2");
	scene_end(&s);
}

static void
two_answers_may_be_open_at_once(void **state)
{
	scene          s = scene_new(NULL);
	http_response *big = NULL;
	span           piece;

	(void)state;
	assert_ok(web_open(&s.client, "GET", "/big", &big, test_error()));
	expect(&s, "/number", 200, "connection 2");
	assert_ok(http_read(big, &piece, test_error()));
	assert_true(piece.len > 0);
	http_response_free(big);
	scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_is_kept),
		cmocka_unit_test(cookies_live_as_long_as_the_client),
		cmocka_unit_test(a_request_holds_what_was_asked_and_nothing_else),
		cmocka_unit_test(a_redirect_is_an_answer_and_is_not_followed),
		cmocka_unit_test(early_hints_are_not_the_answer),
		cmocka_unit_test(what_breaks_off_is_never_an_end),
		cmocka_unit_test(a_kept_connection_that_dies_is_not_silently_tried_again),
		cmocka_unit_test(silence_meets_the_deadline),
		cmocka_unit_test(a_body_that_stops_is_given_up_before_the_deadline),
		cmocka_unit_test(giving_up_is_noticed_while_waiting),
		cmocka_unit_test(nobody_reads_ahead_of_the_reader),
		cmocka_unit_test(an_answer_may_be_left_half_read),
		cmocka_unit_test(two_answers_may_be_open_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
