/* Clouds, and who we are in them: checked before anything is signed or sent. */
#include "oauth/identity.h"
#include "http/url.h"
#include "support/test.h"
#include "support/torture.h"

#define CLIENT "0b6f9080-5158-4f66-bac1-09028afdaa0e"
#define TENANT "1db1876a-3c6d-4a06-8fa4-a601e67d5388"

static exs_identity
someone(void)
{
	return (exs_identity){.size = sizeof(exs_identity), .tenant = TENANT, .client_id = CLIENT};
}

static bool
has_host(const identity *id, const char *host)
{
	for (size_t i = 0; id->hosts[i] != NULL; i++)
		if (strcmp(id->hosts[i], host) == 0)
			return true;
	return false;
}

static void
every_cloud_is_whole_and_its_origins_are_its_hosts(void **state)
{
	const char *const *names = cloud_names();
	size_t             n = 0;

	(void)state;
	for (; names[n] != NULL; n++) {
		const cloud *c = cloud_find(names[n]);

		assert_non_null(c);
		assert_string_equal(c->name, names[n]);
		for (int e = CLOUD_LOGIN; e < CLOUD_ENDPOINTS; e++) {
			bool listed = false;
			url  u;

			if (c->origins[e][0] == '\0')
				continue;
			assert_ok(url_parse(c->origins[e], &u, test_error()));
			for (size_t h = 0; c->hosts[h] != NULL; h++)
				listed = listed || url_matches(&u, c->hosts[h]);
			assert_true(listed);
		}
		for (int e = CLOUD_GRAPH; e < CLOUD_ENDPOINTS; e++)
			assert_true(span_ends_nocase(span_of(c->scopes[e]), "/.default"));
	}
	assert_int_equal(n, 5);
	assert_null(cloud_find("Public"));
	assert_null(cloud_find(""));
}

static void
no_cloud_lists_a_host_of_another(void **state)
{
	const char *const *names = cloud_names();

	(void)state;
	for (size_t a = 0; names[a] != NULL; a++)
		for (size_t b = 0; names[b] != NULL; b++) {
			url         u;
			const char *origin = cloud_find(names[b])->origins[CLOUD_EXCHANGE];

			if (a == b || origin[0] == '\0')
				continue;
			assert_ok(url_parse(origin, &u, test_error()));
			for (size_t h = 0; cloud_find(names[a])->hosts[h] != NULL; h++)
				assert_false(url_matches(&u, cloud_find(names[a])->hosts[h]));
		}
}

static void
the_public_cloud_is_the_default(void **state)
{
	EXS_AUTO(identity) *id = NULL;
	exs_identity        who = someone();

	(void)state;
	assert_ok(identity_new(&who, &id, test_error()));
	assert_string_equal(id->cloud->name, "public");
	assert_string_equal(id->token_endpoint,
	                    "https://login.microsoftonline.com/" TENANT "/oauth2/v2.0/token");
	assert_string_equal(id->audience, id->token_endpoint);
	assert_string_equal(id->grant_hosts[0], "login.microsoftonline.com:443");
	assert_null(id->grant_hosts[1]);
	assert_true(id->entra);
	assert_int_equal(id->lifetime, 600);
}

static void
an_override_adds_exactly_itself(void **state)
{
	EXS_AUTO(identity) *id = NULL;
	exs_identity        who = someone();

	(void)state;
	who.endpoint_exchange = "https://Exchange.Corp.example:8443/";
	who.endpoint_graph = "https://graph.corp.example";
	assert_ok(identity_new(&who, &id, test_error()));
	assert_string_equal(id->origins[CLOUD_EXCHANGE], "https://exchange.corp.example:8443");
	assert_string_equal(id->origins[CLOUD_GRAPH], "https://graph.corp.example");
	assert_string_equal(id->origins[CLOUD_LOGIN], "https://login.microsoftonline.com");
	assert_true(has_host(id, "exchange.corp.example:8443"));
	assert_true(has_host(id, "graph.corp.example:443"));
	assert_true(has_host(id, "outlook.office365.com"));
	assert_false(has_host(id, "corp.example"));
}

static void
a_bearer_does_not_follow_the_token_endpoint(void **state)
{
	EXS_AUTO(identity) *id = NULL;
	exs_identity        who = {.size = sizeof who, .client_id = "any id of theirs",
	                           .token_endpoint = "https://sso.example/realms/x/token"};

	(void)state;
	assert_fails(identity_new(&who, &id, test_error()), test_error(), E_CONFIG_VALUE);
	who.client_id = "any-id-of-theirs";
	assert_ok(identity_new(&who, &id, test_error()));
	assert_false(id->entra);
	assert_string_equal(id->grant_hosts[0], "sso.example:443");
	assert_false(has_host(id, "sso.example:443"));
}

static void
a_certificate_instead_of_an_assertion_is_for_other_issuers_than_entra(void **state)
{
	EXS_AUTO(identity) *id = NULL;
	exs_identity        who = someone();

	(void)state;
	who.tls_client_auth = true;
	assert_fails(identity_new(&who, &id, test_error()), test_error(), E_CONFIG_VALUE);
	who.token_endpoint = "https://sso.example/token";
	assert_ok(identity_new(&who, &id, test_error()));
	assert_true(id->tls_client_auth);
}

