/* Which JOSE algorithm a key signs with, by its type. */
#ifndef SIGN_KEYALG_H
#define SIGN_KEYALG_H

#include "hsm/publickey.h"

#include <exosign/signer.h>

/* EXS_ALG_DEFAULT is the best for the key. E_KEY_UNFIT when the key cannot sign with the one that is wanted. */
EXS_MUST_USE exs_status keyalg_choose(const publickey_facts *public, exs_alg wanted, exs_alg *ret,
                                      exs_error *error);

#endif
