/*
 * "Get-Mailbox  12,400 rows, page 13" on stderr: only on a terminal, only when the work takes longer than a second, and
 * gone when it ends.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct progress {
	const char *what;
	bool        possible, shown;
	int64_t     next_ms;
} progress;

void progress_begin(progress *p, const char *what, bool wanted);
/* Cheap enough for every row. */
void progress_tell(progress *p, uint64_t rows, uint64_t pages);
/* The same in two steps, for other words: is it time for a line, and the line. */
bool progress_is_due(const progress *p);
void progress_line(progress *p, const char *text);
/* Takes the line away; also before anything else is written to the terminal. */
void progress_hide(progress *p);

/* "12,400" */
typedef struct count_text {
	char at[32];
} count_text;
count_text progress_count(uint64_t n);

#endif
