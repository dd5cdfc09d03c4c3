/*
 * The codes of Microsoft Graph and of Key Vault, in our words: what each means, what to do, and what kind of refusal it is.
 */
#ifndef API_RESTCODE_H
#define API_RESTCODE_H

#include "api/fault.h"

typedef struct restcode_row {
	const char *code;
	fault_kind  kind;
	const char *sentence; /* "the directory ..." */
	const char *fix;
} restcode_row;

/* NULL when the code is not in the table. Case counts nothing. */
const restcode_row *restcode_find(const char *code);

#endif
