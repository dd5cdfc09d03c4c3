/*
 * No SIGPIPE for the host while it is in libcurl.
 *
 * OpenSSL writes with write(2), and a connection the server closed would end the whole program. What a signal does is the
 * host's to say, so it is held back for this thread only, for the length of a scope: PIPE_GUARDED.
 */
#ifndef HTTP_PIPE_GUARD_H
#define HTTP_PIPE_GUARD_H

#include "base/mem.h"

#include <signal.h>
#include <stdbool.h>

typedef struct pipe_guard {
	bool     active;
	sigset_t before;
} pipe_guard;

pipe_guard pipe_guard_begin(void);
/* Swallows a SIGPIPE that came meanwhile and restores the thread's mask. */
void pipe_guard_done(pipe_guard *guard);

/* A declaration: from here to the end of the scope. */
#define PIPE_GUARDED                                                                               \
	EXS_SCOPED(pipe_guard) guard __attribute__((unused)) = pipe_guard_begin()

#endif