static void
the_sandbox_is_this_machine_or_nothing(void **state)
{
	static const char *const here[] = {"https://localhost:1", "https://127.0.0.1:1",
	                                   "https://[::1]:1", "https://LOCALHOST:1"};
	static const char *const elsewhere[] = {"https://login.microsoftonline.com",
	                                        "https://localhost.example:1", "https://127.0.0.2:1",
	                                        "https://192.0.2.1:1"};
	exs_identity who = someone();

	(void)state;
	who.cloud = "sandbox";
	for (size_t i = 0; i < 4; i++) {
		EXS_AUTO(identity) *id = NULL;

		who.endpoint_login = here[i];
		assert_ok(identity_new(&who, &id, test_error()));
		assert_string_equal(id->origins[CLOUD_EXCHANGE], "");
		assert_null(id->hosts[1]);
	}
	for (size_t i = 0; i < 4; i++) {
		identity *id = NULL;

		who.endpoint_login = elsewhere[i];
		assert_fails(identity_new(&who, &id, test_error()), test_error(), E_CONFIG_VALUE);
		who.endpoint_login = here[0];
		who.token_endpoint = elsewhere[i];
		assert_fails(identity_new(&who, &id, test_error()), test_error(), E_CONFIG_VALUE);
		who.token_endpoint = NULL;
		who.endpoint_vault = elsewhere[i];
		assert_fails(identity_new(&who, &id, test_error()), test_error(), E_CONFIG_VALUE);
		who.endpoint_vault = NULL;
	}
	who.endpoint_login = NULL;
	assert_fails(identity_new(&who, NULL, test_error()), test_error(), E_CONFIG_MISSING);
}

static void
what_cannot_be_is_refused_with_the_settings_name(void **state)
{
	static const struct {
		const char *tenant, *client, *organization, *cloud, *login;
		int64_t     lifetime;
		error_id    id;
		const char *named;
	} rows[] = {
		{"", CLIENT, NULL, NULL, NULL, 0, E_CONFIG_MISSING, "tenant"},
		{TENANT, "", NULL, NULL, NULL, 0, E_CONFIG_MISSING, "client-id"},
		{TENANT, "my-app", NULL, NULL, NULL, 0, E_CONFIG_VALUE, "client-id"},
		{TENANT, CLIENT "x", NULL, NULL, NULL, 0, E_CONFIG_VALUE, "client-id"},
		{"common", CLIENT, NULL, NULL, NULL, 0, E_CONFIG_VALUE, "tenant"},
		{"a/b.example", CLIENT, NULL, NULL, NULL, 0, E_CONFIG_VALUE, "tenant"},
		{"../x.example?", CLIENT, NULL, NULL, NULL, 0, E_CONFIG_VALUE, "tenant"},
		{TENANT, CLIENT, "contoso", NULL, NULL, 0, E_CONFIG_VALUE, "organization"},
		{TENANT, CLIENT, NULL, "publik", NULL, 0, E_CONFIG_VALUE, "publik"},
		{TENANT, CLIENT, NULL, NULL, "http://login.example", 0, E_URL, "endpoint.login"},
		{TENANT, CLIENT, NULL, NULL, "https://login.example/path", 0, E_URL, "endpoint.login"},
		{TENANT, CLIENT, NULL, NULL, "https://login.example?x", 0, E_URL, "endpoint.login"},
		{TENANT, CLIENT, NULL, NULL, NULL, 59, E_CONFIG_VALUE, "59"},
		{TENANT, CLIENT, NULL, NULL, NULL, 86401, E_CONFIG_VALUE, "86401"},
		{TENANT, CLIENT, NULL, NULL, NULL, -1, E_CONFIG_VALUE, "-1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		exs_error   *error = test_error();
		identity    *id = NULL;
		exs_identity who = {.size = sizeof who, .tenant = rows[i].tenant,
		                    .client_id = rows[i].client, .organization = rows[i].organization,
		                    .cloud = rows[i].cloud, .endpoint_login = rows[i].login,
		                    .assertion_lifetime = rows[i].lifetime};
		exs_status   status = identity_new(&who, &id, error);

		assert_null(id);
		if (strstr(exs_error_message(error), rows[i].named) == NULL)
			fail_msg("row %zu: %s", i, exs_error_message(error));
		assert_fails(status, error, rows[i].id);
	}
}

static void
a_mistyped_cloud_is_answered_with_the_nearest(void **state)
{
	exs_error   *error = test_error();
	exs_identity who = someone();

	(void)state;
	who.cloud = "usgv";
	assert_int_equal(identity_new(&who, NULL, error), EXS_CONFIG);
	assert_non_null(strstr(exs_error_why(error), "usgov"));
}

static exs_status
make_one(void *self, exs_error *error)
{
	EXS_AUTO(identity) *id = NULL;

	return identity_new(self, &id, error);
}

static void
every_allocation_may_fail(void **state)
{
	exs_identity who = someone();

	(void)state;
	who.endpoint_login = "https://login.corp.example";
	who.kid = "k";
	assert_true(torture(make_one, &who) > 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cloud_is_whole_and_its_origins_are_its_hosts),
		cmocka_unit_test(no_cloud_lists_a_host_of_another),
		cmocka_unit_test(the_public_cloud_is_the_default),
		cmocka_unit_test(an_override_adds_exactly_itself),
		cmocka_unit_test(a_bearer_does_not_follow_the_token_endpoint),
		cmocka_unit_test(a_certificate_instead_of_an_assertion_is_for_other_issuers_than_entra),
		cmocka_unit_test(the_sandbox_is_this_machine_or_nothing),
		cmocka_unit_test(what_cannot_be_is_refused_with_the_settings_name),
		cmocka_unit_test(a_mistyped_cloud_is_answered_with_the_nearest),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
