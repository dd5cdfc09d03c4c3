/* Error bodies of every generation, and what becomes of them. */
#include "support/test.h"

#include "api/challenge.h"
#include "api/fault.h"
#include "api/plain.h"
#include "oauth/bearer.h"

#include "base/encode.h"

typedef struct body_row {
	int         status;
	const char *body;
	fault_kind  kind;
	const char *message, *type;
} body_row;

#define DETAILS(code, text) "{\"error\":{\"code\":\"" code "\",\"message\":\"Invalid Operation\",\"details\":[{\"code\":\"Client\",\"target\":\"\",\"message\":\"" text "\"}]}}"
#define INTERNAL(name, text) "{\"error\":{\"code\":\"BadRequest\",\"message\":\"Invalid Operation\",\"innererror\":{\"message\":\"Invalid Operation\",\"" name "\":{\"message\":\"" text "\",\"type\":\"A.B.CException\"}}}}"

static const body_row bodies[] = {
	/* details: three fields, two, plain, JSON */
	{400, DETAILS("BadRequest", "Ex6F9304|Microsoft.Exchange.X.BadThingException|It's bad."), FAULT_CMDLET, "It's bad.", "BadThingException"},
	{404, DETAILS("NotFound", "Ex6F9304|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|object 'nobody' couldn't be found."), FAULT_NOT_FOUND, "object 'nobody' couldn't be found.", "ManagementObjectNotFoundException"},
	{400, DETAILS("BadRequest", "Ex1|A.ManagementObjectNotFoundException|gone"), FAULT_NOT_FOUND, "gone", "ManagementObjectNotFoundException"},
	{400, DETAILS("BadRequest", "|Microsoft.Exchange.AdminApi.CommandInvocation.AmbiguousParameterSetException|Parameter set cannot be resolved: Foo"), FAULT_PARAMETER, "Parameter set cannot be resolved: Foo", "AmbiguousParameterSetException"},
	{400, DETAILS("BadRequest", "|A.BException|text with | in it"), FAULT_CMDLET, "text with | in it", "BException"},
	{400, DETAILS("BadRequest", "plain words"), FAULT_CMDLET, "plain words", ""},
	{400, DETAILS("BadRequest", "a | b"), FAULT_CMDLET, "a | b", ""},
	{400, DETAILS("BadRequest", "{\\\"Message\\\":\\\"exists\\\",\\\"TypeName\\\":\\\"M.E.ADObjectAlreadyExistsException\\\",\\\"StackTrace\\\":\\\"\\\",\\\"InnerError\\\":null}"), FAULT_EXISTS, "exists", "ADObjectAlreadyExistsException"},
	{404, DETAILS("NotFound", "{\\\"Message\\\":\\\"gone\\\",\\\"TypeName\\\":\\\"M.ManagementObjectNotFoundException\\\"}"), FAULT_NOT_FOUND, "gone", "ManagementObjectNotFoundException"},
	{400, DETAILS("BadRequest", "{not json"), FAULT_CMDLET, "{not json", ""},
	/* the exception inside, in any case */
	{400, INTERNAL("internalexception", "inner words"), FAULT_CMDLET, "inner words", "CException"},
	{400, INTERNAL("internalException", "inner words"), FAULT_CMDLET, "inner words", "CException"},
	{400, INTERNAL("internalexception", "Exception of type 'A.B.CException' was thrown."), FAULT_CMDLET, "Invalid Operation", "CException"},
	{400, "{\"error\":{\"code\":\"BadRequest\",\"message\":\"outer\",\"details\":[]}}", FAULT_CMDLET, "outer", ""},
	{400, "{\"error\":{\"message\":\"\",\"details\":null,\"innererror\":7}}", FAULT_CMDLET, "", ""},
	/* the first entry that says something; JSON whose InnerError knows more */
	{400, "{\"error\":{\"message\":\"o\",\"details\":[{\"message\":\"\"},{\"message\":\"|A.BException|b\"}]}}", FAULT_CMDLET, "b", "BException"},
	{400, DETAILS("BadRequest", "{\\\"Message\\\":\\\"Exception of type 'X' was thrown.\\\",\\\"InnerError\\\":{\\\"Message\\\":\\\"deep\\\",\\\"TypeName\\\":\\\"M.DeepException\\\"}}"), FAULT_CMDLET, "deep", "DeepException"},
	/* without the envelope */
	{400, "{\"Message\":\"An error has occurred.\",\"ExceptionMessage\":\"gone\",\"ExceptionType\":\"M.ManagementObjectNotFoundException\"}", FAULT_NOT_FOUND, "gone", "ManagementObjectNotFoundException"},
	{400, "{\"error\":\"words\"}", FAULT_CMDLET, "words", ""},
	{400, "{\"Message\":\"words\"}", FAULT_CMDLET, "words", ""},
	{400, "{\"ErrorRecord\":{\"Message\":\"|A.BException|words\"}}", FAULT_CMDLET, "words", "BException"},
	{400, "{}", FAULT_STRANGE, "", ""},
	/* no JSON at all */
	{403, "", FAULT_FORBIDDEN, "", ""},
	{403, "\x01\x02\x03", FAULT_FORBIDDEN, "", ""},
	{502, "<html><body>Bad Gateway</body></html>", FAULT_TRANSIENT, "", ""},
	{404, "<html>", FAULT_STRANGE, "", ""},
	{400, "[]", FAULT_STRANGE, "", ""},
	{418, "", FAULT_STRANGE, "", ""},
	/* judged by text, then by type, then by status */
	{400, DETAILS("BadRequest", "|A.X|Expired or Invalid pagination request. Default Expiry time is 00:30:00"), FAULT_EXPIRED_LINK, "Expired or Invalid pagination request. Default Expiry time is 00:30:00", "X"},
	{400, DETAILS("BadRequest", "You have reached the maximum number of concurrent requests per tenant. Please wait and try again"), FAULT_THROTTLED, "You have reached the maximum number of concurrent requests per tenant. Please wait and try again", ""},
	{403, DETAILS("Forbidden", "The role isn't supported in this scenario."), FAULT_FORBIDDEN, "The role isn't supported in this scenario.", ""},
	{403, DETAILS("Forbidden", "The role isn\xE2\x80\x99t supported in this scenario."), FAULT_FORBIDDEN, "The role isn\xE2\x80\x99t supported in this scenario.", ""},
	{400, DETAILS("BadRequest", "|A.ProxyAddressExistsException|taken"), FAULT_EXISTS, "taken", "ProxyAddressExistsException"},
	{429, DETAILS("TooManyRequests", "|A.BException|slow"), FAULT_THROTTLED, "slow", "BException"},
	{500, DETAILS("X", "|M.ODataServiceException|wrapped"), FAULT_CMDLET, "wrapped", "ODataServiceException"},
	{400, DETAILS("BadRequest", "|A.CmdletAccessDeniedException|no"), FAULT_FORBIDDEN, "no", "CmdletAccessDeniedException"},
	{400, DETAILS("BadRequest", "|A.StorageTransientException|later"), FAULT_TRANSIENT, "later", "StorageTransientException"},
	{500, DETAILS("ServerError", "|A.SuitabilityDirectoryException|later"), FAULT_TRANSIENT, "later", "SuitabilityDirectoryException"},
	{500, DETAILS("ServerError", "|A.OtherException|broken"), FAULT_CMDLET, "broken", "OtherException"},
	{500, "", FAULT_TRANSIENT, "", ""},
	{401, "", FAULT_UNAUTHORIZED, "", ""},
	{429, "{\"error\":{\"code\":\"TooManyRequests\",\"message\":\"busy\"}}", FAULT_THROTTLED, "busy", ""},
	{503, "", FAULT_TRANSIENT, "", ""},
	{200, "{\"error\":{\"code\":\"X\",\"message\":\"inside\"}}", FAULT_CMDLET, "inside", ""},
	/* hostile text */
	{400, DETAILS("BadRequest", "a\\u001b[31mb\\u009bc\\u202ed\\r\\ne"), FAULT_CMDLET, "a [31mb c d e", ""},
};

