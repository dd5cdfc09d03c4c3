/*
 * What a setup or a renewal remembers between runs: facts by name, and how far each step came.
 *
 * A file of its own, private, replaced whole on each change, without secrets: ids, names, thumbprints, times. One run at a time
 * holds its lock; the lock dies with the process.
 */
#ifndef LIFECYCLE_JOURNAL_H
#define LIFECYCLE_JOURNAL_H

#include "base/buf.h"
#include "base/file.h"

enum { JOURNAL_FACTS_MAX = 128, JOURNAL_FILE_MAX = 256 * 1024, JOURNAL_NAME_MAX = 96, JOURNAL_VALUE_MAX = 2048 };

typedef struct journal_fact {
	char *name, *value;
} journal_fact;

typedef struct journal {
	char        *path; /* NULL: kept nowhere (a plan) */
	descriptor   lock;
	journal_fact facts[JOURNAL_FACTS_MAX];
	size_t       n;
	bool         kept; /* changes go to the file */
} journal;

/*
 * Reads DIRECTORY/lifecycle/NAME.json when there is one; with `kept` also takes the lock. E_APP_BUSY when another run has it,
 * E_JOURNAL when the file is not what we wrote. *ret must be zero with lock = -1 (JOURNAL).
 */
EXS_MUST_USE exs_status journal_open(const char *directory, const char *name, bool kept, journal *ret,
                                     exs_error *error);
#define JOURNAL {.lock = -1}
/* For EXS_SCOPED(journal). */
void journal_done(journal *j);

/* "" when it is not known. Lives until the fact changes. */
const char *journal_get(const journal *j, const char *name);
/* value "" or NULL: forgets it. Writes the file. */
EXS_MUST_USE exs_status journal_set(journal *j, const char *name, const char *value, exs_error *error);
typedef struct journal_wish {
	const char *name, *value;
} journal_wish;
/* Several at once, in one write. */
EXS_MUST_USE exs_status journal_set_all(journal *j, const journal_wish *wishes, size_t n,
                                        exs_error *error);

/* The text of a journal; false when it is none. For the reader and its fuzz target. */
bool journal_read(span text, journal *ret);

#endif
