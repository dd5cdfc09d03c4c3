/* Every number of the directory that a program with a certificate can meet has words of its own, for errors and for explain. */
#include "support/test.h"

#include "oauth/aadsts.h"

#include <exosign/explain.h>

/* Those of Microsoft's list and of recorded traffic that concern client credentials, setup and federation. */
static const int64_t wanted[] = {
	50001,   50011,   50012,   50013,   50027,   50029,   50032,   50034,   50048,   50049,   50059,
	50194,   50196,   51000,   53003,   65001,   65002,   65005,   70001,   70003,   70011,   70016,
	70018,   70019,   70021,   90002,   90013,   90014,   90023,   90024,   90033,   90038,   90055,
	90090,   100007,  392189,  500011,  500021,  500133,  500181,  530032,  530035,  650052,  650056,
	650057,  700011,  700016,  700022,  700023,  700024,  700025,  700027,  700030,  700211,  700212,
	700213,  700229,  900144,  900382,  900432,  901002,  1000610, 1000611, 1000612, 1000613, 1000614,
	1002012, 7000112, 7000114, 7000215, 7000216, 7000218, 7000222, 9001023, 9002313,
};

static bool
is_explained(int64_t code, const aadsts_row *row)
{
	exs_explanation is;

	for (size_t i = 0; exs_explain_directory(i, &is); i++)
		if (is.number == (uint64_t)code)
			return strcmp(is.meaning, row->sentence) == 0 && strcmp(is.fix, row->fix) == 0;
	return false;
}

static void
every_number_of_the_list_has_a_sentence_and_a_remedy(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
		const aadsts_row *row = aadsts_find(wanted[i]);

		if (row == NULL || row->sentence[0] == '\0' || row->fix[0] == '\0' || !is_explained(wanted[i], row))
			fail_msg("AADSTS%lld is not explained", (long long)wanted[i]);
	}
}

static void
a_number_outside_the_list_is_not_guessed_at(void **state)
{
	(void)state;
	assert_null(aadsts_find(0));
	assert_null(aadsts_find(50010));
	assert_null(aadsts_find(-50012));
	assert_null(aadsts_find(7000271));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_number_of_the_list_has_a_sentence_and_a_remedy),
		cmocka_unit_test(a_number_outside_the_list_is_not_guessed_at),
	};

	return cmocka_run_group_tests_name("aadsts", tests, NULL, NULL);
}
