/*
 * One row of an answer. See exchange_row.h.
 */
#include "exchange_row.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

void
selection_cut(struct selection *selection)
{
	char *rest = selection->text, *name;

	selection->count = 0;
	while (selection->count < SELECT_NAMES_MAX && (name = strsep(&rest, ",")) != NULL) {
		name += strspn(name, " ");
		name[strcspn(name, " ")] = '\0';
		if (*name != '\0')
			selection->names[selection->count++] = name;
	}
}

bool
row_wants_all(const struct row *row)
{
	return row->selection == NULL || row->selection->count == 0;
}

bool
row_wants(const struct row *row, const char *name)
{
	if (row_wants_all(row))
		return true;
	for (size_t i = 0; i < row->selection->count; i++) {
		if (strcasecmp(row->selection->names[i], name) == 0)
			return true;
	}
	return false;
}

void
row_open(struct row *row, struct text *out, const struct selection *selection)
{
	row->out = out;
	row->selection = selection;
	row->start = out->len;
	text_add(out, "{", 1);
}

void
row_close(struct row *row)
{
	text_add(row->out, "}", 1);
}

/* Writes the name; false when the property is not wanted. */
static bool
begin(struct row *row, const struct key *key)
{
	bool first = row->out->len == row->start + 1;

	if (!row_wants(row, key->name))
		return false;
	text_add(row->out, key->lead + first, key->lead_len - first);
	return true;
}

void
row_raw(struct row *row, const struct key *key, const char *json, size_t len)
{
	if (begin(row, key))
		text_add(row->out, json, len);
}

void
row_null(struct row *row, const struct key *key)
{
	row_raw(row, key, "null", 4);
}

void
row_string(struct row *row, const struct key *key, const char *value)
{
	if (value == NULL)
		row_null(row, key);
	else if (begin(row, key))
		text_json(row->out, value);
}

void
row_plain(struct row *row, const struct key *key, const char *value)
{
	if (!begin(row, key))
		return;
	text_add(row->out, "\"", 1);
	text_puts(row->out, value);
	text_add(row->out, "\"", 1);
}

void
row_bool(struct row *row, const struct key *key, bool value)
{
	row_raw(row, key, value ? "true" : "false", value ? 4 : 5);
}

void
row_int(struct row *row, const struct key *key, long long value)
{
	char number[24];
	int len = snprintf(number, sizeof(number), "%lld", value);

	row_raw(row, key, number, (size_t)len);
}

void
row_date(struct row *row, const struct key *key, ticks moment, const char *zone)
{
	char text[TICKS_TEXT_MAX];

	ticks_write(moment, zone, text);
	row_plain(row, key, text);
}

void
row_strings(struct row *row, const struct key *key, const char *const *values, size_t count)
{
	if (!begin(row, key))
		return;
	text_add(row->out, "[", 1);
	for (size_t i = 0; i < count; i++) {
		if (i != 0)
			text_add(row->out, ",", 1);
		text_json(row->out, values[i]);
	}
	text_add(row->out, "]", 1);
}

void
row_members(struct row *row, const char *members, size_t len)
{
	bool first = row->out->len == row->start + 1;

	text_add(row->out, members + first, len - first);
}

void
row_json(struct row *row, const struct key *key, const cJSON *value)
{
	char *printed;

	if (value == NULL) {
		row_null(row, key);
		return;
	}
	if (!begin(row, key))
		return;
	printed = cJSON_PrintUnformatted(value);
	text_puts(row->out, printed != NULL ? printed : "null");
	cJSON_free(printed);
}
