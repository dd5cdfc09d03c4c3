/* Owned bytes: the ceiling, the memory of what failed, and the wiping of what is given up. */
#include "support/canary.h"
#include "support/test.h"
#include "support/torture.h"

static void
what_is_added_stands_in_order(void **state)
{
	EXS_SCOPED(buf) b = BUF(100);

	(void)state;
	buf_puts(&b, "one");
	buf_byte(&b, ' ');
	buf_add(&b, span_from("twothree", 3));
	buf_addf(&b, " %d %s", 3, "four");
	assert_ok(buf_check(&b, "it", NULL));
	assert_span(buf_span(&b), "one two 3 four");
	assert_string_equal(buf_text(&b), "one two 3 four");
}

static void
an_empty_buffer_is_text_too(void **state)
{
	EXS_SCOPED(buf) b = BUF(10);

	(void)state;
	buf_add(&b, span_from(NULL, 0));
	assert_span(buf_span(&b), "");
	assert_string_equal(buf_text(&b), "");
	assert_ok(buf_check(&b, "it", NULL));
}

static void
bytes_up_to_the_ceiling_fit(void **state)
{
	EXS_SCOPED(buf) b = BUF(1000);

	(void)state;
	for (int i = 0; i < 1000; i++)
		buf_byte(&b, 'x');
	assert_ok(buf_check(&b, "it", NULL));
	assert_int_equal(b.len, 1000);
}

static void
one_byte_more_is_refused_and_remembered(void **state)
{
	EXS_SCOPED(buf) b = BUF(4);
	exs_error *error = test_error();

	(void)state;
	buf_puts(&b, "four");
	buf_byte(&b, '!');
	assert_string_equal(buf_text(&b), "four");
	assert_int_equal(buf_check(&b, "the answer", error), EXS_NETWORK);
	assert_string_equal(exs_error_message(error), "the answer is larger than the 4 bytes it may have");
	assert_fails(EXS_NETWORK, error, E_ANSWER_SIZE);
	/* a hole in the middle would be worse than an end: nothing goes in after the first refusal */
	buf_add(&b, span_of(""));
	assert_fails(buf_check(&b, "it", error), error, E_ANSWER_SIZE);
}

static void
a_formatted_text_that_does_not_fit_leaves_nothing_behind(void **state)
{
	EXS_SCOPED(buf) b = BUF(8);
	exs_error *error = test_error();

	(void)state;
	buf_puts(&b, "abc");
	buf_addf(&b, "%s", "too long by far");
	assert_string_equal(buf_text(&b), "abc");
	assert_fails(buf_check(&b, "it", error), error, E_ANSWER_SIZE);
}

static void
room_can_be_asked_for_and_filled(void **state)
{
	EXS_SCOPED(buf) b = BUF(16);
	char *room = buf_grow(&b, 16);

	(void)state;
	assert_non_null(room);
	memcpy(room, "0123456789abcdef", 16);
	buf_grew(&b, 16);
	assert_span(buf_span(&b), "0123456789abcdef");
	assert_null(buf_grow(&b, 1));
	assert_null(buf_grow(&b, SIZE_MAX));
}

static void
dropping_moves_the_rest_to_the_front(void **state)
{
	EXS_SCOPED(buf) b = BUF(16);

	(void)state;
	buf_puts(&b, "headtail");
	buf_drop(&b, 4);
	assert_span(buf_span(&b), "tail");
	buf_drop(&b, 0);
	buf_drop(&b, 4);
	assert_span(buf_span(&b), "");
	buf_puts(&b, "new");
	assert_span(buf_span(&b), "new");
}

static void
a_cleared_buffer_forgets_its_failure(void **state)
{
	EXS_SCOPED(buf) b = BUF(2);

	(void)state;
	buf_puts(&b, "abc");
	buf_clear(&b);
	buf_puts(&b, "ab");
	assert_ok(buf_check(&b, "it", NULL));
	assert_span(buf_span(&b), "ab");
}

static void
taking_gives_the_text_away(void **state)
{
	EXS_SCOPED(buf) b = BUF(16);
	EXS_AUTO(chars) *text = NULL;
	EXS_AUTO(chars) *nothing = NULL;

	(void)state;
	buf_puts(&b, "mine");
	assert_ok(buf_take(&b, "it", &text, NULL));
	assert_string_equal(text, "mine");
	assert_span(buf_span(&b), "");
	assert_ok(buf_take(&b, "it", &nothing, NULL));
	assert_string_equal(nothing, "");
}

static void
a_failed_buffer_gives_nothing_away(void **state)
{
	EXS_SCOPED(buf) b = BUF(2);
	char *text = NULL;
	exs_error *error = test_error();

	(void)state;
	buf_puts(&b, "abc");
	assert_fails(buf_take(&b, "it", &text, error), error, E_ANSWER_SIZE);
	assert_null(text);
}

static void
what_a_buffer_held_is_gone_once_it_let_go(void **state)
{
	canary c = canary_new();

	(void)state;
	{
		EXS_SCOPED(buf) b = BUF(1 << 16);
		char value[CANARY_LENGTH + 1];

		canary_write(&c, value);
		buf_puts(&b, value);
		explicit_bzero(value, sizeof value);
		assert_int_equal(canary_in_memory(&c), 1);
		/* growing moves it, and must not leave the old copy behind */
		for (int i = 0; i < 20000; i++)
			buf_byte(&b, '.');
		assert_int_equal(canary_in_memory(&c), 1);
		buf_drop(&b, CANARY_LENGTH);
		assert_int_equal(canary_in_memory(&c), 0);
		canary_write(&c, buf_grow(&b, CANARY_LENGTH + 1));
		buf_grew(&b, CANARY_LENGTH);
		assert_int_equal(canary_in_memory(&c), 1);
	}
	assert_int_equal(canary_in_memory(&c), 0);
}

static exs_status
fill(void *self, exs_error *error)
{
	EXS_SCOPED(buf) b = BUF(10000);
	EXS_AUTO(chars) *text = NULL;
	exs_status status;

	(void)self;
	for (int i = 0; i < 500; i++)
		buf_addf(&b, "%d,", i);
	status = buf_take(&b, "it", &text, error);
	assert_true((text != NULL) == (status == EXS_OK));
	return status;
}

static void
a_buffer_without_memory_says_so_once(void **state)
{
	(void)state;
	assert_true(torture(fill, NULL) > 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_added_stands_in_order),
		cmocka_unit_test(an_empty_buffer_is_text_too),
		cmocka_unit_test(bytes_up_to_the_ceiling_fit),
		cmocka_unit_test(one_byte_more_is_refused_and_remembered),
		cmocka_unit_test(a_formatted_text_that_does_not_fit_leaves_nothing_behind),
		cmocka_unit_test(room_can_be_asked_for_and_filled),
		cmocka_unit_test(dropping_moves_the_rest_to_the_front),
		cmocka_unit_test(a_cleared_buffer_forgets_its_failure),
		cmocka_unit_test(taking_gives_the_text_away),
		cmocka_unit_test(a_failed_buffer_gives_nothing_away),
		cmocka_unit_test(what_a_buffer_held_is_gone_once_it_let_go),
		cmocka_unit_test(a_buffer_without_memory_says_so_once),
	};

	return cmocka_run_group_tests_name("base/buf", tests, NULL, NULL);
}
