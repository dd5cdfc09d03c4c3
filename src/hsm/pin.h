/*
 * Asking for a PIN: the seam between the host's source and a login.
 */
#ifndef HSM_PIN_H
#define HSM_PIN_H

#include "base/secret.h"

#include <exosign/signer.h>

enum { PIN_MAX = 4096 };

/*
 * Asks the source once. E_PIN_NONE when there is none, or when it came back without a PIN; its own error otherwise.
 * *ret_pin is the caller's.
 */
EXS_MUST_USE exs_status pin_ask(const exs_pin_source *source, const exs_pin_request *request,
                                secret **ret_pin, exs_error *error);

/* E_PIN_LENGTH or E_PIN_SOURCE for a PIN that the token could not take, without saying more about it. */
EXS_MUST_USE exs_status pin_check(const secret *pin, const exs_pin_request *request,
                                  const char *source_name, exs_error *error);

#endif
