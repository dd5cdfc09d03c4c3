/*
 * What the client needs to know: DIR/exosign.conf.
 */
#ifndef SANDBOX_PROFILE_H
#define SANDBOX_PROFILE_H

#include "instance.h"

enum { APP_KEY_ID = 0x01 };
#define APP_TOKEN_LABEL "sandbox"
#define APP_KEY_LABEL   "exchange"

/* Writes the profile "sandbox" of this instance. False: said why. */
bool profile_write(const struct instance *instance);

#endif
