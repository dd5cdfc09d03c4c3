/* The logbook of a setup, names of keys to come, and steps that look before they act. */
#include "support/fake_host.h"
#include "support/test.h"

#include "lifecycle/keyuri.h"
#include "lifecycle/step.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void
what_is_written_is_read_again(void **state)
{
	EXS_SCOPED(logbook) first = LOGBOOK, second = LOGBOOK;
	const char *directory = test_path("state");
	struct stat st;

	(void)state;
	assert_ok(logbook_open(directory, "app-x/../y", true, &first, test_error()));
	assert_ok(logbook_set(&first, "object_id", "a\"b", test_error()));
	assert_ok(logbook_set_all(&first, (logbook_wish[]){{"one", "1"}, {"two", "2"}, {"one", NULL}}, 3, test_error()));
	assert_int_equal(stat(first.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_null(strstr(first.path, "/../"));
	logbook_done(&first);
	first = (logbook)LOGBOOK;
	assert_ok(logbook_open(directory, "app-x/../y", false, &second, test_error()));
	assert_string_equal(logbook_get(&second, "object_id"), "a\"b");
	assert_string_equal(logbook_get(&second, "two"), "2");
	assert_string_equal(logbook_get(&second, "one"), "");
}

static void
one_run_holds_it_at_a_time(void **state)
{
	EXS_SCOPED(logbook) first = LOGBOOK, second = LOGBOOK, third = LOGBOOK;
	exs_error *error = test_error();

	(void)state;
	assert_ok(logbook_open(test_path("locked"), "a", true, &first, error));
	assert_fails(logbook_open(test_path("locked"), "a", true, &second, error), error, E_APP_BUSY);
	assert_ok(logbook_open(test_path("locked"), "b", true, &third, error));
}

static void
a_plan_writes_nothing(void **state)
{
	EXS_SCOPED(logbook) plan = LOGBOOK;

	(void)state;
	assert_ok(logbook_open(test_path("nowhere"), "a", false, &plan, test_error()));
	assert_ok(logbook_set(&plan, "x", "y", test_error()));
	assert_string_equal(logbook_get(&plan, "x"), "y");
	assert_int_not_equal(access(test_path("nowhere"), F_OK), 0);
}

static void
what_is_no_logbook_is_refused(void **state)
{
	static const char *const texts[] = {"", "[]", "{\"a\":1}", "{\"a\":\"x\",\"a\":\"y\"}", "{\"\":\"x\"}", "{\"a\":\"\\u0000\"}", "{"};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		EXS_SCOPED(logbook) book = LOGBOOK;

		assert_false(logbook_read(span_of(texts[i]), &book));
	}
}

static void
a_new_key_has_the_old_name_and_the_date(void **state)
{
	static const struct {
		const char *old, *next;
	} cases[] = {
		{"pkcs11:token=t;object=exo;id=%01;type=private?module-path=/m.so", "pkcs11:token=t;object=exo-20261128?module-path=/m.so"},
		{"pkcs11:object=exo-20251128;token=t", "pkcs11:token=t;object=exo-20261128"},
		{"pkcs11:token=t;object=exo-20251128-2", "pkcs11:token=t;object=exo-20261128"},
		{"pkcs11:token=t;object=20251128", "pkcs11:token=t;object=20251128-20261128"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		EXS_SCOPED(buf) uri = BUF(1000);

		assert_true(keyuri_successor(&uri, cases[i].old, 1795824000, 0));
		assert_string_equal(buf_text(&uri), cases[i].next);
	}
	EXS_SCOPED(buf) none = BUF(1000);
	EXS_SCOPED(buf) second = BUF(1000);

	assert_false(keyuri_successor(&none, "pkcs11:token=t;id=%01", 1795824000, 0));
	assert_true(keyuri_successor(&second, "pkcs11:token=t;object=exo", 1795824000, 1));
	assert_string_equal(buf_text(&second), "pkcs11:token=t;object=exo-20261128-2");
	assert_true(keyuri_is_one("pkcs11:token=t"));
	assert_false(keyuri_is_one("thumbprint:00"));
	assert_false(keyuri_is_one("pkcs11:token=t pkcs11:token=u"));
}

/* A service of one step: what it does, and what it says of it. */
typedef struct scene {
	unsigned acts, shows_after; /* looks after which the act shows */
	bool     done;
	unsigned looks;
	error_id fails;     /* of the act */
	bool     does_it;   /* although it fails */
	char     told[200];
} scene;

static exs_status
look(void *self, step_sight *sight, exs_error *error)
{
	scene *s = self;

	(void)error;
	sight->state = s->done && s->looks++ >= s->shows_after ? EXS_STEP_DONE : EXS_STEP_NEEDED;
	return EXS_OK;
}

static exs_status
act(void *self, exs_error *error)
{
	scene *s = self;

	s->acts++;
	if (s->fails == E_NONE || s->does_it)
		s->done = true;
	return s->fails == E_NONE ? EXS_OK : exs_fail(error, s->fails, "no");
}

static exs_status
tell(void *self, const exs_step *seen, exs_error *error)
{
	scene *s = self;

	(void)error;
	snprintf(s->told + strlen(s->told), sizeof s->told - strlen(s->told), "%s ", exs_step_state_name(seen->state));
	return EXS_OK;
}

static exs_status
play(scene *s, bool once, bool plan, exs_error *error)
{
	EXS_SCOPED(logbook) book = LOGBOOK;
	fake_host *host = fake_host_new();
	const step one[] = {{"one", "one", look, act, once}};
	steps      all = {.context = host->context, .at = one, .n = 1, .self = s, .journal = &book, .visit = tell,
	                  .visit_self = s, .rounds = 3, .first_wait_ms = 1};
	exs_status status = plan ? steps_plan(&all, error) : steps_run(&all, error);

	fake_host_free(host);
	return status;
}

static void
steps_do_what_is_needed_and_no_more(void **state)
{
	static const struct {
		scene       scene;
		bool        once, plan;
		error_id    id;
		unsigned    acts;
		const char *told;
	} plays[] = {
		{{.done = false}, false, false, E_NONE, 1, "begun made "},
		{{.done = true}, false, false, E_NONE, 0, "done "},
		{{.done = false}, false, true, E_NONE, 0, "needed "},
		{{.shows_after = 1}, false, false, E_NONE, 1, "begun made "},
		{{.shows_after = 99}, false, false, E_APP_STEP, 1, "begun "},
		{{.fails = E_GRAPH_FORBIDDEN}, false, false, E_GRAPH_FORBIDDEN, 1, "begun "},
		/* the answer was lost: looking decides */
		{{.fails = E_GRAPH_UNKNOWN, .does_it = true}, false, false, E_NONE, 1, "begun made "},
		{{.fails = E_NETWORK, .does_it = true}, false, false, E_NONE, 1, "begun made "},
		{{.fails = E_GRAPH_UNKNOWN}, false, false, E_GRAPH_UNKNOWN, 3, "begun "},
		{{.fails = E_GRAPH_UNKNOWN}, true, false, E_GRAPH_UNKNOWN, 1, "begun "},
		{{.fails = E_NETWORK}, false, false, E_NETWORK, 1, "begun "},
	};

	(void)state;
	for (size_t i = 0; i < sizeof plays / sizeof plays[0]; i++) {
		scene      s = plays[i].scene;
		exs_error *error = test_error();

		(void)play(&s, plays[i].once, plays[i].plan, error);
		if (error_identity(error) != plays[i].id || s.acts != plays[i].acts || strcmp(s.told, plays[i].told) != 0)
			fail_msg("play %zu: %s, %u acts, %s", i, exs_error_code(error), s.acts, s.told);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(one_run_holds_it_at_a_time),
		cmocka_unit_test(a_plan_writes_nothing),
		cmocka_unit_test(what_is_no_logbook_is_refused),
		cmocka_unit_test(a_new_key_has_the_old_name_and_the_date),
		cmocka_unit_test(steps_do_what_is_needed_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
