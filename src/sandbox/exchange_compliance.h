/*
 * Cmdlets of Security & Compliance: a few policies and labels that never change, and one switch on each of the policies.
 */
#ifndef SANDBOX_EXCHANGE_COMPLIANCE_H
#define SANDBOX_EXCHANGE_COMPLIANCE_H

#include "exchange_parameters.h"

extern const struct parameter get_policy_parameters[], set_policy_parameters[];

void run_get_dlp_policy(struct call *call);
void run_get_retention_policy(struct call *call);
void run_get_label(struct call *call);
void run_set_dlp_policy(struct call *call);

#endif
