/* Any REST call: the scope that goes with a host, what is refused before anything is signed, and what a vault's challenge explains. */
#include "support/test.h"

#include "api/challenge.h"
#include "base/jsontext.h"
#include "oauth/access.h"
#include "support/fake_host.h"
#include "support/fake_signer.h"
#include "support/fake_transport.h"

#include <exosign/resource.h>
#include <exosign/vault.h>

EXS_DEFINE_AUTO(exs_credential)
EXS_DEFINE_AUTO(exs_vault_secret)

#define CLIENT "0b6f9080-5158-4f66-bac1-09028afdaa0e"
#define TENANT "11111111-2222-3333-4444-555555555555"
#define TOKEN  {.status = 200, .body = "{\"token_type\":\"Bearer\",\"expires_in\":3599,\"access_token\":\"t\"}"}

typedef struct scene {
	fake_host      *host;
	fake_signer    *signer;
	fake_wire      *wire;
	exs_credential *credential;
} scene;

static scene
scene_with_vault(const char *vault, const fake_step *steps, size_t n)
{
	scene        s = {.host = fake_host_new(), .wire = fake_wire_new(steps, n)};
	exs_identity who = {.size = sizeof who, .tenant = TENANT, .client_id = CLIENT, .endpoint_vault = vault};
	exs_network  how = {.size = sizeof how, .attempts = 1};
	credential_carrier carrier = {&fake_transport_ops, s.wire, fake_transport_make};

	s.signer = fake_signer_new(s.host->context, EXS_ALG_PS256, true);
	assert_ok(credential_over(s.host->context, fake_signer_signer(s.signer), &who, &how, &carrier, &s.credential,
	                          test_error()));
	return s;
}

static scene
scene_of(const fake_step *steps, size_t n)
{
	return scene_with_vault(NULL, steps, n);
}
#define SCENE(...)                                                                                 \
	scene_of((const fake_step[]){__VA_ARGS__}, sizeof((const fake_step[]){__VA_ARGS__}) / sizeof(fake_step))

static void
scene_end(scene *s)
{
	exs_credential_free(s->credential);
	assert_int_equal(fake_wire_open_ends(s->wire), 0);
	fake_wire_free(s->wire);
	fake_signer_free(s->signer);
	fake_host_free(s->host);
}

static void
the_host_decides_the_scope(void **state)
{
	static const struct {
		const char *url, *scope;
		error_id    id;
	} rows[] = {
		{"/v1.0/organization", "https://graph.microsoft.com/.default", E_NONE},
		{"https://graph.microsoft.com/beta/x", "https://graph.microsoft.com/.default", E_NONE},
		{"https://GRAPH.microsoft.com/v1.0", "https://graph.microsoft.com/.default", E_NONE},
		{"https://contoso.vault.azure.net/secrets/a", "https://vault.azure.net/.default", E_NONE},
		{"https://outlook.office365.com/adminapi/beta/x", "https://outlook.office365.com/.default", E_NONE},
		{"https://eur01b.ps.compliance.protection.outlook.com/x",
	         "https://ps.compliance.protection.outlook.com/.default", E_NONE},
		{"https://login.microsoftonline.com/x", NULL, E_USAGE},
		{"https://graph.microsoft.com.evil.example/v1.0", NULL, E_HOST},
		{"https://evil.example/", NULL, E_HOST},
		{"https://vault.azure.net.evil.example/", NULL, E_HOST},
		{"https://notgraph.microsoft.com/", NULL, E_HOST},
		{"https://graph.microsoft.com:8443/", NULL, E_HOST},
		{"http://graph.microsoft.com/", NULL, E_URL},
		{"https://graph.microsoft.com@evil.example/", NULL, E_URL},
		{"ftp://graph.microsoft.com/", NULL, E_URL},
		{"//evil.example/x", NULL, E_URL},
		{"v1.0/organization", NULL, E_URL},
	};
	scene s = SCENE(TOKEN);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		exs_resource_request request = {.size = sizeof request, .method = "GET", .url = rows[i].url};
		char       *address = NULL;
		const char *scope = NULL;
		exs_error  *error = test_error();
		exs_status  status = exs_resource_resolve(s.credential, &request, &address, &scope, error);

		if (rows[i].scope == NULL && (status == EXS_OK || !error_is(error, rows[i].id)))
			fail_msg("%s: %s", rows[i].url, exs_error_code(error));
		if (rows[i].scope != NULL && (status != EXS_OK || strcmp(scope, rows[i].scope) != 0))
			fail_msg("%s: %s %s", rows[i].url, exs_error_message(error), scope == NULL ? "" : scope);
		exs_text_free(address);
	}
	assert_int_equal(fake_wire_requests(s.wire), 0);
	scene_end(&s);
}

