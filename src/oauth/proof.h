/*
 * A proof of possession for Graph's addKey and removeKey (entra-graph.md 3.7): a JWT that says which object calls, signed in the
 * device by a key whose certificate the application has.
 */
#ifndef OAUTH_PROOF_H
#define OAUTH_PROOF_H

#include "base/context.h"
#include "base/secret.h"
#include "sign/signer.h"

enum { PROOF_LIFETIME_S = 600 };

/*
 * issuer: the OBJECT id of the application, never its client id. RS256 with kid and x5t, which is what the documented sample
 * sends; a key that cannot pad that way signs PS256. Costs one signature.
 */
EXS_MUST_USE exs_status proof_new(const exs_context *context, exs_signer *signer, const char *issuer,
                                  secret **ret, exs_error *error);

#endif
