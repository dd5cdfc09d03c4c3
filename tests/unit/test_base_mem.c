/* Ownership by scope, and allocation that can be made to fail. */
#include "base/mem.h"
#include "support/canary.h"
#include "support/test.h"
#include "support/torture.h"

static int ended;

typedef struct thing {
	int number;
} thing;

static void
thing_free(thing *t)
{
	ended += t != NULL;
	mem_free(t);
}
EXS_DEFINE_AUTO(thing)

static exs_status
make(int number, thing **ret, exs_error *error)
{
	EXS_AUTO(thing) *made = mem_new(1, sizeof *made);

	if (made == NULL)
		return mem_fail(error);
	if (number < 0)
		return exs_fail(error, E_USAGE, "negative");
	made->number = number;
	EXS_GIVE(ret, made);
	return EXS_OK;
}

static exs_status
make_two(int first, int second, exs_error *error)
{
	EXS_AUTO(thing) *one = NULL;
	EXS_AUTO(thing) *two = NULL;

	EXS_TRY(make(first, &one, error));
	EXS_TRY(make(second, &two, error));
	return EXS_OK;
}

static void
what_a_scope_owns_ends_with_it(void **state)
{
	(void)state;
	ended = 0;
	assert_ok(make_two(1, 2, NULL));
	assert_int_equal(ended, 2);
}

static void
a_failure_half_way_frees_what_was_made_before(void **state)
{
	exs_error *error = test_error();

	(void)state;
	ended = 0;
	assert_fails(make_two(1, -2, error), error, E_USAGE);
	assert_int_equal(ended, 2);
}

static void
what_was_given_away_lives_on_and_a_failure_gives_nothing(void **state)
{
	thing *mine = NULL, *none = (thing *)&ended;

	(void)state;
	ended = 0;
	assert_ok(make(5, &mine, NULL));
	assert_int_equal(mine->number, 5);
	assert_int_equal(ended, 0);
	thing_free(mine);
	assert_int_equal(make(-1, &none, NULL), EXS_USAGE);
	assert_ptr_equal(none, &ended);
}

static void
new_memory_is_zero_and_too_much_is_refused(void **state)
{
	unsigned char *bytes = mem_new(100, 3);

	(void)state;
	for (size_t i = 0; i < 300; i++)
		assert_int_equal(bytes[i], 0);
	mem_free(bytes);
	bytes = mem_new(0, 0);
	assert_non_null(bytes);
	mem_free(bytes);
	assert_null(mem_new(SIZE_MAX, 2));
	assert_null(mem_text("", SIZE_MAX));
	mem_free(NULL);
	mem_wipe_free(NULL, 0);
}

static void
copies_are_ones_own(void **state)
{
	char  original[] = "text";
	EXS_AUTO(chars) *copy = NULL;
	EXS_AUTO(chars) *part = mem_text("abcdef", 3);
	char *null = original;

	(void)state;
	assert_ok(mem_copy(original, &copy, NULL));
	original[0] = 'X';
	assert_string_equal(copy, "text");
	assert_string_equal(part, "abc");
	assert_ok(mem_copy(NULL, &null, NULL));
	assert_null(null);
}

static void
wiped_memory_holds_nothing(void **state)
{
	canary c = canary_new();
	char  *value = mem_new(CANARY_LENGTH + 1, 1);

	(void)state;
	canary_write(&c, value);
	assert_int_equal(canary_in_memory(&c), 1);
	mem_wipe_free(value, CANARY_LENGTH + 1);
	assert_int_equal(canary_in_memory(&c), 0);
}

static void
the_nth_allocation_fails_and_only_that_one(void **state)
{
	void *first, *second, *third;

	(void)state;
	mem_fail_nth(2);
	first = mem_new(1, 1);
	second = mem_new(1, 1);
	third = mem_new(1, 1);
	assert_int_equal(mem_count(), 3);
	mem_fail_nth(0);
	assert_non_null(first);
	assert_null(second);
	assert_non_null(third);
	mem_free(first);
	mem_free(third);
}

static exs_status
step(void *self, exs_error *error)
{
	EXS_AUTO(chars) *copy = NULL;
	exs_status status;

	(void)self;
	EXS_TRY(make_two(1, 2, error));
	status = mem_copy("text", &copy, error);
	assert_true((copy == NULL) == (status != EXS_OK));
	return status;
}

static void
without_memory_it_says_so_in_the_same_words(void **state)
{
	exs_error *error = test_error();

	(void)state;
	assert_int_equal(torture(step, NULL), 3);
	assert_int_equal(mem_fail(error), EXS_INTERNAL);
	assert_string_equal(exs_error_message(error), "out of memory");
	assert_int_equal(mem_fail(NULL), EXS_INTERNAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_scope_owns_ends_with_it),
		cmocka_unit_test(a_failure_half_way_frees_what_was_made_before),
		cmocka_unit_test(what_was_given_away_lives_on_and_a_failure_gives_nothing),
		cmocka_unit_test(new_memory_is_zero_and_too_much_is_refused),
		cmocka_unit_test(copies_are_ones_own),
		cmocka_unit_test(wiped_memory_holds_nothing),
		cmocka_unit_test(the_nth_allocation_fails_and_only_that_one),
		cmocka_unit_test(without_memory_it_says_so_in_the_same_words),
	};

	return cmocka_run_group_tests_name("base/mem", tests, NULL, NULL);
}
