/* Plain REST services: their refusals read and said, and one small call with its whole answer. */
#include "support/fake_service.h"
#include "support/test.h"

#include "api/rest.h"
#include "api/small.h"

#include <stdlib.h>

#define SERVICE(...)                                                                               \
	rest_service((const fake_step[]){__VA_ARGS__},                                             \
	             sizeof((const fake_step[]){__VA_ARGS__}) / sizeof(fake_step))

#define REFUSAL(code, message) "{\"error\":{\"code\":\"" code "\",\"message\":\"" message "\"," \
	"\"innerError\":{\"date\":\"2026-11-27T00:00:00\",\"request-id\":\"r-1\",\"client-request-id\":\"c-1\"}}}"
#define NO_BACKING "{\"error\":{\"code\":\"Request_BadRequest\",\"message\":\"The appId does not reference a valid application object.\"," \
	"\"details\":[{\"code\":\"NoBackingApplicationObject\",\"message\":\"m\",\"target\":\"appId\"}]}}"

static fake_service *
rest_service(const fake_step *steps, size_t n)
{
	fake_service *s = fake_service_new(steps, n);

	s->session->dialect = &fault_of_graph;
	return s;
}

typedef struct reading {
	int         status;
	const char *body;
	fault_kind  kind;
	const char *message, *code, *detail, *request_id;
} reading;

static const reading readings[] = {
	{404, REFUSAL("Request_ResourceNotFound", "gone"), FAULT_NOT_FOUND, "gone", "Request_ResourceNotFound", "", "r-1"},
	{403, REFUSAL("Authorization_RequestDenied", "no"), FAULT_FORBIDDEN, "no", "Authorization_RequestDenied", "", "r-1"},
	{400, REFUSAL("Request_BadRequest", "bad"), FAULT_PARAMETER, "bad", "Request_BadRequest", "", "r-1"},
	{400, NO_BACKING, FAULT_NOT_FOUND, "The appId does not reference a valid application object.",
     "Request_BadRequest", "NoBackingApplicationObject", ""},
	{400, REFUSAL("CredentialInvalidLifetimeAsPerAppPolicy", "long"), FAULT_FORBIDDEN, "long",
     "CredentialInvalidLifetimeAsPerAppPolicy", "", "r-1"},
	{409, REFUSAL("Directory_ConcurrencyViolation", "at once"), FAULT_TRANSIENT, "at once", "Directory_ConcurrencyViolation", "", "r-1"},
	{401, REFUSAL("InvalidAuthenticationToken", "x"), FAULT_UNAUTHORIZED, "x", "InvalidAuthenticationToken", "", "r-1"},
	{429, REFUSAL("Request_BadRequest", "x"), FAULT_THROTTLED, "x", "Request_BadRequest", "", "r-1"},
	{400, REFUSAL("Something_New", "x"), FAULT_PARAMETER, "x", "Something_New", "", "r-1"},
	{503, "", FAULT_TRANSIENT, "", "", "", ""},
	{504, "<html>", FAULT_TRANSIENT, "", "", "", ""},
	{404, "<html>", FAULT_STRANGE, "", "", "", ""},
	{400, "", FAULT_STRANGE, "", "", "", ""},
	{403, "", FAULT_FORBIDDEN, "", "", "", ""},
	/* Key Vault writes innererror and puts the closer code there */
	{403, "{\"error\":{\"code\":\"Forbidden\",\"message\":\"m\",\"innererror\":{\"code\":\"ForbiddenByRbac\"}}}",
     FAULT_FORBIDDEN, "m", "Forbidden", "ForbiddenByRbac", ""},
	{404, "{\"error\":{\"code\":\"SecretNotFound\",\"message\":\"m\"}}", FAULT_NOT_FOUND, "m", "SecretNotFound", "", ""},
	/* odd shapes are refusals too */
	{400, "{\"error\":\"x\"}", FAULT_STRANGE, "", "", "", ""},
	{400, "{\"error\":{\"details\":{},\"message\":7,\"innerError\":[]}}", FAULT_PARAMETER, "", "", "", ""},
};

static void
refusals_of_every_shape_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
		const reading *row = &readings[i];
		fault          f;

		rest_read(&f, row->status, span_of(row->body));
		if (f.kind != row->kind || strcmp(f.message, row->message) != 0 ||
		    strcmp(f.code, row->code) != 0 || strcmp(f.detail, row->detail) != 0 ||
		    strcmp(f.request_id, row->request_id) != 0)
			fail_msg("%d %s: is %d \"%s\" %s %s %s", row->status, row->body, (int)f.kind,
			         f.message, f.code, f.detail, f.request_id);
	}
}

static exs_status
call_small(fake_service *s, const char *method, const char *url, small_answer *answer, exs_error *error)
{
	bool          writes = strcmp(method, "GET") != 0;
	small_request request = {.aim = "test the directory", .method = method, .url = url, .writes = writes,
	                         .body = span_of(writes ? "{\"a\":1}" : "")};

	return small_call(s->session, &request, answer, error);
}

