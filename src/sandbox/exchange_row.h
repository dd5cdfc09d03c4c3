/*
 * One row of an answer, written straight into the text that will be sent.
 *
 * Properties carry the annotations Exchange gives them: "X@data.type" for dates, integers and GUIDs,
 * "X@odata.type" for GUIDs and collections, none for strings and booleans. A selection ($select)
 * leaves out whole properties with their annotations.
 */
#ifndef SANDBOX_EXCHANGE_ROW_H
#define SANDBOX_EXCHANGE_ROW_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "exchange_time.h"
#include "text.h"

enum { SELECT_TEXT_MAX = 8192, SELECT_NAMES_MAX = 256 };

/* Which properties are wanted; none named means all. */
struct selection {
	char        text[SELECT_TEXT_MAX];
	const char *names[SELECT_NAMES_MAX];
	size_t      count;
};

/* Cuts a comma separated list that stands in selection->text into names. */
void selection_cut(struct selection *selection);

/* A property's name and what is written before its value. Rows are hot: the lead is one literal. */
struct key {
	const char *name;
	const char *lead;
	size_t      lead_len;
};

#define KEY_LEAD(name) ",\"" name "\":"
#define KEY_LEAD_STRINGS(name) ",\"" name "@odata.type\":\"#Collection(String)\"" KEY_LEAD(name)
#define KEY_LEAD_TYPED(name, type) ",\"" name "@data.type\":\"" type "\"" KEY_LEAD(name)
#define KEY_LEAD_GUID(name) \
	",\"" name "@data.type\":\"System.Guid\",\"" name "@odata.type\":\"#Guid\"" KEY_LEAD(name)

#define KEY_OF(name, lead)  (&(const struct key){ name, lead, sizeof(lead) - 1 })
#define KEY(name)           KEY_OF(name, KEY_LEAD(name))
#define KEY_STRINGS(name)   KEY_OF(name, KEY_LEAD_STRINGS(name))
#define KEY_TABLES(name) \
	KEY_OF(name, ",\"" name "@odata.type\":\"#Collection(Exchange.GenericHashTable)\"" \
	             KEY_LEAD(name))
#define KEY_DATE(name)      KEY_OF(name, KEY_LEAD_TYPED(name, "System.DateTime"))
#define KEY_INT(name)       KEY_OF(name, KEY_LEAD_TYPED(name, "System.Int32"))
#define KEY_GUID(name)      KEY_OF(name, KEY_LEAD_GUID(name))

struct row {
	struct text            *out;
	const struct selection *selection; /* NULL: everything */
	size_t                  start;     /* where the row begins in out */
};

void row_open(struct row *row, struct text *out, const struct selection *selection);
void row_close(struct row *row);
bool row_wants(const struct row *row, const char *name);

void row_raw(struct row *row, const struct key *key, const char *json, size_t len);
void row_string(struct row *row, const struct key *key, const char *value); /* NULL: null */
void row_plain(struct row *row, const struct key *key, const char *value);  /* nothing to escape */
void row_bool(struct row *row, const struct key *key, bool value);
void row_int(struct row *row, const struct key *key, long long value);
void row_date(struct row *row, const struct key *key, ticks moment, const char *zone);
void row_strings(struct row *row, const struct key *key, const char *const *values, size_t count);

/* Members spelled before, each with a comma in front; the caller has seen that nothing is selected. */
void row_members(struct row *row, const char *members, size_t len);
bool row_wants_all(const struct row *row);

void row_json(struct row *row, const struct key *key, const cJSON *value); /* NULL: null */
void row_null(struct row *row, const struct key *key);

#endif
