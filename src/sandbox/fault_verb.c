/*
 * `fault`: lets things go wrong.
 */
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "fault.h"
#include "fault_table.h"
#include "instance.h"
#include "options.h"
#include "text.h"
#include "verbs.h"

static void
print_table(FILE *out)
{
	static const char *const places[][2] = {
		{ "any", "on the wire, whatever is asked for" },
		{ "token", "at the token endpoint" },
		{ "graph", "in Graph" },
		{ "vault", "in the key vault" },
		{ "exchange", "in Exchange" },
	};

	for (size_t p = 0; p < sizeof(places) / sizeof(places[0]); p++) {
		fprintf(out, "\nFaults %s:\n", places[p][1]);
		for (size_t i = 0; i < fault_table_rows; i++) {
			const struct fault_row *row = &fault_table[i];
			bool optional = row->argument == FAULT_NUMBER || row->argument == FAULT_TEXT;
			char left[80];

			if (strcmp(row->where, places[p][0]) != 0)
				continue;
			snprintf(left, sizeof(left), "%s%s%s%s%s", row->name, optional ? "[" : "",
			         row->meaning != NULL ? "=" : "",
			         row->meaning != NULL ? row->meaning : "", optional ? "]" : "");
			fprintf(out, "  %-30s %s\n", left, row->does);
		}
	}
}

static int
ask_and_forget(const char *directory, struct text *question)
{
	cJSON *answer = control_ask(directory, question->at);
	int code = answer != NULL ? EXIT_GOOD : EXIT_NETWORK;

	text_done(question);
	cJSON_Delete(answer);
	return code;
}

/* NAME or NAME=ARGUMENT */
static int
add(const char *directory, const char *word, unsigned long after, unsigned long count,
    const char *cmdlet)
{
	struct text question = { 0 };
	const char *equals = strchr(word, '=');
	char name[64], why[256];

	snprintf(name, sizeof(name), "%.*s", equals != NULL ? (int)(equals - word) : (int)strlen(word),
	         word);
	/* Tried here first: a wrong word is the caller's mistake, whether a sandbox runs or not. */
	if (!fault_add(name, equals != NULL ? equals + 1 : NULL, after, count, cmdlet, why,
	               sizeof(why))) {
		complain("%s", why);
		return EXIT_USAGE;
	}
	text_puts(&question, "{\"do\":\"fault-add\",");
	text_member(&question, "name", name);
	if (equals != NULL) {
		text_puts(&question, ",");
		text_member(&question, "argument", equals + 1);
	}
	if (cmdlet != NULL) {
		text_puts(&question, ",");
		text_member(&question, "cmdlet", cmdlet);
	}
	text_addf(&question, ",\"after\":%lu,\"count\":%lu}", after, count);
	return ask_and_forget(directory, &question);
}

static int
clear(const char *directory, const char *name)
{
	struct text question = { 0 };

	if (name != NULL && fault_find(name) == NULL) {
		complain("no fault is called '%s' (fault --help lists them)", name);
		return EXIT_USAGE;
	}
	text_puts(&question, "{\"do\":\"fault-clear\"");
	if (name != NULL) {
		text_puts(&question, ",");
		text_member(&question, "name", name);
	}
	text_puts(&question, "}");
	return ask_and_forget(directory, &question);
}

static double
number_of(const cJSON *object, const char *name)
{
	return cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static const char *
string_of(const cJSON *object, const char *name)
{
	const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));

	return value != NULL ? value : "";
}

static int
list(const char *directory, bool json)
{
	cJSON *answer = control_ask(directory, "{\"do\":\"status\"}");
	const cJSON *faults = cJSON_GetObjectItemCaseSensitive(answer, "faults");
	const cJSON *fault;

	if (answer == NULL)
		return EXIT_NETWORK;
	if (json) {
		char *printed = cJSON_Print(faults);

		puts(printed);
		cJSON_free(printed);
	}
	if (json)
		faults = NULL; /* said already */
	cJSON_ArrayForEach(fault, faults)
	{
		const char *argument = string_of(fault, "argument");
		const char *cmdlet = string_of(fault, "cmdlet");
		double count = number_of(fault, "count");

		printf("%s%s%s%s%s: could act %.0f times, acted %.0f", string_of(fault, "name"),
		       argument[0] != '\0' ? "=" : "", argument, cmdlet[0] != '\0' ? " on " : "",
		       cmdlet, number_of(fault, "seen"), number_of(fault, "acted"));
		if (count > 0)
			printf(" of %.0f", count);
		if (number_of(fault, "after") > 0)
			printf(", skips the first %.0f", number_of(fault, "after"));
		puts("");
	}
	cJSON_Delete(answer);
	return EXIT_GOOD;
}

int
verb_fault(int argc, char **argv)
{
	const char *words[WORDS_MAX], *wanted = NULL, *cmdlet = NULL, *output = "text";
	unsigned long after = 0, count = 0;
	const struct option_row rows[] = {
		{ "dir", "DIR", "which sandbox", &wanted, NULL, NULL },
		{ "after", "N", "let the first N requests through", NULL, &after, NULL },
		{ "count", "N", "act on N requests and no more (0: for ever)", NULL, &count, NULL },
		{ "cmdlet", "NAME", "only where this cmdlet is run (in Graph: this operation)", &cmdlet, NULL, NULL },
		{ "output", "text|json", "how `list` says it", &output, NULL, NULL },
	};
	const struct option_table table = {
		"fault add NAME[=ARGUMENT] [OPTIONS] | list | clear [NAME]",
		"Switches faults on and off in a running sandbox, and counts what they did.", rows,
		sizeof(rows) / sizeof(rows[0]), print_table,
	};
	char directory[DIRECTORY_SIZE];
	int n = options_read(&table, argc, argv, words);

	if (n < 0)
		return options_exit(n);
	if (!instance_locate(wanted, false, directory))
		return EXIT_STATE;
	if (n == 2 && strcmp(words[0], "add") == 0)
		return add(directory, words[1], after, count, cmdlet);
	if (n == 1 && strcmp(words[0], "list") == 0)
		return list(directory, strcmp(output, "json") == 0);
	if (n >= 1 && n <= 2 && strcmp(words[0], "clear") == 0)
		return clear(directory, n == 2 ? words[1] : NULL);
	complain("usage: exosign-sandbox %s", table.usage);
	return EXIT_USAGE;
}
