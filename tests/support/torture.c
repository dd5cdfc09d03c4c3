/* Fails one allocation after the other. */
#include "support/torture.h"

#include "support/test.h"

enum { ALLOCATIONS_MAX = 20000 };

static unsigned long
walk(torture_step step, void *self, bool lenient)
{
	exs_error *error = exs_error_new();

	for (unsigned long nth = 1; nth < ALLOCATIONS_MAX; nth++) {
		exs_status status;
		bool       reached;

		exs_error_clear(error);
		mem_fail_nth(nth);
		status = step(self, error);
		reached = mem_count() >= nth;
		mem_fail_nth(0);
		if (!reached) {
			if (status != EXS_OK)
				fail_msg("with memory enough it still fails: %s", exs_error_message(error));
			if (nth == 1)
				fail_msg("it allocates nothing: there is nothing to torture");
			exs_error_free(error);
			return nth - 1;
		}
		if (status == EXS_OK && lenient)
			continue;
		if (status != EXS_INTERNAL || !error_is(error, E_NO_MEMORY))
			fail_msg("allocation %lu failed, and it said %d %s: %s", nth, (int)status,
			         exs_error_code(error), exs_error_message(error));
	}
	fail_msg("there is no end to its allocations");
	return 0;
}

unsigned long
torture(torture_step step, void *self)
{
	return walk(step, self, false);
}

unsigned long
torture_lenient(torture_step step, void *self)
{
	return walk(step, self, true);
}
