/* Threads that call into modules: what is handed over comes back, what hangs is left behind. */
#include "hsm/worker.h"
#include "support/softhsm.h"

#include <semaphore.h>
#include <stdatomic.h>

typedef struct counted {
	job    base;
	int   *result;
	sem_t *wait_for; /* NULL: none */
} counted;

static atomic_int released;

static void
release(job *self)
{
	atomic_fetch_add(&released, 1);
	mem_free(self);
}

static void
count(job *self)
{
	counted *c = (counted *)self;

	if (c->wait_for != NULL)
		sem_wait(c->wait_for);
	else
		++*c->result;
}

static job *
make(int *result, sem_t *wait_for)
{
	counted *c = mem_new(1, sizeof *c);

	assert_non_null(c);
	*c = (counted){{"C_Test", count, release}, result, wait_for};
	return &c->base;
}

static patience
patience_of(int64_t ms)
{
	return (patience){.context = test_context(), .deadline_ms = ms};
}

static void
jobs_run_one_after_the_other_and_come_back(void **state)
{
	EXS_AUTO(worker) *w = NULL;
	patience p = patience_of(20000);
	int      result = 0;

	(void)state;
	assert_ok(worker_new("/usr/lib/x.so", &w, test_error()));
	for (int i = 1; i <= 2000; i++) {
		EXS_AUTO(job) *j = make(&result, NULL);

		assert_ok(worker_run(w, &p, &j, test_error()));
		assert_non_null(j);
		assert_int_equal(result, i);
	}
	assert_false(worker_is_stuck(w));
}

static void
a_job_that_hangs_is_left_to_the_thread(void **state)
{
	EXS_AUTO(worker) *w = NULL;
	patience   p = patience_of(50);
	exs_error *error = test_error();
	sem_t      gate;
	int        result = 0;
	job       *hanging = make(NULL, &gate), *refused = make(&result, NULL);

	(void)state;
	sem_init(&gate, 0, 0);
	atomic_store(&released, 0);
	assert_ok(worker_new("/usr/lib/x.so", &w, test_error()));
	assert_int_equal(worker_run(w, &p, &hanging, error), EXS_DEVICE);
	assert_non_null(strstr(exs_error_message(error), "x.so did not come back from C_Test"));
	assert_fails(EXS_DEVICE, error, E_DEVICE_DEADLINE);
	assert_null(hanging);
	assert_true(worker_is_stuck(w));
	/* A second job stays the caller's. */
	assert_fails(worker_run(w, &p, &refused, error), error, E_DEVICE_DEADLINE);
	assert_non_null(refused);
	assert_int_equal(atomic_load(&released), 0);
	sem_post(&gate);
	while (worker_is_stuck(w))
		assert_ok(context_sleep(test_context(), 1, NULL));
	assert_int_equal(atomic_load(&released), 1);
	p = patience_of(20000);
	assert_ok(worker_run(w, &p, &refused, error));
	assert_int_equal(result, 1);
	job_free(refused);
	sem_destroy(&gate);
}

static void
a_worker_can_be_freed_while_it_is_stuck(void **state)
{
	static sem_t gate; /* outlives the thread's use of it */
	worker   *w = NULL;
	patience  p = patience_of(20);
	job      *hanging = make(NULL, &gate);

	(void)state;
	sem_init(&gate, 0, 0);
	atomic_store(&released, 0);
	assert_ok(worker_new("x", &w, test_error()));
	assert_int_equal(worker_run(w, &p, &hanging, test_error()), EXS_DEVICE);
	worker_free(w);
	sem_post(&gate);
	while (atomic_load(&released) == 0)
		assert_ok(context_sleep(test_context(), 1, NULL));
}

static void
somebody_who_gives_up_is_not_kept(void **state)
{
	EXS_AUTO(worker) *w = NULL;
	patience   p = patience_of(3600000);
	exs_error *error = test_error();
	sem_t      gate;
	job       *hanging = make(NULL, &gate);

	(void)state;
	sem_init(&gate, 0, 0);
	assert_ok(worker_new("x", &w, test_error()));
	test_cancel(true);
	assert_fails(worker_run(w, &p, &hanging, error), error, E_INTERRUPTED);
	test_cancel(false);
	assert_null(hanging);
	sem_post(&gate);
	while (worker_is_stuck(w))
		assert_ok(context_sleep(test_context(), 1, NULL));
	sem_destroy(&gate);
}

static void
take_note(void *self)
{
	++*(int *)self;
}

static void
a_caller_is_told_once_that_it_takes_a_while(void **state)
{
	EXS_AUTO(worker) *w = NULL;
	sem_t gate;
	int   notes = 0;
	job  *hanging = make(NULL, &gate);
	const patience p = {.context = test_context(), .deadline_ms = 300, .notice_ms = 60,
	                    .notice = take_note, .self = &notes};

	(void)state;
	sem_init(&gate, 0, 0);
	assert_ok(worker_new("x", &w, test_error()));
	assert_int_equal(worker_run(w, &p, &hanging, test_error()), EXS_DEVICE);
	assert_int_equal(notes, 1);
	sem_post(&gate);
	while (worker_is_stuck(w))
		assert_ok(context_sleep(test_context(), 1, NULL));
	sem_destroy(&gate);
}

static void
those_that_take_turns_wait_for_each_other_and_no_others_do(void **state)
{
	EXS_AUTO(worker) *first = NULL, *second = NULL, *other = NULL;
	static sem_t gate;
	static int   result, others;
	patience   soon = patience_of(50), later = patience_of(20000);
	exs_error *error = test_error();
	job       *hanging = make(NULL, &gate), *waiting = make(&result, NULL);
	EXS_AUTO(job) *free_to_go = make(&others, NULL);

	(void)state;
	sem_init(&gate, 0, 0);
	atomic_store(&released, 0);
	assert_ok(worker_new("first", &first, error));
	assert_ok(worker_new("second", &second, error));
	assert_ok(worker_new("other", &other, error));
	worker_take_turns(first);
	worker_take_turns(second);
	assert_fails(worker_run(first, &soon, &hanging, error), error, E_DEVICE_DEADLINE);
	assert_ok(worker_run(other, &later, &free_to_go, error));
	assert_int_equal(others, 1);
	assert_fails(worker_run(second, &soon, &waiting, error), error, E_DEVICE_DEADLINE);
	assert_int_equal(atomic_load(&released), 0);
	sem_post(&gate);
	while (worker_is_stuck(first) || worker_is_stuck(second))
		assert_ok(context_sleep(test_context(), 1, NULL));
	assert_int_equal(result, 1);
	assert_int_equal(atomic_load(&released), 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jobs_run_one_after_the_other_and_come_back),
		cmocka_unit_test(a_job_that_hangs_is_left_to_the_thread),
		cmocka_unit_test(a_worker_can_be_freed_while_it_is_stuck),
		cmocka_unit_test(somebody_who_gives_up_is_not_kept),
		cmocka_unit_test(a_caller_is_told_once_that_it_takes_a_while),
		cmocka_unit_test(those_that_take_turns_wait_for_each_other_and_no_others_do),
	};

	return cmocka_run_group_tests_name("hsm_worker", tests, NULL, NULL);
}
