/*
 * Opening a signer, step by step: several names, one name, one URI.
 */
#ifndef SIGN_SIGNER_OPEN_H
#define SIGN_SIGNER_OPEN_H

#include "base/keyname.h"
#include "sign/signer.h"

/* options->key_uri is one PKCS#11 URI. The options are whole, as exs_signer_open() made them. */
EXS_MUST_USE exs_status signer_pkcs11_open(const exs_context *context,
                                           const exs_signer_options *options, exs_signer **ret,
                                           exs_error *error);

/* The key with this one name; options->key_uri does not count. */
EXS_MUST_USE exs_status signer_named_open(const exs_context *context, const keyname *name,
                                          const exs_signer_options *options, exs_signer **ret,
                                          exs_error *error);

/* A signer over all of these names, of which the first that is there is opened now. */
EXS_MUST_USE exs_status signer_many_open(const exs_context *context,
                                         const exs_signer_options *options, exs_signer **ret,
                                         exs_error *error);

#endif
