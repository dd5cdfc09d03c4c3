/*
 * Holds what exosign says of its items against what the tenant ran.
 */
#ifndef STORM_JUDGE_H
#define STORM_JUDGE_H

#include <stdio.h>

#include "items.h"

enum { OUTCOME_MAX = 12 };

/* What became of an item, by the journal and by the tenant. */
typedef struct fate {
	char     outcome[OUTCOME_MAX]; /* as settled last: done, failed, retryable, skipped, unknown; "": nothing */
	unsigned settled;              /* how often */
	unsigned begun;                /* sent, by the journal */
	unsigned runs;                 /* by the tenant */
	int      last_run;             /* its place in the tenant's ledger, -1: none */
} fate;

typedef struct fates {
	fate     list[ITEMS_MAX];
	unsigned done, failed, skipped, unknown, open;
	unsigned strangers; /* lines of the tenant's ledger that belong to no item */
} fates;

/* Reads the journal, a line of JSON after the other. False, with the reason on complaints, when it is not sound. */
bool fates_read(fates *f, const items *all, const char *journal, FILE *complaints);
/* Counts the tenant's runs. */
void fates_count_runs(fates *f, const items *all, const cJSON *ledger);

/*
 * What one process printed: a line an item at most, nothing that the journal contradicts. Returns how many lines; whole lines
 * only, for it may have been killed. full: the journal met a full disk; then what only read may be told without it.
 */
unsigned outcomes_check(const items *all, const fates *f, bool full, const char *path, FILE *complaints,
                        bool *ret_good);

/* May answers have been lost in this round? Without that nothing may be unknown. */
typedef struct weather {
	bool lost;
	bool settled; /* the last runs met no fault and took up all that may be taken up */
} weather;

/* Everything that must hold. */
bool fates_judge(const fates *f, const items *all, weather w, FILE *complaints);

#endif
