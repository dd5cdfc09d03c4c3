/*
 * A person picks the key of a new profile from those that devices show, or a token on which one is to be made. Nobody logs in.
 */
#ifndef CLI_INIT_KEY_H
#define CLI_INIT_KEY_H

#include "cli/open.h"

/* *ret_uri names a key; *ret_new: it is to be made there. E_TOKEN_ABSENT when there is nothing to pick from. */
EXS_MUST_USE exs_status init_pick_key(const invocation *inv, const char *name, char **ret_uri, bool *ret_new,
                                      exs_error *error);

#endif
