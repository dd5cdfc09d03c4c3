/*
 * Where the value of a parameter that is a secret comes from: -Name@FILE, -Name@fd:N, or the terminal without echo. Never
 * a word of the command line.
 */
#ifndef CLI_SECRET_SOURCE_H
#define CLI_SECRET_SOURCE_H

#include "base/secret.h"

/* name is the parameter's; source is "fd:N" or a file that only its owner can read. One line, or all of the file. */
EXS_MUST_USE exs_status secret_source_read(const char *name, const char *source, secret **ret,
                                           exs_error *error);
/* Asks at the terminal; E_SECRET_SOURCE where there is none, or nothing may be asked. */
EXS_MUST_USE exs_status secret_source_ask(const char *cmdlet, const char *name, bool no_input,
                                          secret **ret, exs_error *error);

bool secret_source_is_fd(span source);

#endif
