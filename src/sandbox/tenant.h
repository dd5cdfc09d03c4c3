/*
 * The tenant as both halves of the sandbox see it: who it is, what was asked of it.
 */
#ifndef SANDBOX_TENANT_H
#define SANDBOX_TENANT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct tenant {
	char     id[37];            /* GUID */
	char     domain[256];       /* initial onmicrosoft.com domain: the organisation */
	char     display_name[256];
	char     host[64];          /* "localhost" */
	unsigned port;
	uint64_t mailboxes;         /* how many the generator serves */
	uint64_t seed;              /* everything generated follows from it */
	const char *directory;      /* the instance's directory (--dir) */
};

/* Set once before the server starts, then only read. */
extern struct tenant the_tenant;

/* "https://localhost:PORT": where every half of the tenant listens. */
const char *tenant_origin(void);

/* The tenant segment of a path: its GUID or its domain, any case. */
bool tenant_is(const char *segment, unsigned long len);

/*
 * The ledger counts what really happened, so that tests can ask (`exosign sandbox status`, JSON too):
 * "token.issued", "token.refused", "exchange.request", "exchange.page", "executed.Set-Mailbox"...
 */
void     ledger_count(const char *what);
uint64_t ledger_read(const char *what);

struct text;
void     ledger_json(struct text *text); /* {"name":count,...}, sorted by name */

#endif
