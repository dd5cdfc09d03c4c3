/*
 * The claims challenge of a 401: what the service wants the next token to carry (entra-graph.md 2.4).
 */
#ifndef API_CHALLENGE_H
#define API_CHALLENGE_H

#include "base/buf.h"

enum { CHALLENGE_MAX = 16 * 1024 };

/*
 * Appends the decoded claims of a WWW-Authenticate value (RFC 9110 section 11.6.1). EXS_OK with nothing appended when it
 * holds no claims; E_EXO_UNAUTHORIZED when it does and they are not base64 of one JSON object, or stand twice.
 */
/*
 * The value of a parameter of a WWW-Authenticate value, without its quotes; false when it is not there, stands twice or the header
 * cannot be read.
 */
bool challenge_parameter(span header, const char *name, span *ret);

EXS_MUST_USE exs_status challenge_claims(span header, buf *to, exs_error *error);

#endif
