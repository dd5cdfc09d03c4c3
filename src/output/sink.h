/*
 * Where rows leave the program: bytes gathered and written in large pieces.
 *
 * A write happens when 64 KiB are gathered, when the oldest byte has waited a quarter of a second by the time of the next
 * row, and at the end. After a failure nothing more is written; a reader that went away (EPIPE) says so as the error's
 * native code, so that the program can end as quietly as other tools do.
 */
#ifndef OUTPUT_SINK_H
#define OUTPUT_SINK_H

#include "base/buf.h"

enum { SINK_PIECE = 64 * 1024, SINK_WAIT_MS = 250, SINK_ROW_MAX = 64 * 1024 * 1024 };

typedef struct sink {
	int     fd;
	buf     waiting;
	int64_t since_ms; /* when the last piece was written */
	bool    broken;
	bool  (*cancelled)(void); /* may be NULL; asked while the reader keeps us waiting */
} sink;

void sink_init(sink *s, int fd, bool (*cancelled)(void));
void sink_done(sink *s);

/* Ends a row: writes when it is time. */
EXS_MUST_USE exs_status sink_row(sink *s, exs_error *error);
/* Writes all that waits. */
EXS_MUST_USE exs_status sink_flush(sink *s, exs_error *error);

#endif
