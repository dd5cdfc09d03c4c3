/* Proxies that speak TLS and want to know who we are, by the key's certificate. Against SoftHSM. */
#include "support/asking.h"

#include <stdio.h>

static softhsm hsm, noraw;

static int
make(void **state)
{
	static const char *const keys[] = {"label=main,id=01", "label=curve,id=02,type=p256", NULL};
	static const char *const rsa[] = {"label=main,id=01", NULL};

	(void)state;
	softhsm_make(&noraw, "noraw", "CKM_RSA_PKCS_KEY_PAIR_GEN,CKM_RSA_PKCS", rsa);
	softhsm_make(&hsm, "alpha", NULL, keys);
	return 0;
}

/* A proxy that speaks TLS: notes whose certificate it was shown, and joins with the server. */
typedef struct tls_proxy {
	tls_server *server;
	unsigned    to, n;
	char        certificates[SEEN_MAX][65], address[64];
} tls_proxy;

static void
relay(tls_peer *peer, void *self)
{
	tls_proxy  *p = self;
	const char *request;

	tls_peer_certificate(peer, p->certificates[p->n++ % SEEN_MAX]);
	if (!tls_read_request(peer, &request) || strncmp(request, "CONNECT ", 8) != 0)
		return;
	(void)tls_puts(peer, "HTTP/1.1 200 Connection established\r\n\r\n");
	tls_relay(peer, p->to);
}

/* Between the one who asks and the server; both roots are trusted. */
static void
put_between(tls_proxy *p, tls_flavour flavour, asking *a, const char *roots)
{
	p->to = tls_server_port(a->server);
	p->server = tls_server_new(flavour, relay, p);
	snprintf(p->address, sizeof p->address, "https://localhost:%u", tls_server_port(p->server));
	a->proxy = p->address;
	a->ca_file = asking_roots(roots, a->server, p->server);
}

static void
a_proxy_that_speaks_tls_and_asks_is_not_shown_it_unless_told(void **state)
{
	seen      s = SEEN;
	tls_proxy p = {.n = 0};
	asking    a = {.server = tls_server_new(TLS_DEMANDING, asking_issue, &s),
	               .signer = asking_signer(&hsm, "object=main")};

	(void)state;
	put_between(&p, TLS_ASKING, &a, "asking.pem");
	asking_well(&a);
	assert_int_equal(s.n, 1);
	assert_string_equal(s.certificates[0], exs_signer_describe(a.signer)->certificate_sha256);
	assert_int_equal(p.n, 1);
	assert_string_equal(p.certificates[0], "");
	tls_server_free(a.server);
	tls_server_free(p.server);
	exs_signer_free(a.signer);
}

static void
a_proxy_that_demands_one_is_shown_it_and_the_server_behind_is_not(void **state)
{
	static const char *const keys[] = {"object=main", "object=curve"};
	static const tls_flavour flavours[] = {TLS_DEMANDING, TLS_DEMANDING_12};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		seen      s = SEEN;
		tls_proxy p = {.n = 0};
		asking    a = {.server = tls_server_new(TLS_ASKING, asking_issue, &s), .by_assertion = true,
		               .proxy_asks = true, .signer = asking_signer(&hsm, keys[i % 2])};

		put_between(&p, flavours[i / 2], &a, "demanding.pem");
		asking_well(&a);
		assert_int_equal(s.n, 1);
		assert_string_equal(s.certificates[0], "");
		assert_int_equal(p.n, 1);
		assert_string_equal(p.certificates[0],
		                    exs_signer_describe(a.signer)->certificate_sha256);
		tls_server_free(a.server);
		tls_server_free(p.server);
		exs_signer_free(a.signer);
	}
}

static void
without_it_the_error_names_the_proxy_and_what_it_wants(void **state)
{
	seen      s = SEEN;
	tls_proxy p = {.n = 0};
	asking    a = {.server = tls_server_new(TLS_ASKING, asking_issue, &s), .by_assertion = true,
	               .signer = asking_signer(&hsm, "object=main")};

	(void)state;
	for (int old = 0; old <= 1; old++) {
		exs_error *error;

		put_between(&p, old ? TLS_DEMANDING_12 : TLS_DEMANDING, &a, "demanding.pem");
		error = asking_in_vain(&a, old ? E_TLS : E_PROXY);
		assert_non_null(strstr(exs_error_fix(error), "proxy-auth = tls"));
		assert_int_equal(s.n, 0);
		tls_server_free(p.server);
	}
	tls_server_free(a.server);
	exs_signer_free(a.signer);
}

static void
what_the_device_refuses_a_proxy_is_the_cause(void **state)
{
	seen      s = SEEN;
	tls_proxy p = {.n = 0};
	asking    a = {.server = tls_server_new(TLS_ASKING, asking_issue, &s), .by_assertion = true,
	               .proxy_asks = true, .signer = asking_signer(&noraw, "object=main")};

	(void)state;
	put_between(&p, TLS_DEMANDING, &a, "demanding.pem");
	(void)asking_in_vain(&a, E_KEY_MECHANISM);
	assert_int_equal(s.n, 0);
	exs_signer_free(a.signer);
	asking_use(&hsm);
	a.signer = opened(&hsm, (wish){.uri = softhsm_uri(&hsm, "object=main"),
	                               .without_certificate = true});
	(void)asking_in_vain(&a, E_CERT_ABSENT);
	tls_server_free(a.server);
	tls_server_free(p.server);
	exs_signer_free(a.signer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_proxy_that_speaks_tls_and_asks_is_not_shown_it_unless_told),
		cmocka_unit_test(a_proxy_that_demands_one_is_shown_it_and_the_server_behind_is_not),
		cmocka_unit_test(without_it_the_error_names_the_proxy_and_what_it_wants),
		cmocka_unit_test(what_the_device_refuses_a_proxy_is_the_cause),
	};

	return cmocka_run_group_tests_name("proxy_tls", tests, make, NULL);
}
