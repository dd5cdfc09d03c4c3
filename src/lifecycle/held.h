/*
 * What a token holds under a key's URI, as far as it shows without a login: the key pair, and its newest certificate.
 */
#ifndef LIFECYCLE_HELD_H
#define LIFECYCLE_HELD_H

#include "base/buf.h"

#include <exosign/context.h>
#include <exosign/signer.h>

enum { HELD_DER_MAX = 64 * 1024 };

typedef struct held {
	bool    has_key;         /* a key object shows, or a certificate that goes with it */
	bool    has_certificate;
	buf     der;
	char    sha1[41], sha256[65]; /* upper-case hexadecimal; "" without a certificate */
	int64_t not_before, not_after;
} held;

void held_done(held *h);

/* certificate: as in exs_signer_options. Forgets what *h held. A token that is not there is an error; an empty one is not. */
EXS_MUST_USE exs_status held_look(const exs_context *context, const char *uri, const char *certificate,
                                  int64_t deadline_ms, held *h, exs_error *error);

#endif
