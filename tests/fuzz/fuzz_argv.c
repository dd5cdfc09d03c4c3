/* Any words as a command line and, behind a cmdlet, as its parameters. Words end at NUL bytes. */
#include "cli/parameters.h"

#include "base/error.h"
#include "base/file.h"
#include "cli/commands.h"
#include "cli/owned.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

/* The words, each NUL-terminated in `copy`; files are not read. */
static int
split(char *copy, size_t size, char **words)
{
	int n = 0;

	for (size_t at = 0; at < size && n < WORDS_MAX; at += strlen(copy + at) + 1)
		words[n++] = copy + at;
	for (int i = 0; i < n; i++)
		for (char *c = strchr(words[i], '@'); c != NULL; c = strchr(c, '@'))
			*c = 'a';
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	char      *copy = calloc(size + 1, 1);
	char      *argv[WORDS_MAX + 2] = {0}, *room[WORDS_MAX + 2];
	char       self[] = "exosign";
	exs_error *error = exs_error_new();
	given      g = {0};
	int        n;

	if (copy == NULL || error == NULL)
		abort();
	if (size > 0)
		memcpy(copy, input, size);
	argv[0] = self;
	n = split(copy, size, argv + 1);
	if (options_parse(n + 1, argv, NULL, room, &g, error) == EXS_OK && g.n_words > 0 &&
	    g.command != NULL && (g.command->bits & COMMAND_CMDLET) != 0) {
		const parameter_rules  rules = {.no_input = true};
		EXS_AUTO(exs_command) *cmdlet = NULL;
		EXS_AUTO(library_text) *body = NULL;

		if (parameters_read(g.words, g.n_words, &rules, &cmdlet, error) == EXS_OK &&
		    exs_command_body(cmdlet, &body, error) == EXS_OK && body[0] != '{')
			abort();
	}
	exs_error_free(error);
	free(copy);
	return 0;
}
