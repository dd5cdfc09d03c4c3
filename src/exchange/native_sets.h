/* The property sets of the Get-EXO cmdlets. */
#ifndef EXCHANGE_NATIVE_SETS_H
#define EXCHANGE_NATIVE_SETS_H

typedef struct native_set {
	const char *name;       /* NULL ends a table */
	const char *properties; /* between commas */
} native_set;

/* "Minimum" comes first, and is always asked for; "All" is a name everywhere and has no list. */
extern const native_set native_sets_of_mailbox[], native_sets_of_recipient[],
	native_sets_of_cas_mailbox[], native_sets_of_statistics[];

#endif
