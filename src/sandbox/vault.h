/*
 * Azure Key Vault, as far as reading goes (entra-graph.md 5):
 *
 *   GET /secrets, /secrets/NAME, /secrets/NAME/VERSION, /secrets/NAME/versions
 *   GET /certificates and the same below; cer is the public part, and there is no other here
 *
 * Not imitated: writing, deleting and recovering over HTTP (`exosign sandbox vault` changes what is in
 * it), keys and signing, issuers and policies of certificates, Managed HSM.
 */
#ifndef SANDBOX_VAULT_H
#define SANDBOX_VAULT_H

#include "web.h"

/* False when the path is none of the vault's. */
bool vault_serve(const struct web_request *request, struct web_answer *answer);

#endif
