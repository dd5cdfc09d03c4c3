/* The statement our key signs: header, claims, signature. */
#include "oauth/assertion.h"
#include "base/encode.h"
#include "base/json.h"
#include "oauth/jws.h"
#include "support/fake_host.h"
#include "support/fake_signer.h"
#include "support/test.h"
#include "support/torture.h"

#define CLIENT "0b6f9080-5158-4f66-bac1-09028afdaa0e"
#define TENANT "contoso.onmicrosoft.com"
#define ENDPOINT "https://login.microsoftonline.com/" TENANT "/oauth2/v2.0/token"

typedef struct scene {
	fake_host   *host;
	fake_signer *signer;
	identity    *id;
} scene;

static scene
scene_with(exs_alg alg, bool certificate, const exs_identity *change)
{
	scene        s = {.host = fake_host_new()};
	exs_identity who = change != NULL ? *change : (exs_identity){0};

	who.size = sizeof who;
	who.tenant = TENANT;
	who.client_id = CLIENT;
	s.signer = fake_signer_new(s.host->context, alg, certificate);
	assert_ok(identity_new(&who, &s.id, test_error()));
	return s;
}

static void
scene_end(scene *s)
{
	identity_free(s->id);
	fake_signer_free(s->signer);
	fake_host_free(s->host);
}

typedef struct opened {
	json *header, *claims;
	char *header_text, *claims_text;
} opened;

static opened
make_and_open(scene *s, const char *audience)
{
	EXS_AUTO(exs_assertion) *assertion = NULL;
	opened                   o = {0};
	size_t                   length;
	const char              *text;

	assert_ok(assertion_new(s->host->context, s->id, fake_signer_signer(s->signer), audience,
	                        &assertion, test_error()));
	text = exs_assertion_reveal(assertion, &length);
	assert_ok(exs_assertion_decode(text, length, &o.header_text, &o.claims_text, test_error()));
	assert_ok(json_parse(span_of(o.header_text), "header", &o.header, test_error()));
	assert_ok(json_parse(span_of(o.claims_text), "claims", &o.claims, test_error()));
	assert_int_equal(exs_assertion_expires(assertion), FAKE_NOW + s->id->lifetime);
	return o;
}

static void
opened_end(opened *o)
{
	json_free(o->header);
	json_free(o->claims);
	exs_text_free(o->header_text);
	exs_text_free(o->claims_text);
}

static int64_t
whole(const json *tree, const char *name)
{
	int64_t value = -1;

	assert_true(json_whole(json_member(tree, name), &value));
	return value;
}

static const char *
text_of(const json *tree, const char *name)
{
	return json_string(json_member(tree, name));
}

static void
the_default_is_what_entra_documents(void **state)
{
	scene           s = scene_with(EXS_ALG_PS256, true, NULL);
	opened          o = make_and_open(&s, NULL);
	EXS_SCOPED(buf) thumbprint = BUF(100);
	EXS_SCOPED(buf) hex = BUF(100);

	(void)state;
	assert_true(span_starts(span_of(o.header_text),
	                        "{\"alg\":\"PS256\",\"typ\":\"JWT\",\"x5t#S256\":\""));
	assert_true(decode_base64url(&thumbprint, span_of(text_of(o.header, "x5t#S256"))));
	encode_hex(&hex, buf_span(&thumbprint), true);
	assert_string_equal(buf_text(&hex),
	                    exs_signer_describe(fake_signer_signer(s.signer))->certificate_sha256);
	assert_null(json_member(o.header, "kid"));
	assert_null(json_member(o.header, "x5c"));
	assert_string_equal(text_of(o.claims, "aud"), ENDPOINT);
	assert_string_equal(text_of(o.claims, "iss"), CLIENT);
	assert_string_equal(text_of(o.claims, "sub"), CLIENT);
	assert_int_equal(strlen(text_of(o.claims, "jti")), 36);
	assert_int_equal(whole(o.claims, "iat"), FAKE_NOW);
	assert_int_equal(whole(o.claims, "nbf"), FAKE_NOW - 60);
	assert_int_equal(whole(o.claims, "exp"), FAKE_NOW + 600);
	opened_end(&o);
	scene_end(&s);
}

static void
rs256_names_the_certificate_by_sha256_too(void **state)
{
	scene  s = scene_with(EXS_ALG_RS256, true, NULL);
	opened o = make_and_open(&s, NULL);

	(void)state;
	assert_string_equal(text_of(o.header, "alg"), "RS256");
	assert_int_equal(strlen(text_of(o.header, "x5t#S256")), 43);
	assert_null(json_member(o.header, "x5t"));
	opened_end(&o);
	scene_end(&s);
}