static void
nothing_is_signed_for_what_cannot_be(void **state)
{
	static const char *const proof[] = {"Authorization: Bearer x", NULL}, *const host[] = {"Host: evil", NULL},
				 *const cookie[] = {"Cookie: a=b", NULL}, *const nameless[] = {"", NULL},
				 *const empty[] = {"Prefer", NULL},
				 *const split[] = {"Prefer: a\r\nAuthorization: Bearer x", NULL};
	const exs_resource_request wrong[] = {
		{.method = "GETT", .url = "/v1.0/x"},
		{.method = "CONNECT", .url = "/v1.0/x"},
		{.method = "GET", .url = "/v1.0/x", .body = "{}", .body_length = 2},
		{.method = "POST", .url = "/v1.0/x", .body = "{", .body_length = 1},
		{.method = "POST", .url = "/v1.0/x", .body = "{}{}", .body_length = 4},
		{.method = "GET", .url = "/v1.0/x", .headers = proof},
		{.method = "GET", .url = "/v1.0/x", .headers = host},
		{.method = "GET", .url = "/v1.0/x", .headers = cookie},
		{.method = "GET", .url = "/v1.0/x", .headers = nameless},
		{.method = "GET", .url = "/v1.0/x", .headers = empty},
	};
	scene s = SCENE(TOKEN);
	exs_resource_request twice = {.size = sizeof twice, .method = "GET", .url = "/v1.0/x", .headers = split};
	char *answer = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		exs_resource_request request = wrong[i];

		request.size = sizeof request;
		assert_fails(exs_resource_call(s.host->context, s.credential, &request, &answer, test_error()),
		             test_error(), E_USAGE);
	}
	assert_int_equal(fake_wire_requests(s.wire), 0);
	assert_fails(exs_resource_call(s.host->context, s.credential, &twice, &answer, test_error()), test_error(),
	             E_USAGE);
	scene_end(&s);
}

static void
a_call_carries_the_bearer_its_body_and_what_may_be_asked(void **state)
{
	static const char *const headers[] = {"ConsistencyLevel: eventual", "Prefer:return=minimal", NULL};
	const exs_resource_request request = {.size = sizeof request,
	                                      .method = "PATCH",
	                                      .url = "/v1.0/applications/x?$select=id",
	                                      .body = "{\"a\":1}",
	                                      .body_length = 7,
	                                      .headers = headers};
	scene s = SCENE(TOKEN, {.status = 204});
	char *answer = NULL;
	const fake_request *r;

	(void)state;
	assert_ok(exs_resource_call(s.host->context, s.credential, &request, &answer, test_error()));
	assert_string_equal(answer, "");
	exs_text_free(answer);
	r = fake_wire_request(s.wire, 1);
	assert_string_equal(r->method, "PATCH");
	assert_string_equal(r->url, "https://graph.microsoft.com/v1.0/applications/x?$select=id");
	assert_string_equal(r->body, "{\"a\":1}");
	assert_string_equal(fake_header(r, "Authorization"), "Bearer t");
	assert_string_equal(fake_header(r, "ConsistencyLevel"), "eventual");
	assert_string_equal(fake_header(r, "Prefer"), "return=minimal");
	/* the query may say whom it is about */
	assert_int_equal(fake_host_logged(s.host, "$select"), 0);
	scene_end(&s);
}

static exs_status
count(void *self, const char *row, size_t length, exs_error *error)
{
	unsigned *n = self;

	(void)row;
	(void)length;
	(void)error;
	++*n;
	return EXS_OK;
}

