/* The walk of Get-MessageTraceV2. */
#ifndef EXCHANGE_WALK_TRACE_H
#define EXCHANGE_WALK_TRACE_H

#include "exchange/budget.h"
#include "exchange/walk.h"

/* Of all walks of the process: 100 requests in 5 minutes, unless a test says otherwise. */
extern budget trace_budget;

#endif
