/*
 * Standard input, kept in a file so that it can be read twice, and again by the run that resumes.
 */
#ifndef EXCHANGE_BATCH_KEEP_H
#define EXCHANGE_BATCH_KEEP_H

#include "base/context.h"
#include "base/file.h"

/*
 * Copies all of fd: with a journal to JOURNAL.input beside it (0600, flushed), which a journal that goes on finds there and fd is
 * not read; without one to a file that has no name and goes with *ret_fd. *ret_path is what to open.
 */
EXS_MUST_USE exs_status keep_input(const exs_context *context, int fd, const char *journal, bool goes_on,
                                   descriptor *ret_fd, char **ret_path, exs_error *error);

#endif
