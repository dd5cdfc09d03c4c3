/*
 * The script EXOModuleFile hands out: a function for each cmdlet a caller may run, made from the cmdlet table.
 *
 * The wording is the sandbox's own; the shapes are those a client's parser meets: help blocks and comments that show code,
 * strings of every kind with brackets in them, nested parentheses, parameters in several styles, the key for secrets.
 */
#ifndef SANDBOX_EXCHANGE_SCRIPT_H
#define SANDBOX_EXCHANGE_SCRIPT_H

#include "exchange_cmdlets.h"

#include "text.h"

/* What stands before the functions; key may be NULL: none is given out. */
void script_open(struct text *script, const char *key);

/* One cmdlet's function; may_write: the caller may also write in its area. */
void script_add(struct text *script, const struct cmdlet *cmdlet, bool may_write);

void script_close(struct text *script);

#endif
