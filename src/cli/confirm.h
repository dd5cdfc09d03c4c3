/*
 * The word that destroying something in a device needs: --yes, or a person's answer.
 */
#ifndef CLI_CONFIRM_H
#define CLI_CONFIRM_H

#include "base/buf.h"
#include "cli/options.h"

/* Before a PIN is spent on it: E_UNCONFIRMED with this message and fix when there is neither --yes nor anybody to ask. */
EXS_MUST_USE exs_status confirm_check(const given *g, const char *message, const char *fix,
                                      exs_error *error);

/* Was --yes given? Then what it is still used for (empty: nothing) is a warning. */
bool confirm_is_given(const given *g, buf *use);

#endif
