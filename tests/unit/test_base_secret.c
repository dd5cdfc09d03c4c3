/* A value one may use but not format. */
#include "base/secret.h"
#include "support/canary.h"
#include "support/test.h"
#include "support/torture.h"

#include <sys/wait.h>
#include <unistd.h>

static secret *
from_canary(const canary *c)
{
	char    value[CANARY_LENGTH + 1];
	secret *s = NULL;

	canary_write(c, value);
	assert_ok(secret_new(span_of(value), &s, NULL));
	explicit_bzero(value, sizeof value);
	return s;
}

static void
a_secret_can_be_revealed_and_is_terminated(void **state)
{
	EXS_AUTO(secret) *s = NULL;
	EXS_AUTO(secret) *empty = NULL;
	char page[8192];

	(void)state;
	assert_ok(secret_new(span_from("pin\0more", 8), &s, NULL));
	assert_span(secret_reveal(s), "pin\0more");
	assert_int_equal(secret_length(s), 8);
	assert_int_equal(secret_reveal(s).at[8], '\0');
	assert_ok(secret_new(span_of(""), &empty, NULL));
	assert_string_equal(secret_reveal(empty).at, "");
	/* a secret that fills its pages to the last byte is terminated all the same */
	memset(page, 'x', sizeof page);
	secret_free(empty);
	empty = NULL;
	assert_ok(secret_new(span_from(page, sizeof page), &empty, NULL));
	assert_int_equal(strlen(secret_reveal(empty).at), sizeof page);
}

static void
a_freed_secret_is_nowhere_in_memory(void **state)
{
	canary  c = canary_new();
	secret *s = from_canary(&c);

	(void)state;
	assert_int_equal(canary_in_memory(&c), 1);
	secret_free(s);
	assert_int_equal(canary_in_memory(&c), 0);
	secret_free(NULL);
}

static void
the_same_bytes_are_the_same_secret_and_others_are_not(void **state)
{
	EXS_AUTO(secret) *a = NULL;
	EXS_AUTO(secret) *b = NULL;
	EXS_AUTO(secret) *c = NULL;
	EXS_AUTO(secret) *d = NULL;

	(void)state;
	assert_ok(secret_new(span_of("1234"), &a, NULL));
	assert_ok(secret_new(span_of("1234"), &b, NULL));
	assert_ok(secret_new(span_of("1235"), &c, NULL));
	assert_ok(secret_new(span_of("123"), &d, NULL));
	assert_true(secret_same(a, b));
	assert_false(secret_same(a, c));
	assert_false(secret_same(a, d));
	assert_false(secret_same(d, a));
}

static void
a_fingerprint_tells_secrets_apart_and_shows_none(void **state)
{
	EXS_AUTO(secret) *a = NULL;
	EXS_AUTO(secret) *b = NULL;
	char one[17], two[17];

	(void)state;
	assert_ok(secret_new(span_of("abc"), &a, NULL));
	assert_ok(secret_new(span_of("abd"), &b, NULL));
	secret_fingerprint(a, one);
	secret_fingerprint(b, two);
	assert_string_equal(one, "ba7816bf8f01cfea"); /* FIPS 180-4, "abc" */
	assert_string_not_equal(one, two);
}

static void
a_forked_child_does_not_inherit_it(void **state)
{
	EXS_AUTO(secret) *s = NULL;
	int   status = -1;
	pid_t child;

	(void)state;
	assert_ok(secret_new(span_of("canary"), &s, NULL));
	child = fork();
	if (child == 0)
		_exit(secret_reveal(s).at[0] == '\0' ? 0 : 1);
	assert_true(child > 0 && waitpid(child, &status, 0) == child);
	assert_int_equal(status, 0);
	assert_span(secret_reveal(s), "canary");
}

static exs_status
step(void *self, exs_error *error)
{
	EXS_AUTO(secret) *s = NULL;
	exs_status status = secret_new(span_of("1234"), &s, error);

	(void)self;
	assert_true((s == NULL) == (status != EXS_OK));
	return status;
}

static void
without_memory_there_is_no_secret(void **state)
{
	(void)state;
	assert_true(torture(step, NULL) >= 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_secret_can_be_revealed_and_is_terminated),
		cmocka_unit_test(a_freed_secret_is_nowhere_in_memory),
		cmocka_unit_test(the_same_bytes_are_the_same_secret_and_others_are_not),
		cmocka_unit_test(a_fingerprint_tells_secrets_apart_and_shows_none),
		cmocka_unit_test(a_forked_child_does_not_inherit_it),
		cmocka_unit_test(without_memory_there_is_no_secret),
	};

	return cmocka_run_group_tests_name("base/secret", tests, NULL, NULL);
}
