/*
 * Test-SandboxBinding: no cmdlet of Exchange's, but the sandbox's own. It has a parameter of every type
 * and answers a row for each that was given: what it was bound to.
 */
#ifndef SANDBOX_EXCHANGE_PROBE_H
#define SANDBOX_EXCHANGE_PROBE_H

#include "exchange_parameters.h"

extern const struct parameter test_binding_parameters[];
void run_test_binding(struct call *call);

/* How many rows a walk must find. */
extern const struct parameter test_held_parameters[];
void run_test_held(struct call *call);

#endif
