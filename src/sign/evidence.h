/*
 * Evidence about a key: the document's names and the parts that its maker and its checker share.
 */
#ifndef SIGN_EVIDENCE_H
#define SIGN_EVIDENCE_H

#include "base/jsonobject.h"
#include "sign/attestation.h"

#define EVIDENCE_TYPE "exosign-key-evidence"

enum { EVIDENCE_VERSION = 1, EVIDENCE_MAX = 1024 * 1024 };

/* What proves that the signer has the private key. */
void evidence_add_possession(jsonobject *o, const char *alg, const char *by,
                             const char *public_sha256);

/* What an attestation says; root NULL: nobody vouches for it. */
EXS_MUST_USE exs_status evidence_add_attestation(jsonobject *o, const attestation_facts *facts,
                                                 const attestation_proof *root, exs_error *error);

#endif
