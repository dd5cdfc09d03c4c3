/* The error object: written once, read by people and programs. */
#include "base/error.h"
#include "support/test.h"
#include "support/torture.h"

static void
an_error_tells_code_status_message_and_fix(void **state)
{
	exs_error *error = test_error();

	(void)state;
	assert_int_equal(exs_fail(error, E_PIN_WRONG, "the token %s refused the PIN", "prod"), EXS_PIN);
	error_why(error, "%d wrong tries", 1);
	error_native(error, "CKR_PIN_INCORRECT");
	error_ref(error, "serial", "A1");
	error_ref(error, "slot", "3");
	error_retry_after(error, 17);
	assert_int_equal(exs_error_status(error), EXS_PIN);
	assert_string_equal(exs_error_code(error), "E-PIN-WRONG");
	assert_string_equal(exs_error_message(error), "the token prod refused the PIN");
	assert_string_equal(exs_error_why(error), "1 wrong tries");
	assert_string_equal(exs_error_fix(error), error_row_of(E_PIN_WRONG)->fix);
	assert_string_equal(exs_error_native(error), "CKR_PIN_INCORRECT");
	assert_string_equal(exs_error_reference(error), "serial A1, slot 3");
	assert_int_equal(exs_error_retry_after(error), 17);
	assert_true(error_is(error, E_PIN_WRONG));
	assert_int_equal(error_identity(error), E_PIN_WRONG);
}

static void
the_first_cause_wins(void **state)
{
	exs_error *error = test_error();

	(void)state;
	assert_int_equal(exs_fail(error, E_TLS, "first"), EXS_NETWORK);
	assert_int_equal(exs_fail(error, E_USAGE, "second"), EXS_USAGE);
	assert_string_equal(exs_error_message(error), "first");
	assert_int_equal(exs_error_status(error), EXS_NETWORK);
	assert_true(error_is(error, E_TLS));
}

static void
a_caller_may_put_its_aim_in_front(void **state)
{
	exs_error *error = test_error();

	(void)state;
	error_aim(error, "nothing happened yet");
	assert_string_equal(exs_error_message(error), "");
	assert_int_equal(exs_fail(error, E_NETWORK, "connection refused"), EXS_NETWORK);
	error_aim(error, "cannot get a token for %s", "contoso");
	assert_string_equal(exs_error_message(error), "cannot get a token for contoso: connection refused");
}

static void
a_closer_code_keeps_its_row(void **state)
{
	exs_error *error = test_error();

	(void)state;
	assert_int_equal(exs_fail(error, E_ENTRA, "no"), EXS_DIRECTORY);
	error_subcode(error, "%d", 700027);
	assert_string_equal(exs_error_code(error), "E-ENTRA-700027");
	assert_true(error_is(error, E_ENTRA));
	assert_false(error_is(error, E_ENTRA_ANSWER));
	error_status(error, EXS_KEY);
	assert_int_equal(exs_error_status(error), EXS_KEY);
	error_fix(error, "exosign app key add");
	assert_string_equal(exs_error_fix(error), "exosign app key add");
}

static void
an_emptied_error_can_be_used_again(void **state)
{
	exs_error *error = test_error();

	(void)state;
	assert_int_equal(exs_fail(error, E_TLS, "first"), EXS_NETWORK);
	exs_error_clear(error);
	assert_int_equal(exs_error_status(error), EXS_OK);
	assert_string_equal(exs_error_code(error), "");
	assert_string_equal(exs_error_fix(error), "");
	assert_int_equal(exs_fail(error, E_USAGE, "second"), EXS_USAGE);
	assert_string_equal(exs_error_message(error), "second");
}

static void
no_error_object_is_fine_everywhere(void **state)
{
	(void)state;
	assert_int_equal(exs_fail(NULL, E_URI, "x"), EXS_CONFIG);
	error_why(NULL, "x");
	error_fix(NULL, "x");
	error_ref(NULL, "a", "b");
	error_native(NULL, "x");
	error_subcode(NULL, "x");
	error_aim(NULL, "x");
	error_status(NULL, EXS_KEY);
	error_retry_after(NULL, 1);
	error_copy(NULL, NULL);
	exs_error_clear(NULL);
	exs_error_free(NULL);
	assert_int_equal(exs_error_status(NULL), EXS_OK);
	assert_string_equal(exs_error_message(NULL), "");
	assert_string_equal(exs_error_reference(NULL), "");
	assert_int_equal(exs_error_retry_after(NULL), 0);
	assert_false(error_is(NULL, E_NONE));
}

