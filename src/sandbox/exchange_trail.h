/*
 * What happened: message traces, the audit log, the quarantine. None of them pages by a next link.
 */
#ifndef SANDBOX_EXCHANGE_TRAIL_H
#define SANDBOX_EXCHANGE_TRAIL_H

#include "exchange_parameters.h"

/* Continues by the last row's Received and recipient; see exchange_trace.c. */
extern const struct parameter get_trace_parameters[];
void run_get_trace(struct call *call);

/* How many rows there are from start to end, for tests. */
uint64_t trace_count(ticks start, ticks end);
uint64_t audit_count(ticks start, ticks end);
uint64_t quarantine_count(void);

/* Continues by repeating the request in a session; see exchange_audit.c. */
extern const struct parameter search_audit_parameters[];
void run_search_audit(struct call *call);

/* Continues by page number; see exchange_quarantine.c. */
extern const struct parameter get_quarantine_parameters[];
void run_get_quarantine(struct call *call);

#endif
