/*
 * A bearer: an access token with what we know of it. Immutable and counted, so that threads may share one.
 */
#ifndef OAUTH_BEARER_H
#define OAUTH_BEARER_H

#include "base/secret.h"

#include <exosign/credential.h>

/* issued, refresh_at and expires are seconds of our clock; refresh_at 0: nobody asked for an early refresh. */
EXS_MUST_USE exs_status bearer_new(const char *scope, span token, int64_t issued, int64_t refresh_at,
                                   int64_t expires, exs_bearer **ret, exs_error *error);

/* One more owner. */
exs_bearer *bearer_share(exs_bearer *bearer);

int64_t bearer_refresh_at(const exs_bearer *bearer);

#endif
