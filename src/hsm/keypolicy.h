/*
 * Which keys we sign with: only those that can never leave the device (DESIGN.md promise 1).
 *
 * Attributes are what a library in our own process claims, no proof; a key whose claims are already bad is refused.
 */
#ifndef HSM_KEYPOLICY_H
#define HSM_KEYPOLICY_H

#include "hsm/key.h"

/*
 * E_KEY_UNFIT for a key that may not sign or is of a kind or size we do not use; E_KEY_EXTRACTABLE for one that could be
 * read out, unless the exception was named: then *ret_excepted tells that it was needed.
 */
EXS_MUST_USE exs_status keypolicy_check(const key *k, bool allow_extractable, bool *ret_excepted,
                                        exs_error *error);

#endif