static void
a_list_follows_its_links_and_leaves_its_host_never(void **state)
{
	const exs_resource_request request = {.size = sizeof request, .method = "GET", .url = "/v1.0/users"};
	scene whole = SCENE(TOKEN, {.status = 200, .body = "{\"@odata.nextLink\":\"https://graph.microsoft.com/v1.0/users?p=2\",\"value\":[{\"id\":1},{\"id\":2}]}"},
	                    {.status = 200, .body = "{\"value\":[{\"id\":3}]}"});
	scene astray = SCENE(TOKEN, {.status = 200, .body = "{\"@odata.nextLink\":\"https://evil.example/p\",\"value\":[{\"id\":1}]}"},
	                     {.status = 200, .body = "{\"value\":[]}"});
	unsigned n = 0;

	(void)state;
	assert_ok(exs_resource_list(whole.host->context, whole.credential, &request, count, &n, test_error()));
	assert_int_equal(n, 3);
	assert_string_equal(fake_wire_request(whole.wire, 2)->url, "https://graph.microsoft.com/v1.0/users?p=2");
	scene_end(&whole);
	n = 0;
	assert_fails(exs_resource_list(astray.host->context, astray.credential, &request, count, &n, test_error()),
	             test_error(), E_HOST);
	assert_int_equal(n, 1);
	assert_int_equal(fake_wire_requests(astray.wire), 2);
	scene_end(&astray);
}

#define VALUE "{\"value\":\"hunter2\",\"id\":\"https://contoso.vault.azure.net/secrets/db/1\",\"attributes\":{\"enabled\":true}}"

static void
a_secret_comes_with_all_but_its_value_in_the_description(void **state)
{
	const exs_vault_item item = {.size = sizeof item, .vault = "contoso", .name = "db", .version = "1"};
	scene s = SCENE(TOKEN, {.status = 200, .body = VALUE});
	EXS_AUTO(exs_vault_secret) *got = NULL;
	const char *value;
	size_t      length;

	(void)state;
	assert_ok(exs_vault_secret_get(s.host->context, s.credential, &item, &got, test_error()));
	value = exs_vault_secret_reveal(got, &length);
	assert_span(span_from(value, length), "hunter2");
	assert_null(strstr(exs_vault_secret_describe(got), "hunter2"));
	assert_non_null(strstr(exs_vault_secret_describe(got), "\"enabled\":true"));
	assert_string_equal(fake_wire_request(s.wire, 1)->url, "https://contoso.vault.azure.net/secrets/db/1?api-version=7.4");
	assert_string_equal(fake_field(fake_wire_request(s.wire, 0), "scope"), "https://vault.azure.net/.default");
	assert_int_equal(fake_host_logged(s.host, "hunter2"), 0);
	scene_end(&s);
}

/* The profile's vault is what is meant when none is named; a named one is another, never silently the profile's. */
static void
the_vault_that_is_named_is_asked(void **state)
{
	static const char *const named[] = {"contoso", NULL}, *const asked[] = {"https://contoso.vault", "https://own.vault"};
	const fake_step steps[] = {TOKEN, {.status = 200, .body = VALUE}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const exs_vault_item item = {.size = sizeof item, .vault = named[i], .name = "db"};
		scene s = scene_with_vault("https://own.vault.azure.net", steps, 2);
		EXS_AUTO(exs_vault_secret) *got = NULL;

		assert_ok(exs_vault_secret_get(s.host->context, s.credential, &item, &got, test_error()));
		assert_true(span_starts(span_of(fake_wire_request(s.wire, 1)->url), asked[i]));
		scene_end(&s);
	}
}

static void
a_private_key_stays_in_the_vault(void **state)
{
	static const char *const bodies[] = {
		"{\"value\":\"MII\",\"contentType\":\"application/x-pkcs12\"}",
		"{\"value\":\"MII\",\"contentType\":\"application/x-pem-file\"}",
		"{\"value\":\"MII\",\"kid\":\"https://contoso.vault.azure.net/keys/x/1\"}",
		"{\"value\":\"-----BEGIN PRIVATE KEY-----\\nMII\"}",
	};
	const exs_vault_item item = {.size = sizeof item, .vault = "contoso", .name = "x"};

	(void)state;
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
		scene s = SCENE(TOKEN, {.status = 200, .body = bodies[i]});
		EXS_AUTO(exs_vault_secret) *got = NULL;

		assert_fails(exs_vault_secret_get(s.host->context, s.credential, &item, &got, test_error()), test_error(),
		             E_KEY_FILE);
		assert_null(got);
		scene_end(&s);
	}
}

