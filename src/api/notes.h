/*
 * Warnings of the service on their way to the caller: made plain, in order, and not more of them than a person reads.
 */
#ifndef API_NOTES_H
#define API_NOTES_H

#include "base/buf.h"

enum { NOTES_MAX = 256 * 1024, NOTE_MAX = 4096 };

typedef struct notes {
	buf      queue; /* NUL-terminated texts */
	size_t   next;
	uint64_t left_out;
	buf      last;  /* the note about those that were left out */
} notes;

#define NOTES ((notes){.queue = BUF(NOTES_MAX), .last = BUF(100)})

void notes_add(notes *n, span text);
/* Moves all of `from` behind those of `to`. */
void notes_move(notes *to, notes *from);
/* The next, or NULL. It lives until notes are added. */
const char *notes_next(notes *n);
void notes_clear(notes *n);
void notes_done(notes *n);

#endif
