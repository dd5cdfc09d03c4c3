/*
 * What a round asks for: items, each recognisable in the tenant's ledger by what it says.
 */
#ifndef STORM_ITEMS_H
#define STORM_ITEMS_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "dice.h"

enum { ITEMS_MAX = 48, PARAMETERS_MAX = 3, TEXT_MAX = 160 };

typedef enum form { FORM_NDJSON, FORM_CSV, FORM_TEMPLATE, FORM_STDIN, FORMS } form; /* FORMS: any */

/* ndjson, csv, template, stdin; FORMS for anything else. */
form form_of(const char *name);

typedef struct kind {
	const char *cmdlet;
	const char *parameters[PARAMETERS_MAX]; /* NULL ends them */
	bool        writes;
	bool        repeats; /* running it twice is as good as once */
	bool        fails;   /* the tenant refuses it, always */
	unsigned    weight;
} kind;

typedef struct item {
	const kind *kind;
	char        values[PARAMETERS_MAX][TEXT_MAX];
	char        id[40]; /* "": the input gives none */
} item;

typedef struct items {
	form        form;
	const char *cmdlet; /* of all, when the form has one for all; else NULL */
	size_t      count;
	item        list[ITEMS_MAX];
} items;

/* people: aliases that no other round of this tenant uses, at least ITEMS_MAX of them. */
void items_make(items *all, dice *d, form wanted, unsigned round, const char *const *people);

/* Writes the input to path. False: it cannot be written. */
bool items_write(const items *all, const char *path);

/* Appends to argv what the form needs beside the file; returns how many words. They live as long as all. */
size_t items_arguments(const items *all, const char **argv);

/* Is this line of the ledger a run of the item? */
bool item_was_run(const item *i, const cJSON *line);

/* What its Identity, or Name, is: items of one object must not overtake each other. */
const char *item_object(const item *i);

#endif
