/* The key's certificate instead of an assertion, shown in TLS to the token endpoint (RFC 8705 section 2.1). Against SoftHSM. */
#include "sign/tlskey.h"
#include "support/asking.h"

#include <stdio.h>

static softhsm hsm, noraw;

static int
make(void **state)
{
	static const char *const keys[] = {"label=main,id=01", "label=curve,id=02,type=p256",
	                                   "label=careful,id=03,type=p256,always-auth", NULL};
	static const char *const rsa[] = {"label=main,id=01", NULL};

	(void)state;
	softhsm_make(&noraw, "noraw", "CKM_RSA_PKCS_KEY_PAIR_GEN,CKM_RSA_PKCS", rsa);
	softhsm_make(&hsm, "alpha", NULL, keys);
	return 0;
}

static void
the_key_in_the_token_proves_itself_and_nothing_is_signed_besides(void **state)
{
	static const char *const keys[] = {"object=main", "object=curve"};
	static const tls_flavour flavours[] = {TLS_DEMANDING, TLS_DEMANDING_12};

	(void)state;
	for (size_t k = 0; k < 4; k++) {
		seen   s = SEEN;
		asking a = {.server = tls_server_new(flavours[k / 2], asking_issue, &s),
		            .signer = asking_signer(&hsm, keys[k % 2])};

		asking_well(&a);
		assert_int_equal(s.n, 1);
		assert_string_equal(s.certificates[0],
		                    exs_signer_describe(a.signer)->certificate_sha256);
		assert_non_null(strstr(s.requests[0], "POST /token HTTP/1.1"));
		assert_non_null(strstr(s.requests[0],
		                       "\r\n\r\nclient_id=a-client&grant_type=client_credentials&scope=api"));
		assert_null(strstr(s.requests[0], "client_assertion"));
		tls_server_free(a.server);
		exs_signer_free(a.signer);
	}
}

static void
with_an_assertion_alone_the_error_says_what_the_server_wants(void **state)
{
	(void)state;
	for (int old = 0; old <= 1; old++) {
		seen       s = SEEN;
		asking     a = {.server = tls_server_new(old ? TLS_DEMANDING_12 : TLS_DEMANDING, asking_issue, &s),
		                .signer = asking_signer(&hsm, "object=main"),
		                .by_assertion = true};

		assert_non_null(strstr(exs_error_fix(asking_in_vain(&a, E_TLS)), "client-auth = tls"));
		assert_int_equal(s.n, 0);
		tls_server_free(a.server);
		exs_signer_free(a.signer);
	}
}

static void
each_token_is_asked_for_with_a_proof_of_its_own(void **state)
{
	seen   s = SEEN;
	asking a = {.server = tls_server_new(TLS_DEMANDING, asking_issue, &s),
	            .signer = asking_signer(&hsm, "object=curve")};
	EXS_AUTO(exs_credential) *credential = asking_credential(&a);

	(void)state;
	for (unsigned i = 1; i <= 3; i++) {
		exs_bearer *bearer = NULL;

		assert_ok(exs_credential_bearer(credential, "api", EXS_FETCH_NEW, &bearer, test_error()));
		exs_bearer_free(bearer);
		assert_int_equal(tls_server_connections(a.server), i);
	}
	exs_credential_free(credential);
	credential = NULL;
	tls_server_free(a.server);
	exs_signer_free(a.signer);
}

static void
get(http_client *client, unsigned port, const http_presence *presence)
{
	http_response *response = NULL;
	EXS_SCOPED(buf) body = BUF(4096);
	char           address[64];
	http_request   request = {.method = "GET", .url = address, .presence = presence};

	snprintf(address, sizeof address, "https://localhost:%u/", port);
	assert_ok(http_open(client, &request, &response, test_error()));
	assert_ok(http_read_all(response, &body, test_error()));
	http_response_free(response);
}

static void
another_host_that_asks_is_not_shown_the_certificate(void **state)
{
	seen   s = SEEN, other = SEEN;
	asking a = {.server = tls_server_new(TLS_DEMANDING, asking_issue, &s),
	            .signer = asking_signer(&hsm, "object=main")};
	tls_server *graph = tls_server_new(TLS_ASKING, asking_issue, &other);
	http_client *client = NULL;
	EXS_AUTO(exs_credential) *credential = NULL;
	exs_bearer *bearer = NULL;

	(void)state;
	a.ca_file = asking_roots("both.pem", a.server, graph);
	snprintf(a.graph, sizeof a.graph, "https://localhost:%u", tls_server_port(graph));
	credential = asking_credential(&a);
	assert_ok(exs_credential_bearer(credential, "api", EXS_FETCH_NEW, &bearer, test_error()));
	exs_bearer_free(bearer);
	assert_ok(credential_client(credential, &client, test_error()));
	get(client, tls_server_port(graph), NULL);
	assert_int_equal(other.n, 1);
	assert_string_equal(other.certificates[0], "");
	assert_int_equal(strlen(s.certificates[0]), 64);
	http_client_free(client);
	tls_server_free(graph);
	tls_server_free(a.server);
	exs_credential_free(credential);
	credential = NULL;
	exs_signer_free(a.signer);
}

