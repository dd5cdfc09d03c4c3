/* The tables behind `exosign explain`: whole, ordered, and nothing in them without a word on what to do. */
#include "support/test.h"

#include "hsm/ckr.h"

#include <exosign/explain.h>

typedef bool next_row(size_t index, exs_explanation *ret);

static void
check_texts(next_row *next, bool wants_why)
{
	exs_explanation row;
	size_t          n = 0;

	for (; next(n, &row); n++) {
		bool is_own_will = strcmp(row.code, "E-INTERRUPTED") == 0;

		if (row.code[0] == '\0' || row.error[0] == '\0' || row.meaning[0] == '\0' ||
		    (row.fix[0] == '\0') != is_own_will || (wants_why && row.why[0] == '\0') ||
		    row.status == EXS_OK)
			fail_msg("%s says too little", row.code);
	}
	assert_true(n >= 15);
	row.number = 4711;
	assert_false(next(n, &row));
	assert_int_equal(row.number, 4711);
}

static void
every_code_says_what_it_means_and_what_to_do(void **state)
{
	(void)state;
	check_texts(exs_explain_own, false);
	check_texts(exs_explain_device, true);
	check_texts(exs_explain_directory, false);
	check_texts(exs_explain_graph, true);
	check_texts(exs_explain_http, true);
	check_texts(exs_explain_exchange, false);
}

static void
foreign_numbers_stand_in_order_and_once(void **state)
{
	exs_explanation row;
	uint64_t        before = 0;

	(void)state;
	for (size_t i = 0; exs_explain_device(i, &row); i++) {
		assert_true(row.number > before);
		before = row.number;
	}
	before = 0;
	for (size_t i = 0; exs_explain_directory(i, &row); i++) {
		assert_true(row.number > before);
		before = row.number;
	}
	before = 0;
	for (size_t i = 0; exs_explain_http(i, &row); i++) {
		assert_true(row.number > before);
		before = row.number;
	}
}

#define NAMED(code) {CKR_##code, "CKR_" #code}

