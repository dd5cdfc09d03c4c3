/*
 * What happens to one process: faults of the tenant, and how it ends.
 */
#ifndef STORM_WEATHER_H
#define STORM_WEATHER_H

#include <stdio.h>

#include "dice.h"

enum { STORM_FAULTS_MAX = 3 };

typedef struct menu {
	const char *name, *argument;
	bool        loses; /* the client cannot know whether the write was run */
	unsigned    weight;
} menu;

typedef enum ending { END_ALONE, END_KILLED, END_INTERRUPTED, END_FULL, END_TENANT_KILLED } ending;

typedef struct storm {
	struct {
		const menu *what;
		unsigned    after, count;
	} faults[STORM_FAULTS_MAX];
	size_t   n_faults;
	ending   end;
	bool     by_ledger;   /* the end comes when the tenant has written so much, else the journal */
	unsigned after_bytes;
	unsigned latency;     /* of every cmdlet, ms */
	unsigned requests;    /* granted a second; 0: any number */
	unsigned at_once;     /* likewise */
	unsigned concurrency; /* 0: not said */
	unsigned max_failures;
} storm;

void storm_make(storm *s, dice *d, size_t items);
void storm_none(storm *s);
bool storm_loses(const storm *s);
void storm_tell(const storm *s, FILE *out);

#endif
