/*
 * The options of one verb: a table, from which the line is read and the help is printed.
 */
#ifndef SANDBOX_OPTIONS_H
#define SANDBOX_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct option_row {
	const char     *name;     /* without the dashes */
	const char     *argument; /* what the help calls it; NULL: a switch */
	const char     *help;
	/* where the value goes: one of these */
	const char    **text;
	unsigned long  *number;
	bool           *on;
};

struct option_table {
	const char              *usage; /* "up [OPTIONS]" */
	const char              *about;
	const struct option_row *rows;
	size_t                   n_rows;
	void (*more_help)(FILE *out); /* printed after the rows; may be NULL */
};

enum { OPTIONS_WRONG = -1, OPTIONS_HELPED = -2, WORDS_MAX = 32 };

/*
 * Reads what follows the verb. Options may stand anywhere, "--" ends them. What is no option goes to
 * words, in order, pointing into argv; their number is returned. OPTIONS_WRONG: said why on stderr.
 * OPTIONS_HELPED: --help was asked for and given.
 */
int options_read(const struct option_table *table, int argc, char **argv,
                 const char *words[WORDS_MAX]);

/* One line on stderr with the program's name in front. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Exit codes: those of exosign that apply here. */
enum {
	EXIT_GOOD = 0,
	EXIT_USAGE = 2,
	EXIT_STATE = 3,   /* the directory is not a sandbox, or is damaged */
	EXIT_DEVICE = 5,  /* SoftHSM failed */
	EXIT_NETWORK = 8, /* the sandbox is not running or does not answer */
};

/* What options_read's refusal or help means for the program. */
int options_exit(int words);

#endif
