/*
 * A read that proves that a change was not made: New- when the object is not there, Remove- when it still is.
 *
 * Only such changes have one that the service would refuse to make twice, so that even a first request which is still under way
 * somewhere does no harm. That the change was made is never proved: the object may be there, or gone, by another hand.
 */
#ifndef EXCHANGE_BATCH_PROOF_H
#define EXCHANGE_BATCH_PROOF_H

#include "exchange/command.h"

#include <stdbool.h>

/* Is there such a read? */
bool proof_exists(const exs_command *change);

/* The read; *ret_when_found: finding the object is the proof, else not finding it is. Only when one exists. */
EXS_MUST_USE exs_status proof_read(const exs_command *change, exs_command **ret, bool *ret_when_found,
                                   exs_error *error);

#endif
