/*
 * The proof that something works: a real token, a real cmdlet that only reads.
 */
#ifndef LIFECYCLE_PROBE_H
#define LIFECYCLE_PROBE_H

#include "lifecycle/work.h"

/*
 * Asks for a token for Exchange with this signer until the directory knows its certificate (entra-graph.md 3.7): AADSTS700027 and
 * what it says of an app that is new are waited out, anything else fails. rounds 0: as long as a directory may take.
 */
EXS_MUST_USE exs_status probe_token(work *w, exs_signer *signer, unsigned rounds, bool *ret_good,
                                    exs_error *error);
/* Get-AcceptedDomain, until the rights have arrived; E_APP_RIGHTS. */
EXS_MUST_USE exs_status probe_cmdlet(work *w, exs_signer *signer, exs_error *error);

#endif
