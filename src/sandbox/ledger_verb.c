/*
 * `ledger`: every write that was really run, read from the sandbox's directory whether it runs or not.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exchange_writes.h"
#include "instance.h"
#include "options.h"
#include "verbs.h"

/* Lines begin with {"n":NUMBER. */
static unsigned long
number_of(const char *line)
{
	const char *colon = strchr(line, ':');

	return colon != NULL ? strtoul(colon + 1, NULL, 10) : 0;
}

static bool
print_lines(FILE *in, unsigned long after)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	/* The last one may be in the making; it will be whole the next time. */
	while ((len = getline(&line, &room, in)) > 0 && line[len - 1] == '\n') {
		if (number_of(line) > after)
			fwrite(line, 1, (size_t)len, stdout);
	}
	free(line);
	return !ferror(in) && fflush(stdout) == 0;
}

int
verb_ledger(int argc, char **argv)
{
	const char *words[WORDS_MAX], *wanted = NULL;
	unsigned long after = 0;
	const struct option_row rows[] = {
		{ "dir", "DIR", "which sandbox", &wanted, NULL, NULL },
		{ "after", "N", "only what came after number N", NULL, &after, NULL },
	};
	const struct option_table table = {
		"ledger [--dir DIR] [--after N]",
		"Prints every write the tenant really ran, in order, a line of JSON each. They are kept when\n"
		"the server ends, however it does; `up --forget` begins anew.",
		rows, sizeof(rows) / sizeof(rows[0]), NULL,
	};
	char directory[DIRECTORY_SIZE], path[PATH_SIZE];
	int n = options_read(&table, argc, argv, words);
	bool good;
	FILE *in;

	if (n < 0)
		return options_exit(n);
	if (n > 0) {
		complain("ledger takes no words, '%s' is one", words[0]);
		return EXIT_USAGE;
	}
	if (!instance_locate(wanted, false, directory))
		return EXIT_STATE;
	if (!instance_exists(directory)) {
		complain("%s is not a sandbox; `up` makes one", directory);
		return EXIT_STATE;
	}
	instance_path(directory, WRITES_FILE, path);
	in = fopen(path, "re");
	if (in == NULL && errno == ENOENT)
		return EXIT_GOOD;
	good = in != NULL && print_lines(in, after);
	if (!good)
		complain("%s: %s", path, strerror(errno));
	if (in != NULL)
		fclose(in);
	return good ? EXIT_GOOD : EXIT_STATE;
}
