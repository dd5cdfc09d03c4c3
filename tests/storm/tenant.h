/*
 * The sandbox that a worker uses for many rounds: started, killed, made faulty, asked what it ran.
 */
#ifndef STORM_TENANT_H
#define STORM_TENANT_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

enum { PEOPLE = 2400 };

typedef struct tenant {
	const char *exosign;  /* the installed program */
	const char *lifetime; /* of access tokens, seconds */
	char        directory[128], config[192], writes[192];
	char       *people[PEOPLE]; /* aliases */
} tenant;

/* Starts it, made anew where nothing is there; forget: without what earlier rounds changed. Ends the program on failure. */
void tenant_up(tenant *t, bool forget);
/* Reads the aliases of its people. */
void tenant_meet(tenant *t);
void tenant_down(tenant *t);
/* Down and up, without what was changed. */
void tenant_renew(tenant *t);
/* kill -9, and up again. */
void tenant_kill(tenant *t);

/* A line of JSON to its control socket; the answer, or NULL. */
cJSON *tenant_ask(const tenant *t, const char *question);

void tenant_fault(const tenant *t, const char *name, const char *argument, unsigned after, unsigned count,
                  const char *cmdlet);
/* Every cmdlet takes so long; so many are granted a second, and at once (0: any number). */
void tenant_throttle(const tenant *t, unsigned milliseconds, unsigned requests, unsigned at_once);
void tenant_calm(const tenant *t);
/* How often faults of that name acted, or all (NULL). */
unsigned tenant_acted(const tenant *t, const char *name);

/* What it ran after a number: an array of lines. */
cJSON *tenant_ledger(const tenant *t, unsigned long after);

/* Everything in a file as text; NULL when there is none. The caller's. */
char *read_whole(const char *path);

#endif
