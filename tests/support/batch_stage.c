/* A batch over a scripted service. */
#include "support/batch_stage.h"

#include "base/jsontext.h"
#include "oauth/bearer.h"
#include "support/test.h"

#include <stdlib.h>
#include <unistd.h>

static void
put_identity(span input, buf *to)
{
	span parameters = jsontext_member(input, "Parameters");

	if (jsontext_member(parameters, "Identity").at != NULL)
		jsontext_decode(to, jsontext_member(parameters, "Identity"));
	else if (jsontext_member(parameters, "Name").at != NULL)
		jsontext_decode(to, jsontext_member(parameters, "Name"));
}

static int
answer_one(behaviour *how, span input, bool shared, buf *to)
{
	EXS_SCOPED(buf) who = BUF(1024);

	put_identity(input, &who);
	if (span_is(jsontext_member(input, "CmdletName"), "\"New-Mailbox\""))
		how->made++;
	if (strcmp(buf_text(&who), "bad") == 0 ||
	    (strcmp(buf_text(&who), "absent") == 0 && how->made == 0)) {
		buf_puts(to, "{\"error\":{\"code\":\"NotFound\",\"message\":\"Error\",\"details\":[{\"code\":\"Context\",\"message\":"
		             "\"Ex1|X.ManagementObjectNotFoundException|no such object\"}]}}");
		return 404;
	}
	if (strcmp(buf_text(&who), "mute") == 0 &&
	    !span_is(jsontext_member(input, "CmdletName"), "\"New-Mailbox\"")) {
		buf_puts(to, "{\"@adminapi.warnings\":[],\"value\":null}");
		return 200;
	}
	if (strcmp(buf_text(&who), "slow") == 0 && !how->throttled) {
		how->throttled = true;
		buf_puts(to, "{\"error\":{\"code\":\"TooManyRequests\",\"message\":\"slowly\"}}");
		return 429;
	}
	how->written++;
	buf_puts(to, "{\"@adminapi.warnings\":[],\"value\":[{\"Who\":");
	jsontext_quote(to, buf_span(&who));
	buf_puts(to, "}]");
	if (strcmp(buf_text(&who), "long") == 0 && shared)
		buf_puts(to, ",\"@odata.nextLink\":\"" FAKE_INVOKE "?%24skiptoken=1\"");
	buf_byte(to, '}');
	return 200;
}

static void
answer_item(behaviour *how, span request, buf *to)
{
	EXS_SCOPED(buf) body = BUF(64 * 1024);
	span input = jsontext_member(jsontext_member(request, "body"), "CmdletInput");
	int  status = answer_one(how, input, true, &body);

	buf_puts(to, "{\"id\":");
	buf_add(to, jsontext_member(request, "id"));
	buf_addf(to, ",\"status\":%d,\"headers\":{\"request-id\":\"r\"},\"body\":%s}", status, buf_text(&body));
}

static int
answer_batch(behaviour *how, span body, buf *to)
{
	span          requests[16], name;
	jsontext_walk walk = jsontext_open(jsontext_member(body, "requests"));
	size_t        n = 0;
	bool          first = true;

	while (n < 16 && jsontext_next(&walk, &name, &requests[n]))
		n++;
	assert_true(n >= 2 && n <= 10);
	buf_puts(to, "{\"responses\":[");
	for (size_t i = how->batches == 1 ? how->missing : 0; i < n; i++) {
		if (!first)
			buf_byte(to, ',');
		first = false;
		answer_item(how, requests[how->reversed ? n - 1 - i : i], to);
	}
	buf_puts(to, "]}");
	return 200;
}

static int
answer(void *self, const fake_request *asked, buf *to)
{
	behaviour *how = self;
	span       body = span_of(asked->body);

	if (strstr(asked->url, "$batch") == NULL) {
		how->alone++;
		return answer_one(how, jsontext_member(body, "CmdletInput"), false, to);
	}
	how->batches++;
	return how->no_batch ? 404 : answer_batch(how, body, to);
}

static exs_status
bearer(void *self, const exs_bearer *refused, const char *claims, exs_bearer **ret, exs_error *error)
{
	stage *s = self;

	(void)refused;
	(void)claims;
	if (s->how.bearers_left == 0)
		return exs_fail(error, E_DEVICE, "it was pulled out");
	if (s->how.bearers_left > 0)
		s->how.bearers_left--;
	return bearer_new("scope", span_of("token"), 0, 0, INT64_MAX, ret, error);
}

static exs_status
make_session(void *self, const exs_context *context, exs_exchange **ret, exs_error *error)
{
	stage *s = self;

	(void)context;
	fake_wire_answer(s->service->wire, answer, &s->how);
	s->service->session->source = (api_source){s, bearer};
	return exchange_over(&s->service->session, NULL, ret, error);
}

static exs_status
take_outcome(void *self, const char *json, size_t length, exs_error *error)
{
	stage *s = self;

	if (s->most_told > 0 && s->n_told == s->most_told)
		return exs_fail(error, E_OUTPUT, "nobody listens");
	s->n_told++;
	buf_add(&s->told, span_from(json, length));
	buf_byte(&s->told, '\n');
	return EXS_OK;
}

void
stage_begin(stage *s, const char *items)
{
	*s = (stage){.told = BUF(1024 * 1024)};
	for (size_t i = 0; i < STAGE_STEPS; i++)
		s->steps[i] = (fake_step){.status = 200};
	s->how.bearers_left = -1;
	s->host = fake_host_new();
	s->input = test_file("items.ndjson", span_of(items), 0600);
	s->journal = test_path("items.journal");
	(void)unlink(s->journal);
	s->options = (exs_batch_options){.size = sizeof s->options, .input = s->input,
	                                 .journal = s->journal, .target = "contoso"};
	s->run = (exs_batch_run_options){.size = sizeof s->run, .concurrency = 1};
}

void
stage_done(stage *s)
{
	buf_done(&s->told);
	fake_host_free(s->host);
}

exs_status
stage_run(stage *s, exs_error *error)
{
	const batch_sessions     sessions = {s, make_session};
	const exs_batch_listener listener = {.size = sizeof listener, .self = s, .outcome = take_outcome};
	exs_batch *batch = NULL;
	exs_status status;

	exs_error_clear(error);
	buf_clear(&s->told);
	s->n_told = 0;
	s->service = fake_service_new(s->steps, STAGE_STEPS);
	status = exs_batch_open(s->host->context, &s->options, &batch, error);
	if (status == EXS_OK) {
		status = batch_run_over(batch, &sessions, &s->run, &listener, error);
		exs_batch_count(batch, &s->tally);
		assert_int_equal(s->tally.items, s->tally.done + s->tally.failed + s->tally.skipped +
		                                         s->tally.unknown + s->tally.left);
	}
	exs_batch_free(batch);
	fake_service_free(s->service);
	return status;
}
