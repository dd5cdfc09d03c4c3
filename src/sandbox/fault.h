/*
 * Faults: what goes wrong on purpose, switched on from the command line.
 *
 *   exosign sandbox fault add NAME[=ARGUMENT] [--after N] [--count N] [--cmdlet CMDLET]
 *   exosign sandbox fault list | clear [NAME]
 *
 * One table in fault_table.c names every fault, where it acts (token, graph, vault, exchange, any), what it does and
 * what its argument means; `fault --help` is printed from it. A fault that is on counts the requests it
 * could act on: it skips the first `after` of them, acts on the next `count` (0: for ever), and is then
 * spent.
 */
#ifndef SANDBOX_FAULT_H
#define SANDBOX_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text;

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

/*
 * Switches a fault on; the same name may be on more than once (say, for two cmdlets). argument and
 * cmdlet may be NULL. False, with the reason in why, when the table says no.
 */
bool fault_add(const char *name, const char *argument, unsigned long after, unsigned long count,
               const char *cmdlet, char *why, size_t why_size);

/* Switches off every fault of that name, or all (NULL). How many were on. */
unsigned fault_clear(const char *name);

/* Appends a JSON array: what is on, and how often each could act and did. */
void fault_list(struct text *text);

/*
 * When the fault was last switched on, in nanoseconds of the wall clock; 0 when it is off. For
 * faults about things that happened before a moment.
 */
uint64_t fault_moment(const char *name);

#endif