static void
every_generation_of_error_body_is_understood(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
		const body_row *row = &bodies[i];
		fault f;

		fault_read(&f, row->status, span_of(row->body));
		if (f.kind != row->kind || strcmp(f.message, row->message) != 0 ||
		    strcmp(f.type, row->type) != 0)
			fail_msg("%d %s\n  is %d \"%s\" %s", row->status, row->body, (int)f.kind,
			         f.message, f.type);
	}
}

static void
a_body_of_nul_bytes_is_no_reason(void **state)
{
	static const char nothing[4096];
	fault f;

	(void)state;
	fault_read(&f, 403, span_from(nothing, sizeof nothing));
	assert_int_equal(f.kind, FAULT_FORBIDDEN);
	assert_false(f.reasoned);
	assert_string_equal(f.message, "");
}

static void
a_long_message_is_cut_between_characters(void **state)
{
	EXS_SCOPED(buf) body = BUF(100000);
	fault f;

	(void)state;
	buf_puts(&body, "{\"error\":{\"message\":\"x");
	for (int i = 0; i < 3000; i++)
		buf_puts(&body, "\xC3\xA9");
	buf_puts(&body, "\"}}");
	fault_read(&f, 400, buf_span(&body));
	assert_true(strlen(f.message) > 1000 && strlen(f.message) < sizeof f.message);
	assert_true(span_is_utf8(span_of(f.message)));
}

