/* Everything that can be wrong with a profile, shown; for exosign doctor and for what ends with it. */
#ifndef CLI_CMD_DOCTOR_H
#define CLI_CMD_DOCTOR_H

#include "cli/open.h"

/* Shows a row a check and ends with the status of the first that is broken. */
EXS_MUST_USE exs_status doctor_examine(invocation *inv, bool live, exs_error *error);

#endif
