/* Objects written to a token and destroyed there. Against SoftHSM. */
#include "support/softhsm.h"

#include "hsm/hold.h"
#include "hsm/objectwrite.h"

#include <stdio.h>
#include <stdlib.h>

static softhsm    hsm;
static pin_giver  giver;
static hold      *held;
static session   *writing;

static int
make(void **state)
{
	static const char *const keys[] = {"label=main,id=01,type=p256", NULL};
	hold_options options;

	(void)state;
	softhsm_make(&hsm, "alpha", NULL, keys);
	giver.pin = hsm.pin;
	options = (hold_options){.uri = softhsm_uri(&hsm, ""),
	                         .rules = {.source = pin_giver_source(&giver, false),
	                                   .state_directory = hsm.state}};
	return hold_open(test_context(), &options, &held, test_error()) != EXS_OK ||
	       session_open(hold_token(held), SESSION_WRITE, &writing, test_error()) != EXS_OK ||
	       hold_login(held, writing, test_error()) != EXS_OK;
}

static int
drop(void **state)
{
	(void)state;
	session_free(writing);
	hold_free(held);
	return 0;
}

static exs_status
write_data(session *s, const char *label, CK_OBJECT_HANDLE *ret)
{
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_BBOOL        yes = CK_TRUE;
	char            value[] = "what it holds", name[64];
	CK_ATTRIBUTE    template[] = {
		{CKA_CLASS, &class, sizeof class},
		{CKA_TOKEN, &yes, sizeof yes},
		{CKA_LABEL, name, 0},
		{CKA_VALUE, value, sizeof value - 1},
	};

	snprintf(name, sizeof name, "%s", label);
	template[2].ulValueLen = strlen(name);
	return object_create(s, template, 4, ret, test_error());
}

static size_t
count(const char *label)
{
	const object_query query = {.class = CKO_DATA, .label = span_of(label)};
	EXS_SCOPED(object_handles) found = {0};

	assert_int_equal(object_find(writing, &query, &found, test_error()), EXS_OK);
	return found.n;
}

static void
an_object_is_written_read_back_and_destroyed(void **state)
{
	static const CK_ATTRIBUTE_TYPE types[] = {CKA_VALUE};
	CK_OBJECT_HANDLE handle = 0;
	EXS_SCOPED(object) o = {0};

	(void)state;
	assert_int_equal(write_data(writing, "note", &handle), EXS_OK);
	assert_int_equal(count("note"), 1);
	assert_int_equal(object_read(writing, handle, types, 1, &o, test_error()), EXS_OK);
	assert_true(span_is(object_value(&o, CKA_VALUE), "what it holds"));
	assert_int_equal(object_destroy(writing, handle, test_error()), EXS_OK);
	assert_int_equal(count("note"), 0);
}

static void
a_template_the_device_refuses_is_its_own_error(void **state)
{
	CK_OBJECT_CLASS  class = CKO_CERTIFICATE;
	CK_ATTRIBUTE     template[] = {{CKA_CLASS, &class, sizeof class}};
	CK_OBJECT_HANDLE handle = 77;
	exs_error       *error = test_error();

	(void)state;
	assert_int_not_equal(object_create(writing, template, 1, &handle, error), EXS_OK);
	assert_non_null(strstr(exs_error_native(error), "CKR_"));
	assert_int_equal(handle, 77);
}

static void
a_session_for_reading_writes_nothing(void **state)
{
	EXS_AUTO(session) *reading = NULL;
	CK_OBJECT_HANDLE handle = 0;
	exs_error       *error = test_error();

	(void)state;
	assert_int_equal(session_open(hold_token(held), SESSION_READ, &reading, error), EXS_OK);
	assert_int_not_equal(write_data(reading, "never", &handle), EXS_OK);
	assert_int_equal(count("never"), 0);
}

static void
what_is_gone_cannot_be_destroyed_twice(void **state)
{
	CK_OBJECT_HANDLE handle = 0;
	exs_error       *error;

	(void)state;
	assert_int_equal(write_data(writing, "once", &handle), EXS_OK);
	assert_int_equal(object_destroy(writing, handle, test_error()), EXS_OK);
	error = test_error();
	assert_int_not_equal(object_destroy(writing, handle, error), EXS_OK);
	assert_string_equal(exs_error_native(error), "CKR_OBJECT_HANDLE_INVALID");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_object_is_written_read_back_and_destroyed),
		cmocka_unit_test(a_template_the_device_refuses_is_its_own_error),
		cmocka_unit_test(a_session_for_reading_writes_nothing),
		cmocka_unit_test(what_is_gone_cannot_be_destroyed_twice),
	};

	return cmocka_run_group_tests_name("object_write", tests, make, drop);
}
