/*
 * What is known of the identity's cmdlets, for the commands that use it.
 *
 * An administrator expects: a typing error is told before anything is sent; a cmdlet that was granted an hour ago just runs; a
 * job at night does not fail because a list is old. So a name that the kept list lacks is believed to be wrong only when the list
 * is minutes old; else the service is asked anew, and where it does not answer, the command is sent with a warning.
 */
#ifndef CLI_DISCOVERY_H
#define CLI_DISCOVERY_H

#include "cli/open.h"

enum { DISCOVERY_STALE_S = 24 * 60 * 60, DISCOVERY_FRESH_S = 10 * 60 };

/* The kept list, or NULL; needs no device and no network. *ret is the caller's. */
EXS_MUST_USE exs_status discovery_kept(invocation *inv, exs_cmdlets **ret, exs_error *error);
/* Asks the service; *ret is replaced. */
EXS_MUST_USE exs_status discovery_fetch(invocation *inv, exs_cmdlets **ret, exs_error *error);

int64_t discovery_age(const invocation *inv, const exs_cmdlets *cmdlets);

/*
 * Makes a command ready to be sent: names and values are checked, secrets encrypted. May ask the service and replace *cmdlets
 * (NULL: nothing is kept); with --dry-run it asks nobody and encrypts nothing, with --no-check it checks nothing.
 */
EXS_MUST_USE exs_status discovery_apply(invocation *inv, exs_command *cmdlet,
                                        exs_cmdlets **cmdlets, exs_error *error);

#endif
