/* Allocation that is checked, and that tests can make fail. */
#include "base/mem.h"

#include "base/error.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static atomic_ulong count, fails_at;

static bool
refused(void)
{
	unsigned long at = atomic_load_explicit(&fails_at, memory_order_relaxed);

	if (at == 0)
		return false;
	return atomic_fetch_add_explicit(&count, 1, memory_order_relaxed) + 1 == at;
}

void *
mem_new(size_t n, size_t size)
{
	return refused() ? NULL : calloc(n ? n : 1, size ? size : 1);
}

char *
mem_text(const char *bytes, size_t length)
{
	char *copy = length == SIZE_MAX ? NULL : mem_new(length + 1, 1);

	if (copy != NULL && length > 0)
		memcpy(copy, bytes, length);
	return copy;
}

void
mem_free(void *block)
{
	free(block);
}

void
mem_wipe_free(void *block, size_t length)
{
	if (block != NULL)
		explicit_bzero(block, length);
	free(block);
}

exs_status
mem_fail(exs_error *error)
{
	return exs_fail(error, E_NO_MEMORY, "out of memory");
}

exs_status
mem_copy(const char *string, char **ret, exs_error *error)
{
	char *copy = NULL;

	if (string != NULL) {
		copy = mem_text(string, strlen(string));
		if (copy == NULL)
			return mem_fail(error);
	}
	*ret = copy;
	return EXS_OK;
}

void
mem_fail_nth(unsigned long nth)
{
	atomic_store(&count, 0);
	atomic_store(&fails_at, nth);
}

unsigned long
mem_count(void)
{
	return atomic_load(&count);
}
