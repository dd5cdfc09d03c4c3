/*
 * Asking the service what an identity may run (exchange-rest.md 2.12).
 */
#ifndef EXCHANGE_DISCOVER_H
#define EXCHANGE_DISCOVER_H

#include "exchange/catalogue.h"
#include "exchange/invoke.h"

/* What came: records of cmdlets, and the key; *key is the caller's, NULL: none came. */
typedef struct discovery {
	buf   records;
	seal *key;
} discovery;

void discovery_begin(discovery *d);
void discovery_done(discovery *d);

/* EXOModuleFile; where that is refused, the entity set CmdletInfo, which has names alone. */
EXS_MUST_USE exs_status discovery_ask(discovery *d, const exs_exchange *exchange, exs_error *error);

#endif