static void
text_becomes_plain(void **state)
{
	static const struct {
		const char *text, *plain;
	} rows[] = {
		{"a b", "a b"},       {"  a \t\n b  ", "a b"},        {"a\x1b]0;x\x07" "b", "a ]0;x b"},
		{"\xC2\x9B" "1m", "1m"}, {"a\xFF\xFE" "b", "a b"},       {"\xE2\x80\xAE" "abc", "abc"},
		{"\xC3\xA9", "\xC3\xA9"}, {"\xE2\x81\xA6x", "x"},      {"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char room[64];

		plain_copy(room, sizeof room, span_of(rows[i].text));
		assert_string_equal(room, rows[i].plain);
	}
}

typedef struct grant_row {
	const char *claims, *why, *fix;
} grant_row;

#define READER "f2ef992c-3afb-46b9-b7cf-a126ee74c451"

static const grant_row grants[] = {
	{"{}", "neither the permission", "grant the app"},
	{"{\"roles\":[\"Exchange.ManageAsAppV2\"],\"wids\":[\"" READER "\"]}",
	 "does not carry the permission Exchange.ManageAsApp (permissions: Exchange.ManageAsAppV2; directory roles: Global Reader)",
	 "grant the app Exchange.ManageAsApp"},
	{"{\"roles\":[\"Exchange.ManageAsApp\"],\"wids\":[\"b79fbf4d-3ef9-4689-8143-76b194e85509\"]}",
	 "names no directory role", "assign the app's service principal"},
	{"{\"roles\":[\"Exchange.ManageAsApp\"],\"wids\":[\"" READER "\"]}",
	 "both grants are there (Exchange.ManageAsApp; Global Reader)", "role that may run it"},
};

static void
a_refusal_says_which_of_the_two_grants_is_missing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof grants / sizeof grants[0]; i++) {
		EXS_SCOPED(buf) token = BUF(4096);
		exs_bearer *bearer = NULL;
		exs_error  *error = test_error();
		fault       f;

		buf_puts(&token, "e30.");
		encode_base64url(&token, span_of(grants[i].claims));
		buf_puts(&token, ".x");
		assert_ok(bearer_new("s", buf_span(&token), 0, 0, 1, &bearer, error));
		fault_read(&f, 403, span_of(""));
		assert_int_equal(fault_fail(&f, "Set-Mailbox", "id-1", bearer, error), EXS_DENIED);
		assert_non_null(strstr(exs_error_why(error), grants[i].why));
		assert_non_null(strstr(exs_error_fix(error), grants[i].fix));
		assert_string_equal(exs_error_code(error), "E-EXO-FORBIDDEN-NOREASON");
		assert_non_null(strstr(exs_error_message(error), "403 without a reason"));
		assert_string_equal(exs_error_reference(error), "client-request-id id-1");
		exs_bearer_free(bearer);
	}
}

typedef struct service_row {
	const fault_dialect *dialect;
	const char *claims, *body, *why, *fix;
} service_row;

