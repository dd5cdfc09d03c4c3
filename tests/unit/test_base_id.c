/* Random ids. */
#include "base/id.h"
#include "support/test.h"

static void
an_id_is_a_random_uuid_of_version_4(void **state)
{
	uuid_text id;

	(void)state;
	for (int n = 0; n < 1000; n++) {
		assert_ok(uuid_new(&id, NULL));
		assert_int_equal(strlen(id.at), 36);
		for (size_t i = 0; i < 36; i++) {
			if (i == 8 || i == 13 || i == 18 || i == 23)
				assert_int_equal(id.at[i], '-');
			else
				assert_non_null(strchr("0123456789abcdef", id.at[i]));
		}
		assert_int_equal(id.at[14], '4');
		assert_non_null(strchr("89ab", id.at[19]));
	}
}

static void
no_two_ids_are_alike(void **state)
{
	uuid_text ids[500];

	(void)state;
	for (size_t i = 0; i < 500; i++) {
		assert_ok(uuid_new(&ids[i], NULL));
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(ids[i].at, ids[j].at);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_id_is_a_random_uuid_of_version_4),
		cmocka_unit_test(no_two_ids_are_alike),
	};

	return cmocka_run_group_tests_name("base/id", tests, NULL, NULL);
}
