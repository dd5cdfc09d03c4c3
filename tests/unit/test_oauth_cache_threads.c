/* One thread fetches while the others wait: for the bearer, or for the reason why there is none. */
#include "oauth/access.h"
#include "support/fake_well.h"
#include "support/test.h"

#include <pthread.h>
#include <stdio.h>

enum { THREADS = 8 };

static atomic_int arrived;

typedef struct caller {
	pthread_t  thread;
	fake_well *well;
	exs_status status;
	exs_error *error;
	char       token[32];
} caller;

static void *
call(void *self)
{
	caller     *c = self;
	exs_bearer *bearer = NULL;
	size_t      length;

	atomic_fetch_add(&arrived, 1);
	c->status = cache_bearer(c->well->cache, &(cache_wish){.scope = "x"}, &bearer, c->error);
	if (c->status == EXS_OK)
		snprintf(c->token, sizeof c->token, "%s", exs_bearer_reveal(bearer, &length));
	exs_bearer_free(bearer);
	return NULL;
}

static void
call_at_once(fake_well *s, caller callers[THREADS], void (*meanwhile)(fake_well *s))
{
	atomic_store(&arrived, 0);
	atomic_store(&s->held, true);
	for (int i = 0; i < THREADS; i++) {
		callers[i] = (caller){.well = s, .error = exs_error_new()};
		assert_int_equal(pthread_create(&callers[i].thread, NULL, call, &callers[i]), 0);
	}
	while (atomic_load(&arrived) < THREADS || atomic_load(&s->calls) == 0)
		fake_well_nap();
	for (int i = 0; i < 50; i++)
		fake_well_nap(); /* lets them reach the cache; were one late it would find the bearer there */
	if (meanwhile != NULL)
		meanwhile(s);
	atomic_store(&s->held, false);
	for (int i = 0; i < THREADS; i++)
		pthread_join(callers[i].thread, NULL);
}

static void
many_threads_cost_one_fetch(void **state)
{
	fake_well *s = fake_well_new();
	caller     callers[THREADS];

	(void)state;
	call_at_once(s, callers, NULL);
	for (int i = 0; i < THREADS; i++) {
		assert_int_equal(callers[i].status, EXS_OK);
		assert_string_equal(callers[i].token, "bearer-1");
		exs_error_free(callers[i].error);
	}
	assert_int_equal(atomic_load(&s->calls), 1);
	fake_well_free(s);
}

static void
one_failure_is_told_to_all_who_waited(void **state)
{
	fake_well *s = fake_well_new();
	caller     callers[THREADS];

	(void)state;
	atomic_store(&s->failure, E_PIN_WRONG);
	call_at_once(s, callers, NULL);
	for (int i = 0; i < THREADS; i++) {
		assert_fails(callers[i].status, callers[i].error, E_PIN_WRONG);
		exs_error_free(callers[i].error);
	}
	assert_int_equal(atomic_load(&s->calls), 1);
	fake_well_free(s);
}

static void
give_up(fake_well *s)
{
	atomic_store(&s->host->gave_up, true);
	for (int i = 0; i < 250; i++)
		fake_well_nap();
}

static void
who_waits_may_give_up(void **state)
{
	fake_well *s = fake_well_new();
	caller     callers[THREADS];
	int        interrupted = 0;

	(void)state;
	call_at_once(s, callers, give_up);
	for (int i = 0; i < THREADS; i++) {
		interrupted += callers[i].status == EXS_CANCELLED;
		exs_error_free(callers[i].error);
	}
	assert_int_equal(interrupted, THREADS - 1); /* the well itself does not ask */
	fake_well_free(s);
}

static void *
churn(void *self)
{
	caller *c = self;

	for (int i = 0; i < 200; i++) {
		exs_bearer *bearer = NULL;
		cache_wish  wish = {.scope = i % 3 == 0 ? "a" : "b", .past = i % 17 == 0};

		if (cache_bearer(c->well->cache, &wish, &bearer, NULL) == EXS_OK && i % 13 == 0) {
			exs_bearer *other = NULL;

			wish.refused = bearer;
			if (cache_bearer(c->well->cache, &wish, &other, NULL) == EXS_OK)
				exs_bearer_free(other);
		}
		exs_bearer_free(bearer);
		atomic_fetch_add(&c->well->host->now, 60);
	}
	return NULL;
}

static void
threads_that_take_refuse_and_refresh_do_not_disturb_each_other(void **state)
{
	fake_well *s = fake_well_new();
	caller     callers[THREADS];

	(void)state;
	atomic_store(&s->refresh_in, 1800);
	for (int i = 0; i < THREADS; i++) {
		callers[i] = (caller){.well = s};
		assert_int_equal(pthread_create(&callers[i].thread, NULL, churn, &callers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(callers[i].thread, NULL);
	assert_true(atomic_load(&s->calls) > 2);
	fake_well_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_threads_cost_one_fetch),
		cmocka_unit_test(one_failure_is_told_to_all_who_waited),
		cmocka_unit_test(who_waits_may_give_up),
		cmocka_unit_test(threads_that_take_refuse_and_refresh_do_not_disturb_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