#define SCENARIO DETAILS("Forbidden", "The role isn't supported in this scenario.")
#define EXCHANGE_ADMIN "29232cdf-9323-42fd-ade2-1d097af3e4de"

static const service_row services[] = {
	{&fault_of_exchange_v2, "{\"roles\":[\"Exchange.ManageAsApp\"],\"wids\":[\"" READER "\"]}", "",
	 "does not carry the permission Exchange.ManageAsAppV2 (permissions: Exchange.ManageAsApp; directory roles: Global Reader); "
	 "Exchange.ManageAsApp is another one", "leave --api v2 out"},
	{&fault_of_exchange_v2, "{\"roles\":[\"Exchange.ManageAsAppV2\"],\"wids\":[\"" READER "\"]}", "",
	 "both grants are there (Exchange.ManageAsAppV2; Global Reader)", "role that may run it"},
	{&fault_of_compliance, "{\"roles\":[\"Exchange.ManageAsApp\"],\"wids\":[\"" EXCHANGE_ADMIN "\"]}", SCENARIO,
	 "Security & Compliance takes none of the directory roles in the token from an application: Exchange Administrator",
	 "such as Compliance Administrator"},
	{&fault_of_compliance, "{\"roles\":[\"Exchange.ManageAsApp\"],\"wids\":[]}", "", "names no directory role that Security & Compliance",
	 "such as Compliance Administrator"},
	{&fault_of_exchange, "{\"roles\":[\"Exchange.ManageAsApp\"],\"wids\":[\"fe930be7-5e62-47db-91af-98c3a49a38b1\"]}", SCENARIO,
	 "takes none of the directory roles in the token from an application: fe930be7-5e62-47db-91af-98c3a49a38b1",
	 "such as Exchange Administrator"},
	{&fault_of_exchange, "{\"roles\":[\"Exchange.ManageAsApp\"],\"wids\":[\"" READER "\",\"fe930be7-5e62-47db-91af-98c3a49a38b1\"]}", SCENARIO,
	 "one of the roles is none that Exchange takes", "take the other roles from"},
	{&fault_of_exchange, "{\"roles\":[\"Exchange.ManageAsAppV2\"],\"wids\":[\"" READER "\"]}", "",
	 "Exchange.ManageAsAppV2 is another one", "or use --api v2"},
};

static void
each_service_has_a_permission_and_roles_of_its_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
		const service_row *row = &services[i];
		EXS_SCOPED(buf) token = BUF(4096);
		exs_bearer *bearer = NULL;
		exs_error  *error = test_error();
		fault       f;

		buf_puts(&token, "e30.");
		encode_base64url(&token, span_of(row->claims));
		buf_puts(&token, ".x");
		assert_ok(bearer_new("s", buf_span(&token), 0, 0, 1, &bearer, error));
		row->dialect->read(&f, 403, span_of(row->body));
		assert_int_equal((row->dialect->fail)(&f, "Get-X", "id-1", bearer, error), EXS_DENIED);
		if (strstr(exs_error_why(error), row->why) == NULL || strstr(exs_error_fix(error), row->fix) == NULL)
			fail_msg("%s\n  why %s\n  fix %s", row->claims, exs_error_why(error), exs_error_fix(error));
		exs_bearer_free(bearer);
	}
}

static void
a_known_type_comes_with_its_cause_and_remedy(void **state)
{
	exs_error *error = test_error();
	fault      f;

	(void)state;
	fault_read(&f, 400, span_of(DETAILS("BadRequest", "|A.AmbiguousParameterSetException|Parameter set cannot be resolved. Foo")));
	assert_int_equal(fault_fail(&f, "Set-Mailbox", "id", NULL, error), EXS_CMDLET);
	assert_non_null(strstr(exs_error_why(error), "a name it does not know"));
	assert_non_null(strstr(exs_error_fix(error), "documentation"));
	assert_string_equal(exs_error_native(error), "AmbiguousParameterSetException");
}

