/*
 * The options of one verb. See options.h.
 */
#include "options.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void
complain(const char *format, ...)
{
	va_list arguments;

	fputs("exosign-sandbox: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

static void
print_help(const struct option_table *table)
{
	printf("usage: exosign-sandbox %s\n\n%s\n", table->usage, table->about);
	if (table->n_rows != 0)
		puts("");
	for (size_t i = 0; i < table->n_rows; i++) {
		char left[48];

		snprintf(left, sizeof(left), "--%s %s", table->rows[i].name,
		         table->rows[i].argument != NULL ? table->rows[i].argument : "");
		printf("  %-26s %s\n", left, table->rows[i].help);
	}
	if (table->more_help != NULL)
		table->more_help(stdout);
}

static const struct option_row *
find_row(const struct option_table *table, const char *name, size_t len)
{
	for (size_t i = 0; i < table->n_rows; i++) {
		if (strlen(table->rows[i].name) == len &&
		    strncmp(table->rows[i].name, name, len) == 0)
			return &table->rows[i];
	}
	return NULL;
}

/* "-o" stands for the first option that begins with an o. */
static const struct option_row *
find_letter(const struct option_table *table, const char *name)
{
	for (size_t i = 0; i < table->n_rows && name[0] != '\0' && name[1] == '\0'; i++) {
		if (table->rows[i].name[0] == name[0])
			return &table->rows[i];
	}
	return NULL;
}

static bool
store_value(const struct option_row *row, const char *value)
{
	char *end = NULL;

	if (row->text != NULL) {
		*row->text = value;
		return true;
	}
	errno = 0;
	*row->number = strtoul(value, &end, 10);
	if (errno == 0 && value[0] >= '0' && value[0] <= '9' && *end == '\0')
		return true;
	complain("--%s takes a number, not '%s'", row->name, value);
	return false;
}

/* Reads the option at argv[i]; the index of its last word, or -1. */
static int
read_option(const struct option_table *table, int argc, char **argv, int i)
{
	bool is_short = argv[i][1] != '-';
	const char *name = argv[i] + (is_short ? 1 : 2);
	size_t len = strcspn(name, "=");
	const struct option_row *row = is_short ? find_letter(table, name)
	                                        : find_row(table, name, len);

	if (row == NULL) {
		complain("there is no option '%s' here (--help lists them)", argv[i]);
		return -1;
	}
	if (row->on != NULL) {
		if (name[len] == '=') {
			complain("--%s takes no value", row->name);
			return -1;
		}
		*row->on = true;
		return i;
	}
	if (name[len] == '=')
		return store_value(row, name + len + 1) ? i : -1;
	if (i + 1 == argc) {
		complain("--%s needs a value: %s", row->name, row->argument);
		return -1;
	}
	return store_value(row, argv[i + 1]) ? i + 1 : -1;
}

int
options_read(const struct option_table *table, int argc, char **argv, const char *words[WORDS_MAX])
{
	bool options_end = false;
	int n = 0;

	for (int i = 0; i < argc; i++) {
		if (!options_end && (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)) {
			print_help(table);
			return OPTIONS_HELPED;
		}
		if (!options_end && strcmp(argv[i], "--") == 0) {
			options_end = true;
		} else if (!options_end && argv[i][0] == '-' && argv[i][1] != '\0') {
			i = read_option(table, argc, argv, i);
			if (i < 0)
				return OPTIONS_WRONG;
		} else if (n == WORDS_MAX) {
			complain("too many words");
			return OPTIONS_WRONG;
		} else {
			words[n++] = argv[i];
		}
	}
	return n;
}

int
options_exit(int words)
{
	return words == OPTIONS_HELPED ? EXIT_GOOD : EXIT_USAGE;
}
