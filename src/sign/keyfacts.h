/*
 * What was learnt of a key pair, kept after the device was let go: the exs_key of the public header.
 */
#ifndef SIGN_KEYFACTS_H
#define SIGN_KEYFACTS_H

#include "hsm/certobject.h"
#include "hsm/key.h"

#include <exosign/keys.h>

EXS_DEFINE_AUTO(exs_key)

/*
 * Copies everything. certificates are all of the token; those that have the key's public half are taken. origin is the URI
 * through which the key was found.
 */
EXS_MUST_USE exs_status keyfacts_new(const key *k, const token *t, const key_uri *origin,
                                     const certobject_list *certificates, exs_key **ret,
                                     exs_error *error);

#endif