static void
the_signature_covers_header_and_payload(void **state)
{
	scene                    s = scene_with(EXS_ALG_PS256, true, NULL);
	EXS_AUTO(exs_assertion) *assertion = NULL;
	EXS_SCOPED(buf)          signature = BUF(1024);
	jws_parts                parts;
	span                     text, message;

	(void)state;
	assert_ok(assertion_new(s.host->context, s.id, fake_signer_signer(s.signer), NULL, &assertion,
	                        test_error()));
	text = assertion_text(assertion);
	assert_true(jws_split(text, &parts));
	assert_true(decode_base64url(&signature, parts.signature));
	message = span_from(text.at, parts.header.len + 1 + parts.payload.len);
	assert_true(fake_signer_verifies(s.signer, message, buf_span(&signature)));
	message.len--;
	assert_false(fake_signer_verifies(s.signer, message, buf_span(&signature)));
	scene_end(&s);
}

static void
no_two_assertions_are_the_same(void **state)
{
	scene  s = scene_with(EXS_ALG_PS256, true, NULL);
	opened a = make_and_open(&s, NULL), b = make_and_open(&s, NULL);

	(void)state;
	assert_string_not_equal(text_of(a.claims, "jti"), text_of(b.claims, "jti"));
	opened_end(&a);
	opened_end(&b);
	scene_end(&s);
}

static void
what_the_profile_selects_is_in_it(void **state)
{
	scene s = scene_with(EXS_ALG_PS256, true,
	                     &(exs_identity){.kid = "key-1", .x5c = true,
	                                     .assertion_lifetime = 3600,
	                                     .assertion_audience = "urn:their \"own\""});
	opened          o = make_and_open(&s, NULL), other = make_and_open(&s, "https://elsewhere.example");
	EXS_SCOPED(buf) der = BUF(8192);

	(void)state;
	assert_string_equal(text_of(o.header, "kid"), "key-1");
	assert_true(decode_base64(&der, span_of(json_string(json_first(json_member(o.header, "x5c"))))));
	assert_true(span_same(buf_span(&der), signer_certificate(fake_signer_signer(s.signer))));
	assert_string_equal(text_of(o.claims, "aud"), "urn:their \"own\"");
	assert_int_equal(whole(o.claims, "exp"), FAKE_NOW + 3600);
	assert_string_equal(text_of(other.claims, "aud"), "https://elsewhere.example");
	opened_end(&o);
	opened_end(&other);
	scene_end(&s);
}

static void
refuses(scene *s, error_id id)
{
	exs_assertion *assertion = NULL;

	assert_fails(assertion_new(s->host->context, s->id, fake_signer_signer(s->signer), NULL,
	                           &assertion, test_error()),
	             test_error(), id);
	assert_null(assertion);
}

static void
entra_is_not_sent_what_it_never_takes(void **state)
{
	scene s = scene_with(EXS_ALG_ES256, true, NULL);

	(void)state;
	refuses(&s, E_KEY_UNFIT);
	assert_int_equal(fake_signer_count(s.signer), 0);
	scene_end(&s);
	s = scene_with(EXS_ALG_PS256, false, NULL);
	refuses(&s, E_CERT_ABSENT);
	assert_int_equal(fake_signer_count(s.signer), 0);
	scene_end(&s);
}

static void
other_issuers_take_any_key_with_or_without_a_certificate(void **state)
{
	exs_identity other = {.token_endpoint = "https://sso.example/token", .kid = "k1"};
	scene        s = scene_with(EXS_ALG_ES256, false, &other);
	opened       o = make_and_open(&s, NULL);

	(void)state;
	assert_string_equal(o.header_text, "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"k1\"}");
	assert_string_equal(text_of(o.claims, "aud"), "https://sso.example/token");
	opened_end(&o);
	scene_end(&s);
	other.x5c = true;
	s = scene_with(EXS_ALG_ES256, false, &other);
	refuses(&s, E_CERT_ABSENT);
	scene_end(&s);
}

static void
a_signer_that_fails_says_why(void **state)
{
	scene s = scene_with(EXS_ALG_PS256, true, NULL);

	(void)state;
	fake_signer_fail(s.signer, E_DEVICE);
	refuses(&s, E_DEVICE);
	scene_end(&s);
}

static exs_status
make_one(void *self, exs_error *error)
{
	scene                   *s = self;
	EXS_AUTO(exs_assertion) *assertion = NULL;
	exs_status               status;

	status = assertion_new(s->host->context, s->id, fake_signer_signer(s->signer), NULL, &assertion,
	                       error);
	if (status != EXS_OK)
		assert_null(assertion);
	return status;
}

static void
every_allocation_may_fail(void **state)
{
	scene s = scene_with(EXS_ALG_PS256, true, NULL);

	(void)state;
	assert_true(torture(make_one, &s) > 4);
	scene_end(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_default_is_what_entra_documents),
		cmocka_unit_test(rs256_names_the_certificate_by_sha256_too),
		cmocka_unit_test(the_signature_covers_header_and_payload),
		cmocka_unit_test(no_two_assertions_are_the_same),
		cmocka_unit_test(what_the_profile_selects_is_in_it),
		cmocka_unit_test(entra_is_not_sent_what_it_never_takes),
		cmocka_unit_test(other_issuers_take_any_key_with_or_without_a_certificate),
		cmocka_unit_test(a_signer_that_fails_says_why),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
