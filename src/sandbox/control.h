/*
 * How the command line talks to a running server: DIR/control.sock, a line of JSON each way.
 *
 *   {"do":"status"}                       -> {"ok":true,"ledger":{...},"faults":[...],"throttle":{...}}
 *   {"do":"fault-add","name":"x-429",...} -> {"ok":true}  or  {"ok":false,"why":"..."}
 *   {"do":"fault-clear","name":"x-429"}   -> {"ok":true,"cleared":1}
 *   {"do":"throttle","requests":500,...}  -> {"ok":true}
 */
#ifndef SANDBOX_CONTROL_H
#define SANDBOX_CONTROL_H

#include <cjson/cJSON.h>
#include <stdbool.h>

/* In the server: listens and answers on a thread of its own. */
bool control_start(const char *directory);
void control_stop(void);

/*
 * In the command line: asks, and returns the answer, the caller's to delete. NULL when nobody answered
 * or the answer was no: said why.
 */
cJSON *control_ask(const char *directory, const char *question);

#endif