static void
a_connection_with_the_certificate_is_never_used_again(void **state)
{
	seen          s = SEEN;
	tls_server   *server = tls_server_new(TLS_ASKING, asking_issue, &s);
	exs_signer   *signer = asking_signer(&hsm, "object=curve");
	exs_network   how = {.size = sizeof how, .ca_file = tls_server_ca_file(server)};
	char          host[32];
	const char   *hosts[] = {host, NULL};
	http_client  *client = NULL;
	tlskey        key = {0};
	http_presence presence = {tlskey_show, NULL, &key};

	(void)state;
	snprintf(host, sizeof host, "localhost:%u", tls_server_port(server));
	assert_ok(http_client_new(test_context(), &how, hosts, &client, test_error()));
	assert_ok(tlskey_open(signer, &key, test_error()));
	for (size_t i = 0; i < 5; i++) {
		bool shown = i == 1 || i == 2;

		get(client, tls_server_port(server), shown ? &presence : NULL);
		assert_int_equal(strlen(s.certificates[i]), shown ? 64 : 0);
	}
	/* those without keep theirs */
	assert_int_equal(tls_server_connections(server), 3);
	http_client_free(client);
	tlskey_done(&key);
	tls_server_free(server);
	exs_signer_free(signer);
}

static void
what_the_device_refuses_is_the_cause_and_not_the_handshake(void **state)
{
	seen             s = SEEN;
	pin_giver        giver = {.pin = hsm.pin};
	exs_signer_options options = softhsm_options(&hsm, softhsm_uri(&hsm, "object=careful"), &giver);
	asking           a = {.server = tls_server_new(TLS_DEMANDING, asking_issue, &s)};

	(void)state;
	assert_ok(exs_signer_open(test_context(), &options, &a.signer, test_error()));
	giver.refuse = EXS_CANCELLED;
	assert_int_equal(asking_ask(&a, test_error()), EXS_CANCELLED);
	giver.refuse = EXS_OK;
	asking_well(&a);
	assert_int_equal(s.n, 1);
	tls_server_free(a.server);
	exs_signer_free(a.signer);
}

static void
a_device_without_pss_is_told_as_such_and_with_rs256_serves_tls_1_2(void **state)
{
	seen   s = SEEN;
	asking a = {.server = tls_server_new(TLS_DEMANDING, asking_issue, &s),
	            .signer = asking_signer(&noraw, "object=main")};

	(void)state;
	(void)asking_in_vain(&a, E_KEY_MECHANISM);
	assert_int_equal(s.n, 0);
	exs_signer_free(a.signer);
	a.signer = opened(&noraw, (wish){.uri = softhsm_uri(&noraw, "object=main"),
	                                 .alg = EXS_ALG_RS256});
	asking_well(&a);
	assert_int_equal(s.n, 1);
	tls_server_free(a.server);
	exs_signer_free(a.signer);
}

static void
without_a_certificate_nothing_is_sent(void **state)
{
	seen   s = SEEN;
	asking a = {.server = tls_server_new(TLS_DEMANDING, asking_issue, &s)};

	(void)state;
	asking_use(&hsm);
	a.signer = opened(&hsm, (wish){.uri = softhsm_uri(&hsm, "object=main"),
	                               .without_certificate = true});
	(void)asking_in_vain(&a, E_CERT_ABSENT);
	assert_int_equal(tls_server_connections(a.server), 0);
	tls_server_free(a.server);
	exs_signer_free(a.signer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_key_in_the_token_proves_itself_and_nothing_is_signed_besides),
		cmocka_unit_test(with_an_assertion_alone_the_error_says_what_the_server_wants),
		cmocka_unit_test(each_token_is_asked_for_with_a_proof_of_its_own),
		cmocka_unit_test(another_host_that_asks_is_not_shown_the_certificate),
		cmocka_unit_test(a_connection_with_the_certificate_is_never_used_again),
		cmocka_unit_test(what_the_device_refuses_is_the_cause_and_not_the_handshake),
		cmocka_unit_test(a_device_without_pss_is_told_as_such_and_with_rs256_serves_tls_1_2),
		cmocka_unit_test(without_a_certificate_nothing_is_sent),
	};

	return cmocka_run_group_tests_name("grant_tls", tests, make, NULL);
}
