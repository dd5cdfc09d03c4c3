/*
 * May a change whose answer was lost be made again?
 */
#ifndef EXCHANGE_BATCH_REPEAT_H
#define EXCHANGE_BATCH_REPEAT_H

#include "exchange/command.h"

#include <stdbool.h>

/*
 * True when making it twice leaves the tenant as making it once does, and the second time does not fail because of the first:
 * what reads; Set- with plain values, unless it moves the object away from the name it is called by or adds to and takes
 * from a list; Enable- and Disable- of rules, which only turn a switch. All else is not known to be harmless.
 */
bool repeat_is_harmless(const exs_command *command);

#endif