static void
numbers_are_those_of_the_standard(void **state)
{
	/* The header agrees with the standard up to 0x1B1 and in 0x200. */
	static const struct {
		CK_RV       rv;
		const char *name;
	} codes[] = {
		NAMED(CANCEL), NAMED(HOST_MEMORY), NAMED(SLOT_ID_INVALID), NAMED(GENERAL_ERROR),
		NAMED(FUNCTION_FAILED), NAMED(ARGUMENTS_BAD), NAMED(NO_EVENT), NAMED(NEED_TO_CREATE_THREADS),
		NAMED(CANT_LOCK), NAMED(ATTRIBUTE_READ_ONLY), NAMED(ATTRIBUTE_SENSITIVE),
		NAMED(ATTRIBUTE_TYPE_INVALID), NAMED(ATTRIBUTE_VALUE_INVALID), NAMED(ACTION_PROHIBITED),
		NAMED(DATA_INVALID), NAMED(DATA_LEN_RANGE), NAMED(DEVICE_ERROR), NAMED(DEVICE_MEMORY),
		NAMED(DEVICE_REMOVED), NAMED(ENCRYPTED_DATA_INVALID), NAMED(ENCRYPTED_DATA_LEN_RANGE),
		NAMED(FUNCTION_CANCELED), NAMED(FUNCTION_NOT_PARALLEL), NAMED(FUNCTION_NOT_SUPPORTED),
		NAMED(KEY_HANDLE_INVALID), NAMED(KEY_SIZE_RANGE), NAMED(KEY_TYPE_INCONSISTENT),
		NAMED(KEY_NOT_NEEDED), NAMED(KEY_CHANGED), NAMED(KEY_NEEDED), NAMED(KEY_INDIGESTIBLE),
		NAMED(KEY_FUNCTION_NOT_PERMITTED), NAMED(KEY_NOT_WRAPPABLE), NAMED(KEY_UNEXTRACTABLE),
		NAMED(MECHANISM_INVALID), NAMED(MECHANISM_PARAM_INVALID), NAMED(OBJECT_HANDLE_INVALID),
		NAMED(OPERATION_ACTIVE), NAMED(OPERATION_NOT_INITIALIZED), NAMED(PIN_INCORRECT),
		NAMED(PIN_INVALID), NAMED(PIN_LEN_RANGE), NAMED(PIN_EXPIRED), NAMED(PIN_LOCKED),
		NAMED(SESSION_CLOSED), NAMED(SESSION_COUNT), NAMED(SESSION_HANDLE_INVALID),
		NAMED(SESSION_PARALLEL_NOT_SUPPORTED), NAMED(SESSION_READ_ONLY), NAMED(SESSION_EXISTS),
		NAMED(SESSION_READ_ONLY_EXISTS), NAMED(SESSION_READ_WRITE_SO_EXISTS),
		NAMED(SIGNATURE_INVALID), NAMED(SIGNATURE_LEN_RANGE), NAMED(TEMPLATE_INCOMPLETE),
		NAMED(TEMPLATE_INCONSISTENT), NAMED(TOKEN_NOT_PRESENT), NAMED(TOKEN_NOT_RECOGNIZED),
		NAMED(TOKEN_WRITE_PROTECTED), NAMED(UNWRAPPING_KEY_HANDLE_INVALID),
		NAMED(UNWRAPPING_KEY_SIZE_RANGE), NAMED(UNWRAPPING_KEY_TYPE_INCONSISTENT),
		NAMED(USER_ALREADY_LOGGED_IN), NAMED(USER_NOT_LOGGED_IN), NAMED(USER_PIN_NOT_INITIALIZED),
		NAMED(USER_TYPE_INVALID), NAMED(USER_ANOTHER_ALREADY_LOGGED_IN), NAMED(USER_TOO_MANY_TYPES),
		NAMED(WRAPPED_KEY_INVALID), NAMED(WRAPPED_KEY_LEN_RANGE), NAMED(WRAPPING_KEY_HANDLE_INVALID),
		NAMED(WRAPPING_KEY_SIZE_RANGE), NAMED(WRAPPING_KEY_TYPE_INCONSISTENT),
		NAMED(RANDOM_SEED_NOT_SUPPORTED), NAMED(RANDOM_NO_RNG), NAMED(DOMAIN_PARAMS_INVALID),
		NAMED(CURVE_NOT_SUPPORTED), NAMED(BUFFER_TOO_SMALL), NAMED(SAVED_STATE_INVALID),
		NAMED(INFORMATION_SENSITIVE), NAMED(STATE_UNSAVEABLE), NAMED(CRYPTOKI_NOT_INITIALIZED),
		NAMED(CRYPTOKI_ALREADY_INITIALIZED), NAMED(MUTEX_BAD), NAMED(MUTEX_NOT_LOCKED),
		NAMED(NEW_PIN_MODE), NAMED(NEXT_OTP), NAMED(FUNCTION_REJECTED),
		{0x42, "CKR_AEAD_DECRYPT_FAILED"}, {0x1B5, "CKR_EXCEEDED_MAX_ITERATIONS"},
		{0x1B6, "CKR_FIPS_SELF_TEST_FAILED"}, {0x1B7, "CKR_LIBRARY_LOAD_FAILED"},
		{0x1B8, "CKR_PIN_TOO_WEAK"}, {0x1B9, "CKR_PUBLIC_KEY_INVALID"},
		{0x201, "CKR_TOKEN_RESOURCE_EXCEEDED"}, {0x202, "CKR_OPERATION_CANCEL_FAILED"},
		{0x203, "CKR_KEY_EXHAUSTED"},
	};
	exs_explanation row;
	size_t          n = 0;

	(void)state;
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
		assert_string_equal(ckr_print(codes[i].rv).at, codes[i].name);
	while (exs_explain_device(n, &row))
		n++;
	assert_int_equal(n, sizeof codes / sizeof codes[0]);
}

static void
an_error_says_the_same_as_its_row(void **state)
{
	exs_explanation row;

	(void)state;
	for (size_t i = 0; exs_explain_device(i, &row); i++) {
		exs_error *error = test_error();

		assert_int_equal(ckr_fail(error, (CK_RV)row.number, "trying"), row.status);
		assert_non_null(strstr(exs_error_message(error), row.meaning));
		assert_string_equal(exs_error_why(error), row.why);
		assert_string_equal(exs_error_fix(error), row.fix);
		assert_string_equal(exs_error_code(error), row.error);
		assert_string_equal(exs_error_native(error), row.code);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_says_what_it_means_and_what_to_do),
		cmocka_unit_test(foreign_numbers_stand_in_order_and_once),
		cmocka_unit_test(numbers_are_those_of_the_standard),
		cmocka_unit_test(an_error_says_the_same_as_its_row),
	};

	return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
