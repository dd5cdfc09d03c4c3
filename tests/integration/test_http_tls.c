/* TLS and names that fail: each is told apart, explained, and surely did not arrive. */
#include "support/test.h"
#include "support/web_client.h"

#include <stdio.h>
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
a_good_server_is_spoken_to(void **state)
{
	tls_server     *server = tls_server_new(TLS_GOOD, greet, NULL);
	web_client      c = web_client_to(server, NULL);
	EXS_SCOPED(buf) body = BUF(1024);
	int             status;

	(void)state;
	assert_ok(web_get(&c, "/", &status, &body, test_error()));
	assert_string_equal(buf_text(&body), "hello");
	web_client_end(&c);
	tls_server_free(server);
}

static void
an_unknown_authority_is_named(void **state)
{
	tls_server *server = tls_server_new(TLS_GOOD, greet, NULL);
	web_client  c = web_client_to(server, &(exs_network){.ca_file = web_another_root()});
	exs_error  *error = web_fails(&c, E_TLS_CA);

	(void)state;
	assert_true(speaks_of(exs_error_message(error), "cannot verify localhost"));
	assert_true(speaks_of(exs_error_why(error), "CN=Test Authority"));
	assert_true(speaks_of(exs_error_why(error), "CN=localhost"));
	assert_true(speaks_of(exs_error_why(error), web_another_root()));
	assert_true(speaks_of(exs_error_fix(error), "ca-file"));
	assert_int_equal(tls_server_requests(server), 0);
	web_client_end(&c);
	tls_server_free(server);
}

static void
an_authority_that_changed_its_key_is_told_from_an_unknown_one(void **state)
{
	tls_server *server = tls_server_new(TLS_GOOD, greet, NULL);
	tls_server *other = tls_server_new(TLS_GOOD, greet, NULL); /* the same name, another key */
	web_client  c = web_client_to(server, &(exs_network){.ca_file = tls_server_ca_file(other)});
	exs_error  *error = web_fails(&c, E_TLS_CA);

	(void)state;
	assert_true(speaks_of(exs_error_why(error), "another key"));
	assert_true(speaks_of(exs_error_why(error), "CN=Test Authority"));
	web_client_end(&c);
	tls_server_free(other);
	tls_server_free(server);
}

static void
a_certificate_for_another_name_is_refused(void **state)
{
	tls_server *server = tls_server_new(TLS_WRONG_NAME, greet, NULL);
	web_client  c = web_client_to(server, NULL);
	exs_error  *error = web_fails(&c, E_TLS);

	(void)state;
	assert_true(speaks_of(exs_error_message(error), "not for localhost"));
	assert_true(speaks_of(exs_error_why(error), "other.example"));
	assert_int_equal(tls_server_requests(server), 0);
	web_client_end(&c);
	tls_server_free(server);
}

static void
an_expired_certificate_is_refused_with_its_dates(void **state)
{
	tls_server *server = tls_server_new(TLS_EXPIRED, greet, NULL);
	web_client  c = web_client_to(server, NULL);
	exs_error  *error = web_fails(&c, E_TLS);

	(void)state;
	assert_true(speaks_of(exs_error_message(error), "has expired"));
	assert_true(speaks_of(exs_error_why(error), "valid from 20"));
	assert_true(speaks_of(exs_error_why(error), "this machine's clock says 20"));
	web_client_end(&c);
	tls_server_free(server);
}

static void
tls_below_1_2_is_refused(void **state)
{
	tls_server *server = tls_server_new(TLS_OLD, greet, NULL);
	web_client  c = web_client_to(server, NULL);
	exs_error  *error = web_fails(&c, E_TLS);

	(void)state;
	assert_true(speaks_of(exs_error_message(error), "no TLS 1.2 or newer"));
	web_client_end(&c);
	tls_server_free(server);
}

