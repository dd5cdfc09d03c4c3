/*
 * What happens to one process. See weather.h.
 *
 * Waits are short: a 429 says one second, and what makes a client wait longer is rare.
 */
#include "weather.h"

#include <string.h>

static const menu menus[] = {
	{ "x-429", "1", false, 6 },          { "x-503", "1", false, 4 },
	{ "x-503", NULL, true, 1 },          { "x-500", NULL, true, 3 },
	{ "x-400-concurrency", NULL, false, 3 }, { "x-401", NULL, false, 3 },
	{ "x-401-claims", NULL, false, 2 },  { "x-lost", NULL, true, 12 },
	{ "x-lost-early", NULL, true, 8 },   { "x-half", NULL, true, 6 },
	{ "x-hang", NULL, true, 1 },         { "x-truncate", "20", true, 4 },
	{ "x-empty-200", NULL, true, 3 },    { "x-200-error", NULL, true, 3 },
	{ "x-204", NULL, true, 2 },          { "x-value-null", NULL, true, 2 },
	{ "batch-missing", "1", true, 6 },   { "batch-missing", "5", true, 3 },
	{ "batch-twice", NULL, true, 3 },    { "batch-foreign", NULL, true, 3 },
	{ "reset", NULL, true, 4 },          { "reset-early", NULL, true, 4 },
	{ "half-body", NULL, true, 3 },      { "half-chunked", NULL, true, 2 },
	{ "html", "502", true, 2 },          { "status", "504", true, 2 },
	{ "delay", "150", false, 3 },        { "gzip", NULL, false, 2 },
	{ "gzip-lie", NULL, true, 2 },       { "revoke", NULL, false, 1 },
};

enum { MENUS = sizeof menus / sizeof menus[0] };

static const menu *
choose(dice *d)
{
	unsigned all = 0, roll;

	for (size_t m = 0; m < MENUS; m++)
		all += menus[m].weight;
	roll = dice_roll(d, all);
	for (size_t m = 0; m < MENUS; m++) {
		if (roll < menus[m].weight)
			return &menus[m];
		roll -= menus[m].weight;
	}
	return &menus[0];
}

static ending
choose_ending(dice *d)
{
	unsigned roll = dice_roll(d, 100);

	return roll < 35   ? END_ALONE
	       : roll < 70 ? END_KILLED
	       : roll < 80 ? END_INTERRUPTED
	       : roll < 86 ? END_FULL
	                   : END_TENANT_KILLED;
}

void
storm_make(storm *s, dice *d, size_t items)
{
	memset(s, 0, sizeof *s);
	s->n_faults = dice_roll(d, STORM_FAULTS_MAX + 1);
	for (size_t i = 0; i < s->n_faults; i++) {
		s->faults[i].what = choose(d);
		s->faults[i].after = dice_roll(d, (unsigned)items);
		s->faults[i].count = dice_between(d, 1, dice_percent(d, 20) ? 6 : 2);
	}
	s->end = choose_ending(d);
	s->by_ledger = dice_percent(d, 50) || s->end == END_TENANT_KILLED;
	s->after_bytes = dice_between(d, 1, (unsigned)items * (s->end == END_FULL ? 200 : s->by_ledger ? 150 : 350));
	s->latency = dice_percent(d, 40) ? dice_between(d, 1, 15) : 0;
	s->requests = dice_percent(d, 8) ? dice_between(d, 5, 20) : 0;
	s->at_once = dice_percent(d, 8) ? dice_between(d, 1, 3) : 0;
	s->concurrency = dice_percent(d, 70) ? dice_between(d, 1, 8) : 0;
	s->max_failures = dice_percent(d, 8) ? dice_between(d, 1, 5) : 0;
}

void
storm_none(storm *s)
{
	memset(s, 0, sizeof *s);
}

bool
storm_loses(const storm *s)
{
	for (size_t i = 0; i < s->n_faults; i++) {
		if (s->faults[i].what->loses)
			return true;
	}
	return false;
}

void
storm_tell(const storm *s, FILE *out)
{
	static const char *const ends[] = { "", "killed", "interrupted", "disk full", "tenant killed" };

	for (size_t i = 0; i < s->n_faults; i++)
		fprintf(out, "; %s%s%s after %u, %u times", s->faults[i].what->name,
		        s->faults[i].what->argument != NULL ? "=" : "",
		        s->faults[i].what->argument != NULL ? s->faults[i].what->argument : "",
		        s->faults[i].after, s->faults[i].count);
	if (s->end != END_ALONE)
		fprintf(out, "; %s after %u bytes of the %s", ends[s->end], s->after_bytes,
		        s->by_ledger ? "ledger" : "journal");
	if (s->requests != 0)
		fprintf(out, "; %u requests a second", s->requests);
	if (s->at_once != 0)
		fprintf(out, "; %u at once", s->at_once);
	if (s->latency != 0)
		fprintf(out, "; %u ms each", s->latency);
}
