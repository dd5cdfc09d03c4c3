/* Every call of the Graph room against every kind of trouble: repeated, waited out, refused or left open, as it should be. */
#include "support/fake_service.h"
#include "support/test.h"

#include "graph/application.h"
#include "graph/principal.h"

#define GOOD_BODY "{\"id\":\"a-1\",\"appId\":\"b-2\",\"keyId\":\"c-3\",\"keyCredentials\":[],\"value\":[]}"
#define REFUSAL(code) "{\"error\":{\"code\":\"" code "\",\"message\":\"no\"}}"

/* The session belongs to the graph from here on. */
static graph *
graph_of(fake_service *s)
{
	graph *g = NULL;

	assert_ok(graph_over(s->host->context, &s->session, &g, test_error()));
	g->first_wait_ms = 1;
	g->rounds = 3;
	return g;
}

static exs_status
by_app_id(graph *g, exs_error *error)
{
	application a = {0};
	bool        found;
	exs_status  status = application_by_app_id(g, "b-2", &a, &found, error);

	application_done(&a);
	return status;
}

static exs_status
by_tag(graph *g, exs_error *error)
{
	application a = {0};
	bool        found;
	unsigned    others;

	return application_by_tag(g, "O'Brien & Sons", "exosign", &a, &found, &others, error);
}

static exs_status
create(graph *g, exs_error *error)
{
	application a = {0};
	exs_status  status = application_create(g, "x", "exosign", &a, error);

	application_done(&a);
	return status;
}

static exs_status
patch(graph *g, exs_error *error)
{
	application a = {.object_id = "a-1"};

	return application_patch(g, &a, "change the application", span_of("{}"), error);
}

static exs_status
add_key(graph *g, exs_error *error)
{
	char id[GRAPH_ID_MAX];

	return application_add_key(g, "a-1", span_of("{}"), span_of("proof"), id, error);
}

static exs_status
remove_key(graph *g, exs_error *error)
{
	return application_remove_key(g, "a-1", "c-3", span_of("proof"), error);
}

static exs_status
own_principal(graph *g, exs_error *error)
{
	principal  p = {0};
	bool       found;
	exs_status status = principal_by_app_id(g, "b-2", &p, &found, error);

	principal_done(&p);
	return status;
}

static exs_status
create_principal(graph *g, exs_error *error)
{
	principal  p = {0};
	exs_status status = principal_create(g, "b-2", &p, error);

	principal_done(&p);
	return status;
}

static exs_status
have_grant(graph *g, exs_error *error)
{
	bool has;

	return grants_have(g, "p-1", "r-1", "x-1", &has, error);
}

static exs_status
create_grant(graph *g, exs_error *error)
{
	return grant_create(g, "p-1", "r-1", "x-1", error);
}

static exs_status
have_role(graph *g, exs_error *error)
{
	bool has;

	return roles_have(g, "p-1", "x-1", &has, error);
}

static exs_status
assign_role(graph *g, exs_error *error)
{
	return role_assign(g, "p-1", "x-1", error);
}

enum { LOOK, LIST, WRITE, WRITE_FRESH, KINDS };

static const struct {
	const char *name;
	exs_status (*call)(graph *g, exs_error *error);
	int kind;
} calls[] = {
	{"application by app id", by_app_id, LOOK},     {"application by tag", by_tag, LIST},
	{"create application", create, WRITE},          {"patch application", patch, WRITE_FRESH},
	{"addKey", add_key, WRITE},                     {"removeKey", remove_key, WRITE},
	{"principal", own_principal, LOOK},             {"create principal", create_principal, WRITE_FRESH},
	{"grants", have_grant, LIST},                   {"create grant", create_grant, WRITE_FRESH},
	{"roles", have_role, LIST},                     {"assign role", assign_role, WRITE_FRESH},
};

