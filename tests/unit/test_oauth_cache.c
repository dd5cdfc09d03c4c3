/* Bearers kept until shortly before they expire. */
#include "oauth/access.h"
#include "support/fake_well.h"
#include "support/test.h"

#include <stdio.h>

static exs_bearer *
get(fake_well *s, cache_wish wish)
{
	exs_bearer *bearer = NULL;

	wish.scope = wish.scope == NULL ? "x" : wish.scope;
	assert_ok(cache_bearer(s->cache, &wish, &bearer, test_error()));
	return bearer;
}

/* The nth bearer of the well is what one gets now. */
static void
expect(fake_well *s, cache_wish wish, const char *token)
{
	exs_bearer *bearer = get(s, wish);
	size_t      length;

	assert_string_equal(exs_bearer_reveal(bearer, &length), token);
	exs_bearer_free(bearer);
}

static void
a_bearer_is_kept_by_its_scope(void **state)
{
	fake_well *s = fake_well_new();

	(void)state;
	expect(s, (cache_wish){.scope = "a"}, "bearer-1");
	expect(s, (cache_wish){.scope = "a"}, "bearer-1");
	expect(s, (cache_wish){.scope = "b"}, "bearer-2");
	expect(s, (cache_wish){.scope = "a"}, "bearer-1");
	fake_well_free(s);
}

static void
five_minutes_before_its_end_it_is_replaced(void **state)
{
	fake_well *s = fake_well_new();

	(void)state;
	expect(s, (cache_wish){0}, "bearer-1");
	atomic_store(&s->host->now, FAKE_NOW + 3600 - 301);
	expect(s, (cache_wish){0}, "bearer-1");
	atomic_store(&s->host->now, FAKE_NOW + 3600 - 300);
	expect(s, (cache_wish){0}, "bearer-2");
	fake_well_free(s);
}

static void
of_a_short_life_a_tenth_is_kept_back(void **state)
{
	fake_well *s = fake_well_new();

	(void)state;
	atomic_store(&s->lifetime, 100);
	expect(s, (cache_wish){0}, "bearer-1");
	atomic_store(&s->host->now, FAKE_NOW + 89);
	expect(s, (cache_wish){0}, "bearer-1");
	atomic_store(&s->host->now, FAKE_NOW + 90);
	expect(s, (cache_wish){0}, "bearer-2");
	fake_well_free(s);
}

static void
past_the_cache_means_a_new_one_that_is_kept(void **state)
{
	fake_well *s = fake_well_new();

	(void)state;
	expect(s, (cache_wish){0}, "bearer-1");
	expect(s, (cache_wish){.past = true}, "bearer-2");
	expect(s, (cache_wish){0}, "bearer-2");
	fake_well_free(s);
}

static void
a_refused_bearer_is_handed_to_nobody_again(void **state)
{
	fake_well  *s = fake_well_new();
	exs_bearer *refused = get(s, (cache_wish){0});

	(void)state;
	expect(s, (cache_wish){.refused = refused, .challenge = "{}"}, "bearer-2");
	assert_string_equal(s->challenge, "{}");
	/* who was refused with the same one gets what the first has fetched */
	expect(s, (cache_wish){.refused = refused, .challenge = "{}"}, "bearer-2");
	expect(s, (cache_wish){0}, "bearer-2");
	exs_bearer_free(refused);
	refused = get(s, (cache_wish){0});
	atomic_store(&s->failure, E_ENTRA);
	assert_fails(cache_bearer(s->cache, &(cache_wish){.scope = "x", .refused = refused}, NULL,
	                          test_error()), test_error(), E_ENTRA);
	assert_fails(cache_bearer(s->cache, &(cache_wish){.scope = "x"}, NULL, test_error()), test_error(),
	             E_ENTRA);
	exs_bearer_free(refused);
	fake_well_free(s);
}

static void
a_challenge_without_a_bearer_goes_past_the_cache(void **state)
{
	fake_well *s = fake_well_new();

	(void)state;
	expect(s, (cache_wish){0}, "bearer-1");
	expect(s, (cache_wish){.challenge = "{}"}, "bearer-2");
	fake_well_free(s);
}

