/* A key is searched for by what its URI says: what the token holds besides costs no question. Against SoftHSM, calls counted. */
#include "support/faulty.h"

#include <stdio.h>
#include <stdlib.h>

enum { CROWD = 499 };

static softhsm hsm;

/* The calls that grow where a program looks at one object after the other. */
static const char *const questions[] = {"C_FindObjectsInit", "C_FindObjects", "C_GetAttributeValue",
                                        "C_OpenSession"};

enum { QUESTIONS = sizeof questions / sizeof questions[0] };

static const char *const names[] = {
	"object=main",
	"id=%01",
	"object=main;id=%01;type=private",
	"object=titled", /* what its certificate is called, and the key is not */
};

enum { NAMES = sizeof names / sizeof names[0] };

static int
make(void **state)
{
	static const char *const keys[] = {"label=main,id=01,type=p256", "label=titled,id=02,type=p256", NULL};

	(void)state;
	softhsm_make(&hsm, "crowd", NULL, keys);
	faulty_use(&hsm);
	return 0;
}

static void
count_questions(unsigned counts[NAMES][QUESTIONS])
{
	for (size_t i = 0; i < NAMES; i++) {
		exs_signer *signer;

		faulty_forget();
		signer = opened(&hsm, (wish){.uri = faulty_uri(&hsm, names[i])});
		assert_int_equal(signed_length(signer), 64);
		exs_signer_free(signer);
		for (size_t q = 0; q < QUESTIONS; q++)
			counts[i][q] = faulty_calls(questions[q]);
	}
}

static void
gather(void)
{
	char command[1500];

	snprintf(command, sizeof command, "%s/tests/support/crowd.sh %s/exosign-sandbox %s crowd %d",
	         getenv("EXS_SOURCE_DIR"), getenv("EXS_BUILD_DIR"), hsm.store, CROWD);
	if (system(command) != 0)
		fail_msg("no crowd");
}

static void
opening_a_key_asks_no_more_among_500(void **state)
{
	unsigned alone[NAMES][QUESTIONS], among[NAMES][QUESTIONS];

	(void)state;
	count_questions(alone);
	gather();
	count_questions(among);
	for (size_t i = 0; i < NAMES; i++)
		for (size_t q = 0; q < QUESTIONS; q++)
			if (alone[i][q] == 0 || among[i][q] != alone[i][q])
				fail_msg("%s: %u times %s alone, %u times among %d others", names[i],
				         alone[i][q], questions[q], among[i][q], CROWD);
}

/* The twin: a URI that names nothing is answered by looking at all of them, which the count must show. */
static void
a_uri_that_fits_all_of_them_does_ask_more(void **state)
{
	(void)state;
	faulty_forget();
	assert_refused(&hsm, E_KEY_AMBIGUOUS, .uri = faulty_uri(&hsm, ""));
	assert_true(faulty_calls("C_GetAttributeValue") > CROWD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opening_a_key_asks_no_more_among_500),
		cmocka_unit_test(a_uri_that_fits_all_of_them_does_ask_more),
	};

	return cmocka_run_group_tests_name("signer_crowd", tests, make, NULL);
}
