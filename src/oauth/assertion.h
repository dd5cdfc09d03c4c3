/*
 * A client assertion (RFC 7523 section 2.2): the statement our key signs, good for minutes.
 */
#ifndef OAUTH_ASSERTION_H
#define OAUTH_ASSERTION_H

#include "base/context.h"
#include "base/secret.h"
#include "oauth/identity.h"
#include "sign/signer.h"

EXS_DEFINE_AUTO(exs_assertion)

/* audience NULL: the identity's. Costs one signature of the device. */
EXS_MUST_USE exs_status assertion_new(const exs_context *context, const identity *id,
                                      exs_signer *signer, const char *audience,
                                      exs_assertion **ret, exs_error *error);

/* The text, for the form; lives as long as the assertion. */
span assertion_text(const exs_assertion *assertion);

#endif
