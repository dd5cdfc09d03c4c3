/*
 * What a setup or a renewal remembers between runs: facts by name, and how far each step came.
 *
 * A file of its own, private, replaced whole on each change, without secrets: ids, names, thumbprints, times. One run at a time
 * holds its lock; the lock dies with the process.
 */
#ifndef LIFECYCLE_LOGBOOK_H
#define LIFECYCLE_LOGBOOK_H

#include "base/buf.h"
#include "base/file.h"

enum { LOGBOOK_FACTS_MAX = 128, LOGBOOK_FILE_MAX = 256 * 1024, LOGBOOK_NAME_MAX = 96, LOGBOOK_VALUE_MAX = 2048 };

typedef struct logbook_fact {
	char *name, *value;
} logbook_fact;

typedef struct logbook {
	char        *path; /* NULL: kept nowhere (a plan) */
	descriptor   lock;
	logbook_fact facts[LOGBOOK_FACTS_MAX];
	size_t       n;
	bool         kept; /* changes go to the file */
} logbook;

/*
 * Reads DIRECTORY/lifecycle/NAME.json when there is one; with `kept` also takes the lock. E_APP_BUSY when another run has it,
 * E_JOURNAL when the file is not what we wrote. *ret must be zero with lock = -1 (LOGBOOK).
 */
EXS_MUST_USE exs_status logbook_open(const char *directory, const char *name, bool kept, logbook *ret,
                                     exs_error *error);
#define LOGBOOK {.lock = -1}
/* For EXS_SCOPED(logbook). */
void logbook_done(logbook *j);

/* "" when it is not known. Lives until the fact changes. */
const char *logbook_get(const logbook *j, const char *name);
/* value "" or NULL: forgets it. Writes the file. */
EXS_MUST_USE exs_status logbook_set(logbook *j, const char *name, const char *value, exs_error *error);
typedef struct logbook_wish {
	const char *name, *value;
} logbook_wish;
/* Several at once, in one write. */
EXS_MUST_USE exs_status logbook_set_all(logbook *j, const logbook_wish *wishes, size_t n,
                                        exs_error *error);

/* The text of a journal; false when it is none. For the reader and its fuzz target. */
bool logbook_read(span text, logbook *ret);

#endif