static void
a_401_with_both_grants_is_about_the_token_itself(void **state)
{
	EXS_SCOPED(buf) token = BUF(4096);
	exs_bearer *bearer = NULL;
	exs_error  *error = test_error();
	fault       f;

	(void)state;
	buf_puts(&token, "e30.");
	encode_base64url(&token, span_of("{\"aud\":\"https://graph.example\",\"roles\":[\"Exchange.ManageAsApp\"],"
	                                 "\"wids\":[\"" READER "\"]}"));
	buf_puts(&token, ".x");
	assert_ok(bearer_new("s", buf_span(&token), 0, 0, 1, &bearer, error));
	fault_read(&f, 401, span_of(""));
	assert_int_equal(fault_fail(&f, "Get-Mailbox", "id", bearer, error), EXS_DENIED);
	assert_non_null(strstr(exs_error_why(error), "aud https://graph.example"));
	assert_null(strstr(exs_error_why(error), "cmdlet's name"));
	assert_non_null(strstr(exs_error_fix(error), "endpoint.exchange"));
	exs_bearer_free(bearer);
}

static void
nothing_is_claimed_about_a_bearer_that_cannot_be_read(void **state)
{
	exs_bearer *bearer = NULL;
	exs_error  *error = test_error();
	fault       f;

	(void)state;
	assert_ok(bearer_new("s", span_of("opaque"), 0, 0, 1, &bearer, error));
	fault_read(&f, 401, span_of(""));
	assert_int_equal(fault_fail(&f, "Get-Mailbox", "id", bearer, error), EXS_DENIED);
	assert_string_equal(exs_error_why(error), "");
	assert_string_equal(exs_error_code(error), "E-EXO-UNAUTHORIZED");
	assert_string_equal(exs_error_native(error), "HTTP 401");
	exs_bearer_free(bearer);
}

typedef struct challenge_row {
	const char *header, *claims; /* NULL: refused */
} challenge_row;

static const challenge_row challenges[] = {
	{"", ""},
	{"Bearer", ""},
	{"Bearer realm=\"\", error=\"invalid_token\"", ""},
	{"Bearer realm=\"\", error=\"insufficient_claims\", claims=\"eyJhIjp7fX0=\"", "{\"a\":{}}"},
	{"Bearer claims=eyJhIjp7fX0=", "{\"a\":{}}"},
	{"Bearer Claims=\"eyJhIjp7fX0\"", "{\"a\":{}}"},
	{"Bearer x=\"claims=\\\"no\\\"\", claims=\"eyJhIjp7fX0=\"", "{\"a\":{}}"},
	{"PoP a=\"b\", Bearer claims=\"eyJhIjp7fX0=\", authorization_uri=\"https://x\"", "{\"a\":{}}"},
	{"Bearer claims=\"***\"", NULL},
	{"Bearer claims=\"YWJj\"", NULL},                       /* abc */
	{"Bearer claims=\"WzFd\"", NULL},                       /* [1] */
	{"Bearer claims=\"eyJhIjp7fX0=", NULL},
	{"Bearer claims=\"eyJhIjp7fX0=\", claims=\"eyJhIjp7fX0=\"", NULL},
};

static void
a_claims_challenge_is_decoded_strictly(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof challenges / sizeof challenges[0]; i++) {
		EXS_SCOPED(buf) claims = BUF(CHALLENGE_MAX);
		exs_status status = challenge_claims(span_of(challenges[i].header), &claims, test_error());

		if (challenges[i].claims == NULL) {
			assert_int_equal(status, EXS_DENIED);
			continue;
		}
		if (status != EXS_OK)
			fail_msg("%s", challenges[i].header);
		assert_string_equal(buf_text(&claims), challenges[i].claims);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_generation_of_error_body_is_understood),
		cmocka_unit_test(a_body_of_nul_bytes_is_no_reason),
		cmocka_unit_test(a_long_message_is_cut_between_characters),
		cmocka_unit_test(text_becomes_plain),
		cmocka_unit_test(a_refusal_says_which_of_the_two_grants_is_missing),
		cmocka_unit_test(each_service_has_a_permission_and_roles_of_its_own),
		cmocka_unit_test(a_known_type_comes_with_its_cause_and_remedy),
		cmocka_unit_test(a_401_with_both_grants_is_about_the_token_itself),
		cmocka_unit_test(nothing_is_claimed_about_a_bearer_that_cannot_be_read),
		cmocka_unit_test(a_claims_challenge_is_decoded_strictly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
