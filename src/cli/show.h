/*
 * Rows to standard output in the format the command line asks for, or the one that suits the reader.
 */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include "cli/open.h"
#include "output/writer.h"

/* preferred: columns of a table when nothing is selected, or NULL. */
EXS_MUST_USE exs_status show_list(const invocation *inv, const char *preferred, writer **ret,
                                  exs_error *error);
/* A few rows with long texts: a property a line on a terminal. */
EXS_MUST_USE exs_status show_few(const invocation *inv, writer **ret, exs_error *error);
EXS_MUST_USE exs_status show_one(const invocation *inv, writer **ret, exs_error *error);

/*
 * Ends the output, complete or not, so that what is open gets closed, and warns about selected properties that no row
 * had. Returns so_far when that is a failure.
 */
EXS_MUST_USE exs_status show_end(writer *w, exs_status so_far, exs_error *error);
/* One object, whole. */
EXS_MUST_USE exs_status show_object(const invocation *inv, span json, exs_error *error);
/* The same, whatever --select says. */
EXS_MUST_USE exs_status show_whole(const invocation *inv, span json, exs_error *error);

/* Plain text on standard output. */
EXS_MUST_USE exs_status show_text(span text, exs_error *error);
/* A secret that was asked for, and a newline; on a terminal a warning says what it is. */
EXS_MUST_USE exs_status show_secret(span text, const char *warning, exs_error *error);

/* Would an error now be an object on stderr? */
bool show_is_json(const given *given);

#endif
