/*
 * A secret from an open descriptor: one line of it, waited for as long as is fit, and not a byte behind the newline read.
 */
#ifndef CLI_SECRET_FD_H
#define CLI_SECRET_FD_H

#include "base/secret.h"

enum { SECRET_FD_WAIT_MS = 60 * 1000, SECRET_FD_PATIENT = -1 };

/* "3" of the option as an open descriptor above 2. */
EXS_MUST_USE exs_status secret_fd_parse(const char *option, const char *text, int *ret, exs_error *error);

/*
 * Until its end or the first newline; a CR before it is dropped. name is what errors call it. wait_ms bounds the whole; SECRET_FD_PATIENT
 * waits until somebody interrupts. E_FILE; E_INTERRUPTED.
 */
EXS_MUST_USE exs_status secret_fd_read(int fd, const char *name, size_t ceiling, int64_t wait_ms, secret **ret,
                                       exs_error *error);

#endif
