/*
 * Everything a sandbox needs before it can be started.
 */
#ifndef SANDBOX_PREPARE_H
#define SANDBOX_PREPARE_H

#include "instance.h"

/* Makes what is missing: token, key, certificate, application, authority, token signer. */
bool instance_prepare(const struct instance *instance);

/* Removes a directory and all below it; a name that is not there is fine. */
bool tree_remove(const char *path);

#endif
