/*
 * What a cmdlet's name tells: does it only read, and can it be sent at all?
 */
#ifndef EXCHANGE_VERB_H
#define EXCHANGE_VERB_H

#include <exosign/error.h>

#include <stdbool.h>

/*
 * True for verbs that change nothing: such a call may be repeated after any failure and is not asked to confirm. The list is
 * short on purpose; a verb that is not in it counts as a change, which costs a repetition and never an object.
 */
bool verb_reads(const char *cmdlet);

/* Refuses names that exist in the PowerShell module only, and says what to use. */
EXS_MUST_USE exs_status verb_check(const char *cmdlet, exs_error *error);

#endif