static void
an_early_refresh_is_honoured_and_may_fail(void **state)
{
	fake_well *s = fake_well_new();

	(void)state;
	atomic_store(&s->refresh_in, 1800);
	expect(s, (cache_wish){0}, "bearer-1");
	atomic_store(&s->host->now, FAKE_NOW + 1799);
	expect(s, (cache_wish){0}, "bearer-1");
	atomic_store(&s->host->now, FAKE_NOW + 1800);
	atomic_store(&s->failure, E_ENTRA);
	expect(s, (cache_wish){0}, "bearer-1");
	assert_int_equal(fake_host_logged(s->host, "early refresh failed"), 1);
	expect(s, (cache_wish){0}, "bearer-1"); /* not at once again */
	assert_int_equal(atomic_load(&s->calls), 2);
	atomic_store(&s->host->now, FAKE_NOW + 1860);
	atomic_store(&s->failure, E_NONE);
	expect(s, (cache_wish){0}, "bearer-3");
	fake_well_free(s);
}

static void
without_network_what_is_still_good_tides_over(void **state)
{
	fake_well *s = fake_well_new();

	(void)state;
	expect(s, (cache_wish){0}, "bearer-1");
	atomic_store(&s->failure, E_NETWORK);
	atomic_store(&s->host->now, FAKE_NOW + 3600 - 200);
	expect(s, (cache_wish){0}, "bearer-1");
	atomic_store(&s->host->now, FAKE_NOW + 3600 - 20);
	assert_fails(cache_bearer(s->cache, &(cache_wish){.scope = "x"}, NULL, test_error()), test_error(),
	             E_NETWORK);
	atomic_store(&s->host->now, FAKE_NOW + 3600 - 200);
	atomic_store(&s->failure, E_ENTRA); /* a "no" is not hidden */
	assert_fails(cache_bearer(s->cache, &(cache_wish){.scope = "x"}, NULL, test_error()), test_error(),
	             E_ENTRA);
	fake_well_free(s);
}

static void
a_failure_is_not_kept(void **state)
{
	fake_well *s = fake_well_new();

	(void)state;
	atomic_store(&s->failure, E_NETWORK);
	assert_fails(cache_bearer(s->cache, &(cache_wish){.scope = "x"}, NULL, test_error()), test_error(),
	             E_NETWORK);
	atomic_store(&s->failure, E_NONE);
	expect(s, (cache_wish){0}, "bearer-2");
	fake_well_free(s);
}

static void
scopes_beyond_the_ceiling_are_served_and_not_kept(void **state)
{
	fake_well *s = fake_well_new();
	char       scope[16];

	(void)state;
	for (int i = 0; i < CACHE_SCOPES_MAX; i++) {
		snprintf(scope, sizeof scope, "s%d", i);
		exs_bearer_free(get(s, (cache_wish){.scope = scope}));
	}
	expect(s, (cache_wish){.scope = "one more"}, "bearer-65");
	expect(s, (cache_wish){.scope = "one more"}, "bearer-66");
	expect(s, (cache_wish){.scope = "s0"}, "bearer-1");
	fake_well_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bearer_is_kept_by_its_scope),
		cmocka_unit_test(five_minutes_before_its_end_it_is_replaced),
		cmocka_unit_test(of_a_short_life_a_tenth_is_kept_back),
		cmocka_unit_test(past_the_cache_means_a_new_one_that_is_kept),
		cmocka_unit_test(a_refused_bearer_is_handed_to_nobody_again),
		cmocka_unit_test(a_challenge_without_a_bearer_goes_past_the_cache),
		cmocka_unit_test(an_early_refresh_is_honoured_and_may_fail),
		cmocka_unit_test(without_network_what_is_still_good_tides_over),
		cmocka_unit_test(a_failure_is_not_kept),
		cmocka_unit_test(scopes_beyond_the_ceiling_are_served_and_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
