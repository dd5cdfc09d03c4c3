/* Proxies: used when they are set and nowhere else, and named when they fail. */
#include "support/test.h"
#include "support/web_client.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void
greet(tls_peer *peer, void *self)
{
	const char *request;

	(void)self;
	while (tls_read_request(peer, &request))
		tls_answer(peer, 200, "", "hello");
}

static bool
speaks_of(const char *text, const char *what)
{
	return strstr(text, what) != NULL;
}

static void
a_proxy_that_is_not_there_is_named_without_its_password(void **state)
{
	char       proxy[128], shown[64];
	int        fd;
	unsigned   port = web_dead_port(&fd);
	exs_error *error;

	(void)state;
	snprintf(proxy, sizeof proxy, "http://job:ge%%40heim@127.0.0.1:%u", port);
	snprintf(shown, sizeof shown, "http://127.0.0.1:%u", port);
	error = web_refuses(&(exs_network){.size = sizeof(exs_network), .proxy = proxy,
	                                    .deadline_ms = 10000}, "graph.example", E_PROXY);
	assert_true(speaks_of(exs_error_message(error), shown));
	assert_false(speaks_of(exs_error_message(error), "heim"));
	assert_false(speaks_of(exs_error_why(error), "heim"));
	close(fd);
	error = web_refuses(&(exs_network){.size = sizeof(exs_network), .deadline_ms = 10000,
	                                    .proxy = "http://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	                                             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.invalid:3128"},
	                     "graph.example", E_PROXY);
	assert_true(speaks_of(exs_error_message(error), "cannot be resolved"));
}

/* A proxy: refuses with the status it was given, or relays to the port. */
typedef struct proxy {
	int         status;
	unsigned    to;
	atomic_uint connects;
} proxy;

static void
serve_proxy(tls_peer *peer, void *self)
{
	proxy      *p = self;
	const char *request;

	if (!tls_read_request(peer, &request) || strncmp(request, "CONNECT ", 8) != 0)
		return;
	atomic_fetch_add(&p->connects, 1);
	if (p->status != 200) {
		tls_answer(peer, p->status, "Connection: close\r\n", "no");
		return;
	}
	(void)tls_puts(peer, "HTTP/1.1 200 Connection established\r\nX-Proxy: 1\r\n\r\n");
	tls_relay(peer, p->to);
}

static void
a_proxy_that_refuses_is_told_from_one_that_wants_a_password(void **state)
{
	proxy       p = {.status = 407};
	tls_server *server = tls_server_new(TLS_NONE, serve_proxy, &p);
	char        address[64];
	exs_network how = {.size = sizeof how, .proxy = address, .deadline_ms = 10000};
	exs_error  *error;

	(void)state;
	snprintf(address, sizeof address, "http://127.0.0.1:%u", tls_server_port(server));
	error = web_refuses(&how, "graph.example", E_PROXY);
	assert_true(speaks_of(exs_error_message(error), "wants a user name and a password"));
	p.status = 403;
	error = web_refuses(&how, "graph.example", E_PROXY);
	assert_true(speaks_of(exs_error_message(error), "refuses to connect to graph.example"));
	tls_server_free(server);
}

static void
a_proxy_is_used_when_it_is_set_and_not_for_its_exceptions(void **state)
{
	static const struct {
		const char *no_proxy;
		unsigned    connects;
	} rows[] = {{NULL, 1}, {"", 1}, {"other.example", 1}, {"localhost", 0}, {"a.example, LOCALHOST", 0},
	            {"*", 0}, {"host", 1}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		tls_server     *server = tls_server_new(TLS_GOOD, greet, NULL);
		proxy           p = {.status = 200, .to = tls_server_port(server)};
		tls_server     *relay = tls_server_new(TLS_NONE, serve_proxy, &p);
		char            address[64];
		EXS_SCOPED(buf) body = BUF(1024);
		web_client      c;
		int             status;

		snprintf(address, sizeof address, "http://127.0.0.1:%u", tls_server_port(relay));
		c = web_client_to(server, &(exs_network){.proxy = address, .no_proxy = rows[i].no_proxy});
		assert_ok(web_get(&c, "/", &status, &body, test_error()));
		assert_string_equal(buf_text(&body), "hello");
		assert_int_equal(atomic_load(&p.connects), rows[i].connects);
		web_client_end(&c);
		tls_server_free(relay);
		tls_server_free(server);
	}
}

static void
an_inspecting_proxy_is_named_with_its_authority(void **state)
{
	tls_server *server = tls_server_new(TLS_GOOD, greet, NULL);
	proxy       p = {.status = 200, .to = tls_server_port(server)};
	tls_server *relay = tls_server_new(TLS_NONE, serve_proxy, &p);
	char        address[64];
	web_client  c;

	(void)state;
	snprintf(address, sizeof address, "http://127.0.0.1:%u", tls_server_port(relay));
	c = web_client_to(server, &(exs_network){.proxy = address, .ca_file = web_another_root()});
	assert_true(speaks_of(exs_error_why(web_fails(&c, E_TLS_CA)), address));
	web_client_end(&c);
	tls_server_free(relay);
	tls_server_free(server);
}

static void
the_environment_does_not_choose_a_proxy(void **state)
{
	tls_server     *server = tls_server_new(TLS_GOOD, greet, NULL);
	web_client      c = web_client_to(server, NULL);
	EXS_SCOPED(buf) body = BUF(1024);
	int             status;

	(void)state;
	assert_int_equal(setenv("https_proxy", "http://127.0.0.1:1", 1), 0);
	assert_int_equal(setenv("ALL_PROXY", "http://127.0.0.1:1", 1), 0);
	assert_ok(web_get(&c, "/", &status, &body, test_error()));
	unsetenv("https_proxy");
	unsetenv("ALL_PROXY");
	web_client_end(&c);
	tls_server_free(server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_proxy_that_is_not_there_is_named_without_its_password),
		cmocka_unit_test(a_proxy_that_refuses_is_told_from_one_that_wants_a_password),
		cmocka_unit_test(a_proxy_is_used_when_it_is_set_and_not_for_its_exceptions),
		cmocka_unit_test(an_inspecting_proxy_is_named_with_its_authority),
		cmocka_unit_test(the_environment_does_not_choose_a_proxy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
