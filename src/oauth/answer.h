/*
 * A token endpoint's "yes" (RFC 6749 section 5.1), read with distrust.
 */
#ifndef OAUTH_ANSWER_H
#define OAUTH_ANSWER_H

#include "base/span.h"

#include <exosign/credential.h>

typedef struct answer_times {
	int64_t sent, received; /* seconds of our clock */
} answer_times;

/* E_ENTRA_ANSWER when something is missing or cannot be; nothing of the body is quoted. */
EXS_MUST_USE exs_status answer_read(span body, const char *scope, const answer_times *times,
                                    exs_bearer **ret, exs_error *error);

#endif