static void
plain_text(tls_peer *peer, void *self)
{
	const char *request;

	(void)self;
	if (tls_read_request(peer, &request))
		tls_answer(peer, 200, "", "hello");
	tls_linger(peer);
}

static void
a_server_without_tls_is_refused(void **state)
{
	tls_server *good = tls_server_new(TLS_GOOD, greet, NULL);
	tls_server *server = tls_server_new(TLS_NONE, plain_text, NULL);
	web_client  c = web_client_to(server, &(exs_network){.ca_file = tls_server_ca_file(good),
	                                                     .connect_ms = 500});
	exs_error      *error = test_error();
	EXS_SCOPED(buf) body = BUF(1024);
	int             status;

	(void)state;
	/* it waits for a request and we for a handshake: the connect deadline decides */
	assert_int_equal(web_get(&c, "/", &status, &body, error), EXS_NETWORK);
	assert_false(http_may_have_arrived(c.client));
	assert_int_equal(tls_server_requests(server), 0);
	web_client_end(&c);
	tls_server_free(server);
	tls_server_free(good);
}

static void
roots_that_cannot_be_read_are_a_matter_of_configuration(void **state)
{
	static const char *const contents[] = {NULL, "this is no certificate\n"};
	tls_server              *server = tls_server_new(TLS_GOOD, greet, NULL);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const char *path = contents[i] == NULL ? test_path("none.pem")
		                                       : test_file("bad.pem", span_of(contents[i]), 0600);
		web_client  c = web_client_to(server, &(exs_network){.ca_file = path});
		exs_error  *error = web_fails(&c, E_FILE);

		assert_true(speaks_of(exs_error_message(error), path));
		web_client_end(&c);
	}
	tls_server_free(server);
}

static void
a_refused_connection_and_an_unknown_name_are_told_apart(void **state)
{
	exs_network how = {.size = sizeof how, .deadline_ms = 10000};
	exs_error  *error;
	int         fd;
	char        authority[128];

	(void)state;
	snprintf(authority, sizeof authority, "localhost:%u", web_dead_port(&fd));
	error = web_refuses(&how, authority, E_NETWORK);
	assert_true(speaks_of(exs_error_message(error), "no connection can be made"));
	close(fd);
	/* a label of 70 bytes cannot be asked for, so no name server is needed to refuse it */
	error = web_refuses(&how, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	                           ".invalid", E_NETWORK);
	assert_true(speaks_of(exs_error_message(error), "cannot be resolved"));
}

static void
linger_in_handshake(tls_peer *peer, void *self)
{
	(void)self;
	tls_linger(peer);
}

static void
a_handshake_that_never_ends_meets_the_connect_deadline(void **state)
{
	tls_server *server = tls_server_new(TLS_NONE, linger_in_handshake, NULL);
	char        authority[64];
	exs_error  *error;

	(void)state;
	snprintf(authority, sizeof authority, "localhost:%u", tls_server_port(server));
	error = web_refuses(&(exs_network){.size = sizeof(exs_network), .connect_ms = 300}, authority,
	                     E_TIMEOUT);
	assert_true(speaks_of(exs_error_message(error), authority));
	tls_server_free(server);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_server_is_spoken_to),
		cmocka_unit_test(an_unknown_authority_is_named),
		cmocka_unit_test(an_authority_that_changed_its_key_is_told_from_an_unknown_one),
		cmocka_unit_test(a_certificate_for_another_name_is_refused),
		cmocka_unit_test(an_expired_certificate_is_refused_with_its_dates),
		cmocka_unit_test(tls_below_1_2_is_refused),
		cmocka_unit_test(a_server_without_tls_is_refused),
		cmocka_unit_test(roots_that_cannot_be_read_are_a_matter_of_configuration),
		cmocka_unit_test(a_refused_connection_and_an_unknown_name_are_told_apart),
		cmocka_unit_test(a_handshake_that_never_ends_meets_the_connect_deadline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
