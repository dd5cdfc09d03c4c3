/*
 * The `claims` field of a grant (entra-graph.md 2.4): what we can do, and what a challenge demands.
 */
#ifndef OAUTH_CLAIMS_H
#define OAUTH_CLAIMS_H

#include "base/buf.h"

/*
 * Appends the JSON that announces cp1 (we answer claims challenges) joined with a challenge's, which may be NULL. E_ANSWER when
 * the challenge is no JSON object.
 */
EXS_MUST_USE exs_status claims_write(buf *to, const char *challenge, exs_error *error);

#endif
