/* Whether a JOSE signature is good, by OpenSSL alone and with the public half alone. */
#ifndef SIGN_VERIFY_H
#define SIGN_VERIFY_H

#include "base/span.h"

#include <exosign/signer.h>

/* public_der: a SubjectPublicKeyInfo. False also when anything is malformed. */
bool verify_signature(span public_der, exs_alg alg, span message, span signature);

#endif
