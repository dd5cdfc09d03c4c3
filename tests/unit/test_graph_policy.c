/* What a tenant demands of certificates: durations and restrictions. */
#include "support/test.h"

#include "graph/policy.h"
#include "graph/principal.h"

enum { DAY = 86400 };

static void
durations_are_those_of_iso_8601(void **state)
{
	static const struct {
		const char *text;
		int64_t     seconds; /* -1: refused */
	} cases[] = {
		{"P90D", 90 * DAY}, {"P1Y", 365 * DAY}, {"P1Y6M", 545 * DAY}, {"P2W", 14 * DAY}, {"PT12H", 43200},
		{"P1DT1M", DAY + 60}, {"PT5S", 5}, {"", -1}, {"P", -1}, {"PT", -1}, {"P90", -1}, {"90D", -1},
		{"P1H", -1}, {"PT1D", -1}, {"P-1D", -1}, {"P99999999D", -1}, {"P1D ", -1}, {"PTT1H", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		int64_t seconds = 0;
		bool    good = policy_duration(span_of(cases[i].text), &seconds);

		if (good != (cases[i].seconds >= 0) || (good && seconds != cases[i].seconds))
			fail_msg("%s: %d %lld", cases[i].text, good, (long long)seconds);
	}
}

#define RESTRICTION(type, state, life, since)                                                      \
	"{\"restrictionType\":\"" type "\",\"state\":\"" state "\",\"maxLifetime\":" life                  \
	",\"restrictForAppsCreatedAfterDateTime\":" since "}"

static policy
taken(const char *restrictions, int64_t created)
{
	EXS_SCOPED(buf) text = BUF(4096);
	policy p = {.known = true};

	buf_addf(&text, "{\"restrictions\":{\"keyCredentials\":[%s]}}", restrictions);
	policy_take(&p, buf_span(&text), "restrictions", created, "here");
	return p;
}

static void
the_shortest_limit_that_is_switched_on_counts(void **state)
{
	policy p = taken(RESTRICTION("asymmetricKeyLifetime", "enabled", "\"P90D\"", "null") ","
	                 RESTRICTION("asymmetricKeyLifetime", "enabled", "\"P30D\"", "null") ","
	                 RESTRICTION("asymmetricKeyLifetime", "disabled", "\"P1D\"", "null"), 0);

	(void)state;
	assert_int_equal(p.lifetime_s, 30 * DAY);
	assert_string_equal(p.from, "here");
}

static void
an_app_that_is_older_is_spared_and_what_is_strange_is_named(void **state)
{
	const char *since = RESTRICTION("asymmetricKeyLifetime", "enabled", "\"P90D\"", "\"2026-01-01T00:00:00Z\"");

	(void)state;
	assert_int_equal(taken(since, 1767225599).lifetime_s, 0);
	assert_int_equal(taken(since, 1767225600).lifetime_s, 90 * DAY);
	assert_string_equal(taken(RESTRICTION("trustedCertificateAuthority", "enabled", "null", "null"), 0).others,
	                    "trustedCertificateAuthority");
	assert_int_equal(taken("7,null,{}", 0).lifetime_s, 0);
}

static void
roles_are_found_by_name_and_id(void **state)
{
	(void)state;
	assert_string_equal(directory_role_find("exchange-administrator")->template_id, "29232cdf-9323-42fd-ade2-1d097af3e4de");
	assert_string_equal(directory_role_find("F2EF992C-3AFB-46B9-B7CF-A126EE74C451")->name, "Global Reader");
	assert_null(directory_role_find("Exchange"));
	assert_null(directory_role_find(""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations_are_those_of_iso_8601),
		cmocka_unit_test(the_shortest_limit_that_is_switched_on_counts),
		cmocka_unit_test(an_app_that_is_older_is_spared_and_what_is_strange_is_named),
		cmocka_unit_test(roles_are_found_by_name_and_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
