/*
 * The Exchange Admin API v2.0 (exchange-rest.md 1): ten cmdlets at six endpoints, each with the parameters of its own page.
 * What is not on that list is refused here, because the service's own refusal does not say what to do instead.
 */
#ifndef EXCHANGE_V2_H
#define EXCHANGE_V2_H

#include "exchange/anchor.h"

/* E_USAGE for a cmdlet the API does not have, E_PARAMETER for a parameter it does not take or one that is missing. */
EXS_MUST_USE exs_status v2_check(const exs_command *command, exs_error *error);

/* "Mailbox"; of a command that passed the check. */
const char *v2_endpoint(const exs_command *command);

/* The mailbox where the command is about one, else the system mailbox (exchange-rest.md 1.6). */
void v2_anchor(const exs_command *command, const char *tenant, const char *organization,
               anchor *ret);

#endif