static void
a_small_call_gives_the_whole_answer(void **state)
{
	fake_service *s = SERVICE({.status = 200, .body = "{\"id\":\"x\"}", .piece = 3});
	small_answer  answer = {0};

	(void)state;
	assert_ok(call_small(s, "GET", "/v1.0/applications", &answer, test_error()));
	assert_string_equal(buf_text(&answer.body), "{\"id\":\"x\"}");
	assert_int_equal(answer.status, 200);
	assert_string_equal(fake_wire_request(s->wire, 0)->url, FAKE_ORIGIN "/v1.0/applications");
	assert_string_equal(fake_wire_request(s->wire, 0)->method, "GET");
	small_answer_done(&answer);
	fake_service_free(s);
}

static void
an_empty_answer_is_one_and_what_is_no_json_is_none(void **state)
{
	fake_service *s = SERVICE({.status = 204}, {.status = 200, .body = "<html>"});
	small_answer  answer = {0};
	exs_error    *error = test_error();

	(void)state;
	assert_ok(call_small(s, "PATCH", "/v1.0/applications/x", &answer, error));
	assert_int_equal(answer.body.len, 0);
	small_answer_done(&answer);
	assert_fails(call_small(s, "GET", "/v1.0/applications/x", &answer, error), error, E_ANSWER);
	small_answer_done(&answer);
	fake_service_free(s);
}

typedef struct fate {
	const char *what, *method;
	fake_step   step; /* before a good answer */
	error_id    id;
	size_t      requests;
} fate;

static const fate fates[] = {
	{"half a body, read", "GET", {.status = 200, .body = "{\"id", .failure = E_NETWORK}, E_NONE, 2},
	{"half a body, write", "PATCH", {.status = 200, .body = "{\"id", .failure = E_NETWORK}, E_NETWORK, 1},
	{"429, write", "POST", {.status = 429, .fields = "Retry-After: 0\n"}, E_NONE, 2},
	{"503, read", "GET", {.status = 503}, E_NONE, 2},
	{"503, write", "POST", {.status = 503}, E_GRAPH_UNKNOWN, 1},
	{"503 that says when, write", "POST", {.status = 503, .fields = "Retry-After: 0\n"}, E_NONE, 2},
	{"reset, write", "POST", {.failure = E_NETWORK, .arrived = true}, E_GRAPH_UNKNOWN, 1},
	{"never arrived, write", "POST", {.failure = E_NETWORK}, E_NONE, 2},
	{"404", "GET", {.status = 404, .body = REFUSAL("Request_ResourceNotFound", "x")}, E_GRAPH_NOT_FOUND, 1},
	{"403", "GET", {.status = 403, .body = REFUSAL("Authorization_RequestDenied", "x")}, E_GRAPH_FORBIDDEN, 1},
	{"400", "POST", {.status = 400, .body = NO_BACKING}, E_GRAPH_NOT_FOUND, 1},
};

static void
small_calls_are_repeated_where_that_is_safe(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof fates / sizeof fates[0]; i++) {
		const fate   *f = &fates[i];
		fake_service *s = SERVICE(f->step, {.status = 200, .body = "{}"});
		small_answer  answer = {0};
		exs_error    *error = test_error();

		(void)call_small(s, f->method, "/v1.0/x", &answer, error);
		if (error_identity(error) != f->id || fake_wire_requests(s->wire) != f->requests)
			fail_msg("%s: %s after %zu", f->what, exs_error_code(error), fake_wire_requests(s->wire));
		assert_int_equal(answer.refused, f->step.status >= 400 && f->requests == 1);
		small_answer_done(&answer);
		fake_service_free(s);
	}
}

static void
a_refusal_names_what_the_token_may_and_what_to_do(void **state)
{
	fake_service *s = SERVICE({.status = 403, .body = REFUSAL("Authorization_RequestDenied", "Insufficient privileges")});
	small_answer  answer = {0};
	exs_error    *error = test_error();

	(void)state;
	s->claims = "{\"scp\":\"User.Read\",\"roles\":[\"A.B\"]}";
	assert_int_equal(call_small(s, "GET", "/v1.0/x", &answer, error), EXS_DIRECTORY);
	assert_string_equal(exs_error_why(error), "the token carries: User.Read A.B");
	assert_string_equal(exs_error_native(error), "Authorization_RequestDenied");
	assert_fails(EXS_DIRECTORY, error, E_GRAPH_FORBIDDEN);
	assert_int_equal(answer.fault.kind, FAULT_FORBIDDEN);
	small_answer_done(&answer);
	fake_service_free(s);
}

static void
an_answer_over_the_ceiling_is_refused(void **state)
{
	char         *large = malloc(SMALL_MAX + 100);
	fake_service *s;
	small_answer  answer = {0};
	exs_error    *error = test_error();

	(void)state;
	assert_non_null(large);
	memset(large, ' ', SMALL_MAX + 100);
	s = SERVICE({.status = 200, .body = large, .body_len = SMALL_MAX + 100, .piece = 65536});
	assert_fails(call_small(s, "GET", "/v1.0/x", &answer, error), error, E_ANSWER_SIZE);
	small_answer_done(&answer);
	fake_service_free(s);
	free(large);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refusals_of_every_shape_are_read),
		cmocka_unit_test(a_small_call_gives_the_whole_answer),
		cmocka_unit_test(an_empty_answer_is_one_and_what_is_no_json_is_none),
		cmocka_unit_test(small_calls_are_repeated_where_that_is_safe),
		cmocka_unit_test(a_refusal_names_what_the_token_may_and_what_to_do),
		cmocka_unit_test(an_answer_over_the_ceiling_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