static const struct {
	const char *name;
	fake_step   step; /* before good answers */
	error_id    ids[KINDS];
	size_t      requests[KINDS];
} troubles[] = {
	{"none", {.status = 200, .body = GOOD_BODY}, {E_NONE, E_NONE, E_NONE, E_NONE}, {1, 1, 1, 1}},
	{"429", {.status = 429, .fields = "Retry-After: 0\n"}, {E_NONE, E_NONE, E_NONE, E_NONE}, {2, 2, 2, 2}},
	{"503", {.status = 503}, {E_NONE, E_NONE, E_GRAPH_UNKNOWN, E_GRAPH_UNKNOWN}, {2, 2, 1, 1}},
	{"503 that says when", {.status = 503, .fields = "Retry-After: 0\n"}, {E_NONE, E_NONE, E_NONE, E_NONE}, {2, 2, 2, 2}},
	{"504", {.status = 504, .body = "<html>"}, {E_NONE, E_NONE, E_GRAPH_UNKNOWN, E_GRAPH_UNKNOWN}, {2, 2, 1, 1}},
	{"404 of something fresh", {.status = 404, .body = REFUSAL("Request_ResourceNotFound")},
     {E_NONE, E_GRAPH_NOT_FOUND, E_GRAPH_NOT_FOUND, E_NONE}, {1, 1, 1, 2}},
	{"403", {.status = 403, .body = REFUSAL("Authorization_RequestDenied")},
     {E_GRAPH_FORBIDDEN, E_GRAPH_FORBIDDEN, E_GRAPH_FORBIDDEN, E_GRAPH_FORBIDDEN}, {1, 1, 1, 1}},
	{"400", {.status = 400, .body = REFUSAL("Request_BadRequest")},
     {E_GRAPH_REFUSED, E_GRAPH_REFUSED, E_GRAPH_REFUSED, E_GRAPH_REFUSED}, {1, 1, 1, 1}},
	{"409, two writers", {.status = 409, .body = REFUSAL("Directory_ConcurrencyViolation")},
     {E_NONE, E_NONE, E_NONE, E_NONE}, {2, 2, 2, 2}},
	{"half a body", {.status = 200, .body = "{\"id\":\"a", .failure = E_NETWORK},
     {E_NONE, E_NONE, E_NETWORK, E_NETWORK}, {2, 2, 1, 1}},
	{"reset", {.failure = E_NETWORK, .arrived = true}, {E_NONE, E_NONE, E_GRAPH_UNKNOWN, E_GRAPH_UNKNOWN}, {2, 2, 1, 1}},
	{"html", {.status = 200, .body = "<html>"}, {E_ANSWER, E_ANSWER, E_ANSWER, E_ANSWER}, {1, 1, 1, 1}},
};

static void
every_call_meets_every_trouble(void **state)
{
	(void)state;
	for (size_t c = 0; c < sizeof calls / sizeof calls[0]; c++) {
		for (size_t t = 0; t < sizeof troubles / sizeof troubles[0]; t++) {
			const fake_step steps[] = {troubles[t].step, {.status = 200, .body = GOOD_BODY}};
			fake_service   *s = fake_service_new(steps, 2);
			api_session    *session = s->session;
			graph          *g;
			exs_error      *error = test_error();
			int             kind = calls[c].kind;

			session->first_wait_ms = 1;
			g = graph_of(s);
			(void)calls[c].call(g, error);
			if (error_identity(error) != troubles[t].ids[kind] ||
			    fake_wire_requests(s->wire) != troubles[t].requests[kind])
				fail_msg("%s, %s: %s after %zu requests: %s", calls[c].name, troubles[t].name,
				         exs_error_code(error), fake_wire_requests(s->wire), exs_error_message(error));
			graph_free(g);
			fake_service_free(s);
		}
	}
}

static void
names_are_quoted_in_filters(void **state)
{
	const fake_step steps[] = {{.status = 200, .body = GOOD_BODY}};
	fake_service   *s = fake_service_new(steps, 1);
	graph          *g = graph_of(s);

	(void)state;
	assert_ok(by_tag(g, test_error()));
	assert_non_null(strstr(fake_wire_request(s->wire, 0)->url,
	                       "$filter=displayName%20eq%20%27O%27%27Brien%20%26%20Sons%27&"));
	graph_free(g);
	fake_service_free(s);
}

static void
two_tagged_applications_are_for_a_person_to_choose(void **state)
{
	const fake_step steps[] = {{.status = 200, .body = "{\"value\":[{\"id\":\"a\",\"tags\":[\"exosign\"]},"
	                                                   "{\"id\":\"b\",\"tags\":[\"other\"]},{\"id\":\"c\",\"tags\":[\"exosign\"]}]}"}};
	fake_service   *s = fake_service_new(steps, 1);
	graph          *g = graph_of(s);
	exs_error      *error = test_error();

	(void)state;
	assert_fails(by_tag(g, error), error, E_GRAPH_REFUSED);
	graph_free(g);
	fake_service_free(s);
}

static void
an_id_that_could_leave_its_path_is_refused(void **state)
{
	const fake_step steps[] = {{.status = 200, .body = "{\"id\":\"../x\",\"appId\":\"b\"}"}};
	fake_service   *s = fake_service_new(steps, 1);
	graph          *g = graph_of(s);
	exs_error      *error = test_error();

	(void)state;
	assert_fails(by_app_id(g, error), error, E_ANSWER);
	graph_free(g);
	fake_service_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call_meets_every_trouble),
		cmocka_unit_test(names_are_quoted_in_filters),
		cmocka_unit_test(two_tagged_applications_are_for_a_person_to_choose),
		cmocka_unit_test(an_id_that_could_leave_its_path_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
