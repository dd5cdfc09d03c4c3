/* The host's hooks: clock, cancelled, log. */
#include "base/context.h"
#include "support/test.h"
#include "support/torture.h"

#include <stdio.h>

typedef struct host {
	int64_t now_ms;
	int     asked, cancel_at, events;
	char    last[256];
} host;

static int64_t
tell_time(void *self)
{
	host *h = self;

	return h->now_ms;
}

static bool
gave_up(void *self)
{
	host *h = self;

	return ++h->asked >= h->cancel_at;
}

static void
note(void *self, exs_log_level level, const char *area, const char *event, const exs_field *fields,
     size_t n_fields)
{
	host *h = self;
	int   at = snprintf(h->last, sizeof h->last, "%d %s.%s", (int)level, area, event);

	h->events++;
	for (size_t i = 0; i < n_fields; i++)
		at += fields[i].text != NULL
		              ? snprintf(h->last + at, sizeof h->last - (size_t)at, " %s=%s",
		                         fields[i].name, fields[i].text)
		              : snprintf(h->last + at, sizeof h->last - (size_t)at, " %s=%lld",
		                         fields[i].name, (long long)fields[i].number);
}

static void
without_hooks_the_systems_clock_is_used_and_nobody_gives_up(void **state)
{
	EXS_AUTO(exs_context) *context = NULL;

	(void)state;
	assert_ok(exs_context_new(NULL, &context, NULL));
	assert_true(context_now(context) > 1700000000);
	assert_false(context_cancelled(context));
	assert_ok(context_check(context, NULL));
	assert_ok(context_sleep(context, 1, NULL));
	LOG(context, EXS_LOG_INFO, "hsm", "signed", LOG_NUMBER("ms", 3));
	exs_context_free(NULL);
}

static void
the_hosts_clock_is_the_clock(void **state)
{
	host      h = {.now_ms = 1234567};
	exs_hooks hooks = {.size = sizeof hooks, .self = &h, .clock = tell_time};
	EXS_AUTO(exs_context) *context = NULL;

	(void)state;
	assert_ok(exs_context_new(&hooks, &context, NULL));
	assert_true(context_now_ms(context) == 1234567);
	assert_true(context_now(context) == 1234);
}

static void
giving_up_is_noticed_before_and_within_a_sleep(void **state)
{
	host      h = {.cancel_at = 1};
	exs_hooks hooks = {.size = sizeof hooks, .self = &h, .cancelled = gave_up};
	EXS_AUTO(exs_context) *context = NULL;
	exs_error *error = test_error();

	(void)state;
	assert_ok(exs_context_new(&hooks, &context, NULL));
	assert_fails(context_check(context, error), error, E_INTERRUPTED);
	h.asked = 0;
	h.cancel_at = 3;
	/* an hour would outlast the test's deadline */
	assert_fails(context_sleep(context, 3600000, error), error, E_INTERRUPTED);
	assert_int_equal(h.asked, 3);
}

static void
an_event_arrives_with_its_fields(void **state)
{
	host      h = {0};
	exs_hooks hooks = {.size = sizeof hooks, .self = &h, .log = note};
	EXS_AUTO(exs_context) *context = NULL;

	(void)state;
	assert_ok(exs_context_new(&hooks, &context, NULL));
	LOG(context, EXS_LOG_INFO, "hsm", "signed", LOG_TEXT("alg", "PS256"), LOG_NUMBER("ms", 3));
	assert_string_equal(h.last, "3 hsm.signed alg=PS256 ms=3");
	assert_int_equal(h.events, 1);
}

static void
a_host_that_knows_less_is_asked_for_less(void **state)
{
	host      h = {.cancel_at = 1};
	exs_hooks hooks = {.size = offsetof(exs_hooks, cancelled), .self = &h, .cancelled = gave_up};
	EXS_AUTO(exs_context) *context = NULL;

	(void)state;
	assert_ok(exs_context_new(&hooks, &context, NULL));
	assert_false(context_cancelled(context));
	assert_int_equal(h.asked, 0);
}

static exs_status
step(void *self, exs_error *error)
{
	EXS_AUTO(exs_context) *context = NULL;
	exs_status status = exs_context_new(NULL, &context, error);

	(void)self;
	assert_true((context == NULL) == (status != EXS_OK));
	return status;
}

static void
without_memory_there_is_no_context(void **state)
{
	(void)state;
	assert_int_equal(torture(step, NULL), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_hooks_the_systems_clock_is_used_and_nobody_gives_up),
		cmocka_unit_test(the_hosts_clock_is_the_clock),
		cmocka_unit_test(giving_up_is_noticed_before_and_within_a_sleep),
		cmocka_unit_test(an_event_arrives_with_its_fields),
		cmocka_unit_test(a_host_that_knows_less_is_asked_for_less),
		cmocka_unit_test(without_memory_there_is_no_context),
	};

	return cmocka_run_group_tests_name("base/context", tests, NULL, NULL);
}
