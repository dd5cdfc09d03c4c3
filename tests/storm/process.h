/*
 * One run of the program under test, watched and perhaps ended before it ends.
 */
#ifndef STORM_PROCESS_H
#define STORM_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

typedef struct watch {
	const char *in, *out, *err; /* files; in may be NULL: nothing to read */
	long        file_limit;     /* bytes a file may have: a full disk; 0: none */
	/* When the file is so long, happens() is called, once. NULL: never. */
	const char *file;
	off_t       length;
	void      (*happens)(void *self, pid_t pid);
	void       *self;
} watch;

enum { PROCESS_HANGS = -1, PROCESS_DEADLINE_SECONDS = 60 };

/* The exit code, 128 + signal, or PROCESS_HANGS (it was killed then). */
int process_run(const char *const *argv, const watch *w);

off_t file_length(const char *path);

#endif
