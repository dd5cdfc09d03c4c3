/* Whatever a journal holds: it is read to its last good line or refused with a place, and reading it again finds the same. */
#include "base/error.h"
#include "exchange/batch_journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void
must(bool good)
{
	if (!good)
		abort();
}

typedef struct counted {
	unsigned long lines;
} counted;

static bool
see(void *self, const batch_record *record)
{
	counted *c = self;

	must(record->state < BATCH_STATES);
	must(record->state < BATCH_DONE || record->outcome.len > 0);
	c->lines++;
	return true;
}

/* A journal whose lines are the input's: sealed, so that more than the sums is looked at. */
static void
seal_lines(const uint8_t *input, size_t size, buf *to)
{
	span     rest = span_from((const char *)input, size);
	uint32_t chain = 0;

	while (rest.len > 0) {
		span   line = span_cut(&rest, '\n');
		size_t from = to->len;

		buf_add(to, line);
		record_seal(to, from, &chain);
	}
}

static bool
read_it(const char *path, counted *c)
{
	EXS_SCOPED(error_scratch) error = exs_error_new();
	EXS_SCOPED(batch_head) head = {.items = 0};
	EXS_AUTO(batch_journal) *j = NULL;
	bool old;

	must(error != NULL);
	*c = (counted){0};
	if (journal_open(path, see, c, &head, &old, &j, error) == EXS_OK)
		return true;
	must(exs_error_message(error)[0] != '\0');
	return false;
}

static void
try(span contents)
{
	char    path[] = "/tmp/fuzz-journal.XXXXXX";
	int     file = mkstemp(path);
	counted first, again;

	must(file >= 0 && write(file, contents.at, contents.len) == (ssize_t)contents.len);
	close(file);
	if (read_it(path, &first)) {
		must(read_it(path, &again) && again.lines == first.lines);
	}
	(void)unlink(path);
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	EXS_SCOPED(buf) sealed = BUF(8 * 1024 * 1024);

	try(span_from((const char *)input, size));
	seal_lines(input, size, &sealed);
	try(buf_span(&sealed));
	return 0;
}