#define CHALLENGED(authority, resource)                                                            \
	{.status = 401, .fields = "WWW-Authenticate: Bearer authorization=\"" authority "\", resource=\"" resource "\"\n", \
	 .body = "{\"error\":{\"code\":\"Unauthorized\",\"message\":\"AKV10032: Invalid issuer.\"}}"}

static void
a_challenge_is_compared_and_never_followed(void **state)
{
	static const struct {
		fake_step step;
		error_id  id;
	} rows[] = {
		{CHALLENGED("https://login.microsoftonline.com/99999999-2222-3333-4444-555555555555", "https://vault.azure.net"), E_VAULT},
		{CHALLENGED("https://login.evil.example/" TENANT, "https://vault.azure.net"), E_VAULT},
		{CHALLENGED("https://login.microsoftonline.com/" TENANT, "https://graph.microsoft.com"), E_VAULT},
		{CHALLENGED("not an address", "https://vault.azure.net"), E_VAULT},
		{CHALLENGED("https://login.microsoftonline.com/" TENANT, "https://vault.azure.net"), E_GRAPH_UNAUTHORIZED},
		{{.status = 401, .body = "{}"}, E_GRAPH_UNAUTHORIZED},
	};
	const exs_vault_item item = {.size = sizeof item, .vault = "contoso", .name = "x"};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		scene s = SCENE(TOKEN, rows[i].step, TOKEN, rows[i].step);
		EXS_AUTO(exs_vault_secret) *got = NULL;
		exs_error *error = test_error();

		assert_int_not_equal(exs_vault_secret_get(s.host->context, s.credential, &item, &got, error), EXS_OK);
		if (!error_is(error, rows[i].id))
			fail_msg("row %zu: %s", i, exs_error_code(error));
		for (size_t r = 0; r < fake_wire_requests(s.wire); r++) {
			const char *address = fake_wire_request(s.wire, r)->url;

			assert_true(span_starts(span_of(address), "https://login.microsoftonline.com/" TENANT "/") ||
			            span_starts(span_of(address), "https://contoso.vault.azure.net/"));
		}
		scene_end(&s);
	}
}

static void
names_that_cannot_be_reach_no_vault(void **state)
{
	static const exs_vault_item wrong[] = {
		{.vault = "con.toso", .name = "x"}, {.vault = "contoso.vault.azure.net/", .name = "x"},
		{.vault = "contoso", .name = "a/b"}, {.vault = "contoso", .name = "../x"}, {.vault = "contoso", .name = ""},
		{.vault = "", .name = "x"}, {.vault = "contoso", .name = "x", .version = "?a=b"},
	};
	scene s = SCENE(TOKEN);

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		exs_vault_item item = wrong[i];
		EXS_AUTO(exs_vault_secret) *got = NULL;

		item.size = sizeof item;
		assert_fails(exs_vault_secret_get(s.host->context, s.credential, &item, &got, test_error()), test_error(),
		             E_USAGE);
	}
	for (size_t i = 0; i < 2; i++) {
		exs_vault_item item = {.size = sizeof item, .name = "x", .vault = i == 0 ? "https://contoso.vault.evil.example" : NULL};
		EXS_AUTO(exs_vault_secret) *got = NULL;

		assert_fails(exs_vault_secret_get(s.host->context, s.credential, &item, &got, test_error()), test_error(),
		             i == 0 ? E_HOST : E_CONFIG_MISSING);
	}
	assert_int_equal(fake_wire_requests(s.wire), 0);
	scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_host_decides_the_scope),
		cmocka_unit_test(nothing_is_signed_for_what_cannot_be),
		cmocka_unit_test(a_call_carries_the_bearer_its_body_and_what_may_be_asked),
		cmocka_unit_test(a_list_follows_its_links_and_leaves_its_host_never),
		cmocka_unit_test(a_secret_comes_with_all_but_its_value_in_the_description),
		cmocka_unit_test(the_vault_that_is_named_is_asked),
		cmocka_unit_test(a_private_key_stays_in_the_vault),
		cmocka_unit_test(a_challenge_is_compared_and_never_followed),
		cmocka_unit_test(names_that_cannot_be_reach_no_vault),
	};

	return cmocka_run_group_tests_name("resource", tests, NULL, NULL);
}