static void
control_bytes_cannot_reach_a_terminal(void **state)
{
	exs_error *error = test_error();

	(void)state;
	assert_int_equal(exs_fail(error, E_EXO_CMDLET, "a\x1b[31mb\r\n\tc\x7f"), EXS_CMDLET);
	assert_string_equal(exs_error_message(error), "a [31mb   c ");
	error_ref(error, "trace", "x\x07y");
	assert_string_equal(exs_error_reference(error), "trace x y");
}

static void
a_long_text_is_cut_between_characters(void **state)
{
	exs_error *error = test_error();
	char       text[4096];

	(void)state;
	/* four-byte characters at each of the four alignments against the end of the room */
	for (size_t shift = 0; shift < 4; shift++) {
		memset(text, 'a', shift);
		for (size_t i = shift; i + 4 < sizeof text; i += 4)
			memcpy(text + i, "\xF0\x9F\x98\x80", 5);
		exs_error_clear(error);
		assert_int_equal(exs_fail(error, E_ANSWER, "%s", text), EXS_NETWORK);
		error_why(error, "%s", text);
		error_aim(error, "%s", text);
		assert_true(span_is_utf8(span_of(exs_error_message(error))));
		assert_true(span_is_utf8(span_of(exs_error_why(error))));
		assert_true(strlen(exs_error_why(error)) > 2000);
		for (int n = 0; n < 3; n++)
			error_ref(error, "id", text);
		assert_true(span_is_utf8(span_of(exs_error_reference(error))));
	}
}

static void
an_error_can_be_carried_out_of_a_thread(void **state)
{
	exs_error *from = exs_error_new(), *to = test_error();

	(void)state;
	assert_int_equal(exs_fail(from, E_DEVICE, "gone"), EXS_DEVICE);
	error_copy(to, from);
	assert_string_equal(exs_error_message(to), "gone");
	exs_error_clear(from);
	assert_int_equal(exs_fail(from, E_USAGE, "later"), EXS_USAGE);
	error_copy(to, from);
	assert_string_equal(exs_error_message(to), "gone");
	exs_error_free(from);
}

static void
every_row_has_a_code_a_meaning_and_a_status_that_fails(void **state)
{
	(void)state;
	for (int id = 1; id < (int)E_IDS; id++) {
		const error_row *row = error_row_of((error_id)id);

		assert_true(span_starts(span_of(row->code), "E-"));
		assert_int_not_equal(row->status, EXS_OK);
		assert_true(strlen(row->meaning) > 5);
		assert_string_not_equal(exs_status_name(row->status), "unknown");
		for (int other = 1; other < id; other++)
			assert_string_not_equal(row->code, error_row_of((error_id)other)->code);
	}
	assert_string_equal(exs_status_name((exs_status)99), "unknown");
}

static exs_status
step(void *self, exs_error *error)
{
	exs_error *made = exs_error_new();

	(void)self;
	if (made == NULL)
		return mem_fail(error);
	exs_error_free(made);
	return EXS_OK;
}

static void
only_making_one_takes_memory(void **state)
{
	exs_error *error = test_error();

	(void)state;
	assert_int_equal(torture(step, NULL), 1);
	mem_fail_nth(1);
	assert_int_equal(exs_fail(error, E_ANSWER, "%s", "still said"), EXS_NETWORK);
	error_why(error, "and why");
	assert_int_equal(mem_count(), 0);
	mem_fail_nth(0);
	assert_string_equal(exs_error_message(error), "still said");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_tells_code_status_message_and_fix),
		cmocka_unit_test(the_first_cause_wins),
		cmocka_unit_test(a_caller_may_put_its_aim_in_front),
		cmocka_unit_test(a_closer_code_keeps_its_row),
		cmocka_unit_test(an_emptied_error_can_be_used_again),
		cmocka_unit_test(no_error_object_is_fine_everywhere),
		cmocka_unit_test(control_bytes_cannot_reach_a_terminal),
		cmocka_unit_test(a_long_text_is_cut_between_characters),
		cmocka_unit_test(an_error_can_be_carried_out_of_a_thread),
		cmocka_unit_test(every_row_has_a_code_a_meaning_and_a_status_that_fails),
		cmocka_unit_test(only_making_one_takes_memory),
	};

	return cmocka_run_group_tests_name("base/error", tests, NULL, NULL);
}
