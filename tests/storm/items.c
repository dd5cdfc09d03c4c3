/*
 * What a round asks for. See items.h.
 *
 * Texts are what people really write into such files: commas, quotes, newlines, letters of other
 * scripts. Each holds the round and the number of its item, so that a line of the ledger belongs to one.
 */
#include "items.h"

#include <stdio.h>
#include <string.h>

static const kind kinds[] = {
	{ "Set-Mailbox", { "Identity", "Office" }, true, true, false, 40 },
	{ "Add-MailboxPermission", { "Identity", "User", "AccessRights" }, true, false, false, 10 },
	{ "New-DistributionGroup", { "Name" }, true, false, false, 20 },
	{ "Add-DistributionGroupMember", { "Identity", "Member" }, true, false, false, 20 },
	{ "Get-Mailbox", { "Identity" }, false, true, false, 10 },
	{ "Set-Mailbox", { "Identity", "Office" }, true, true, true, 6 },
	{ "New-DistributionGroup", { "Name" }, true, false, true, 4 },
	{ "Add-DistributionGroupMember", { "Identity", "Member" }, true, false, true, 4 },
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

static const char *const spices[] = {
	"", "", ", second floor", " \"the annex\"", "\nline two", " \xc3\xa9t\xc3\xa9 \xe6\x9d\xb1\xe4\xba\xac",
	" $true", " {not a column", "'s desk", "; x=1", " \\ \t|",
};

static const kind *
choose(dice *d)
{
	unsigned all = 0, roll;

	for (size_t k = 0; k < KINDS; k++)
		all += kinds[k].weight;
	roll = dice_roll(d, all);
	for (size_t k = 0; k < KINDS; k++) {
		if (roll < kinds[k].weight)
			return &kinds[k];
		roll -= kinds[k].weight;
	}
	return &kinds[0];
}

static void
fill(item *i, dice *d, unsigned round, size_t number, const char *const *people)
{
	const char *cmdlet = i->kind->cmdlet, *person = people[number];
	const char *spice = spices[dice_roll(d, sizeof spices / sizeof spices[0])];

	if (strcmp(cmdlet, "Set-Mailbox") == 0) {
		/* some objects twice: their items must keep their order */
		if (number > 0 && dice_percent(d, 20))
			person = people[dice_roll(d, (unsigned)number)];
		snprintf(i->values[0], TEXT_MAX, "%s%s", i->kind->fails ? "nobody-" : "", person);
		snprintf(i->values[1], TEXT_MAX, "r%u i%zu%s", round, number, spice);
	} else if (strcmp(cmdlet, "Add-MailboxPermission") == 0) {
		snprintf(i->values[0], TEXT_MAX, "%s", person);
		snprintf(i->values[1], TEXT_MAX, "%s", people[(number + 1) % ITEMS_MAX]);
		snprintf(i->values[2], TEXT_MAX, "FullAccess");
	} else if (strcmp(cmdlet, "New-DistributionGroup") == 0) {
		if (i->kind->fails)
			snprintf(i->values[0], TEXT_MAX, "Leadership");
		else
			snprintf(i->values[0], TEXT_MAX, "g%u-%zu%s", round, number,
			         strchr(spice, '\n') == NULL && strchr(spice, '\t') == NULL ? spice : "");
	} else if (strcmp(cmdlet, "Add-DistributionGroupMember") == 0) {
		snprintf(i->values[0], TEXT_MAX, i->kind->fails ? "no such group %u-%zu" : "Alumni", round,
		         number);
		snprintf(i->values[1], TEXT_MAX, "%s", person);
	} else {
		snprintf(i->values[0], TEXT_MAX, "%s", person);
	}
}

form
form_of(const char *name)
{
	static const char *const names[FORMS] = { "ndjson", "csv", "template", "stdin" };

	for (size_t f = 0; f < FORMS; f++) {
		if (strcmp(names[f], name) == 0)
			return (form)f;
	}
	return FORMS;
}

void
items_make(items *all, dice *d, form wanted, unsigned round, const char *const *people)
{
	bool with_ids = dice_percent(d, 50);

	memset(all, 0, sizeof *all);
	all->form = (form)dice_roll(d, FORMS);
	if (wanted != FORMS)
		all->form = wanted;
	all->count = dice_between(d, 4, dice_percent(d, 30) ? 40 : 16);
	if (all->form == FORM_CSV || all->form == FORM_TEMPLATE)
		all->cmdlet = choose(d)->cmdlet;
	for (size_t n = 0; n < all->count; n++) {
		item *i = &all->list[n];

		do {
			i->kind = choose(d);
		} while (all->cmdlet != NULL && strcmp(i->kind->cmdlet, all->cmdlet) != 0);
		fill(i, d, round, n, people);
		if (with_ids && all->cmdlet == NULL)
			snprintf(i->id, sizeof i->id, "id-%u-%zu", round, n);
	}
}

static void
write_ndjson(const item *i, FILE *out)
{
	cJSON *line = cJSON_CreateObject(), *parameters;
	char *printed;

	cJSON_AddStringToObject(line, "cmdlet", i->kind->cmdlet);
	parameters = cJSON_AddObjectToObject(line, "parameters");
	for (size_t p = 0; p < PARAMETERS_MAX && i->kind->parameters[p] != NULL; p++)
		cJSON_AddStringToObject(parameters, i->kind->parameters[p], i->values[p]);
	if (i->id[0] != '\0')
		cJSON_AddStringToObject(line, "id", i->id);
	printed = cJSON_PrintUnformatted(line);
	fprintf(out, "%s\n", printed);
	cJSON_free(printed);
	cJSON_Delete(line);
}

static void
write_csv(const item *i, FILE *out)
{
	for (size_t p = 0; p < PARAMETERS_MAX && i->kind->parameters[p] != NULL; p++) {
		fputs(p == 0 ? "\"" : ",\"", out);
		for (const char *c = i->values[p]; *c != '\0'; c++) {
			if (*c == '"')
				fputc('"', out);
			fputc(*c, out);
		}
		fputc('"', out);
	}
	fputs("\r\n", out);
}

/* The template's columns have names of their own. */
static void
write_header(const items *all, FILE *out)
{
	const kind *of = all->list[0].kind;

	for (size_t p = 0; p < PARAMETERS_MAX && of->parameters[p] != NULL; p++) {
		fputs(p == 0 ? "" : ",", out);
		if (all->form == FORM_TEMPLATE)
			fprintf(out, "column%zu", p);
		else
			fputs(of->parameters[p], out);
	}
	fputs("\r\n", out);
}

bool
items_write(const items *all, const char *path)
{
	FILE *out = fopen(path, "w");
	bool csv = all->cmdlet != NULL;

	if (out == NULL)
		return false;
	if (csv)
		write_header(all, out);
	for (size_t n = 0; n < all->count; n++)
		(csv ? write_csv : write_ndjson)(&all->list[n], out);
	return fclose(out) == 0;
}

size_t
items_arguments(const items *all, const char **argv)
{
	static const char *const columns[PARAMETERS_MAX] = { "{column0}", "{column1}", "{column2}" };
	static char names[PARAMETERS_MAX][TEXT_MAX];
	size_t n = 0;

	if (all->cmdlet == NULL)
		return 0;
	argv[n++] = "--cmdlet";
	argv[n++] = all->cmdlet;
	if (all->form != FORM_TEMPLATE)
		return n;
	for (size_t p = 0; p < PARAMETERS_MAX && all->list[0].kind->parameters[p] != NULL; p++) {
		snprintf(names[p], TEXT_MAX, "-%s", all->list[0].kind->parameters[p]);
		argv[n++] = names[p];
		argv[n++] = columns[p];
	}
	return n;
}

bool
item_was_run(const item *i, const cJSON *line)
{
	const cJSON *parameters = cJSON_GetObjectItemCaseSensitive(line, "parameters");
	const char *cmdlet = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(line, "cmdlet"));

	if (cmdlet == NULL || strcmp(cmdlet, i->kind->cmdlet) != 0)
		return false;
	for (size_t p = 0; p < PARAMETERS_MAX && i->kind->parameters[p] != NULL; p++) {
		const cJSON *value = cJSON_GetObjectItem(parameters, i->kind->parameters[p]);

		if (cJSON_IsArray(value))
			value = cJSON_GetArrayItem(value, 0);
		if (!cJSON_IsString(value) || strcmp(value->valuestring, i->values[p]) != 0)
			return false;
	}
	return true;
}

const char *
item_object(const item *i)
{
	return i->values[0];
}
