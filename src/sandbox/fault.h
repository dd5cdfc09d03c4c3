/*
 * Faults: what goes wrong on purpose, switched on from the command line.
 *
 *   exosign sandbox fault add NAME[=ARGUMENT] [--after N] [--count N] [--cmdlet CMDLET]
 *   exosign sandbox fault list | clear [NAME]
 *
 * One table in fault.c names every fault, where it acts (token, exchange, any), what it does and what its
 * argument means; `fault --help` is printed from it. A fault that is on counts the requests it could
 * act on: it skips the first `after` of them, acts on the next `count` (0: for ever), and is then spent.
 */
#ifndef SANDBOX_FAULT_H
#define SANDBOX_FAULT_H

#include <stdbool.h>

enum { FAULT_ARGUMENT_MAX = 512 };

struct fault_hit {
	char argument[FAULT_ARGUMENT_MAX]; /* "" when none was given */
	long number;                       /* the argument as a number, or the table's default */
};

/*
 * Does the fault act on this request? Counts it when it could have. cmdlet is the cmdlet being run, or NULL.
 * hit may be NULL. Safe from any thread.
 */
bool fault_acts(const char *name, const char *cmdlet, struct fault_hit *hit);

#endif
