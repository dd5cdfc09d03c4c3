/*
 * The cmdlets the tenant knows: one row each.
 */
#ifndef SANDBOX_EXCHANGE_CMDLETS_H
#define SANDBOX_EXCHANGE_CMDLETS_H

#include "exchange_parameters.h"

struct setting;

/* What a directory role can be allowed to read or write. */
enum area {
	AREA_RECIPIENTS = 1,
	AREA_ORGANIZATION = 2,
	AREA_RULES = 4,      /* transport rules */
	AREA_QUARANTINE = 8,
	AREA_TRACE = 16,
	AREA_AUDIT = 32,
	AREA_COMPLIANCE = 64, /* of the other service */
	AREA_ALL = 63,
};

enum {
	CMDLET_WRITES = 1,
	CMDLET_CONFIRMS = 2, /* asks unless Confirm is false */
	CMDLET_VOID = 4,     /* answers no rows */
	CMDLET_PAGED = 8,    /* its answer may come with a next link */
};

struct cmdlet {
	const char             *name;
	void                  (*run)(struct call *call);
	const struct parameter *parameters;
	const struct setting   *settings; /* more parameters, which are also properties; may be NULL */
	unsigned                area;
	unsigned                flags;
};

/* In the table's order; NULL behind the last. */
const struct cmdlet *cmdlet_at(size_t i);

/* Any case; NULL when there is none of that name. */
const struct cmdlet *cmdlet_find(const char *name);

#endif
