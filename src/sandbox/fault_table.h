/*
 * The table of faults: every name, where it acts, what its argument means.
 */
#ifndef SANDBOX_FAULT_TABLE_H
#define SANDBOX_FAULT_TABLE_H

#include <stddef.h>

enum fault_argument {
	FAULT_PLAIN,       /* takes none */
	FAULT_NUMBER,      /* may take a number; number is the default */
	FAULT_NUMBER_MUST, /* takes a number */
	FAULT_TEXT,        /* may take text */
	FAULT_TEXT_MUST,   /* takes text */
	FAULT_WORD_MUST,   /* takes one of the words in meaning, separated by | */
};

struct fault_row {
	const char         *name;
	const char         *where; /* "any", "token", "graph", "vault", "exchange" */
	enum fault_argument argument;
	long                number;  /* the default */
	const char         *meaning; /* what the argument is called; NULL when there is none */
	const char         *does;
};

extern const struct fault_row fault_table[];
extern const size_t           fault_table_rows;

/* The row of that name, or NULL. */
const struct fault_row *fault_find(const char *name);

#endif
