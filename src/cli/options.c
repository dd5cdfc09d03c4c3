/* The command line, read by table. */
#include "cli/options.h"

#include "base/error.h"
#include "cli/commands.h"

#include <stdio.h>

enum { COMMANDS_MAX = 128 };

#define OPTION(id, letter, name, argument, words, variable, bits, help)                            \
	{letter, name, argument, words, variable, bits, help},
#define SETTING(id, key, flag, variable, ambient, kind, limits, initial, argument, help)           \
	{0, flag, argument, VALUE_##kind == VALUE_WORD ? limits                                    \
	                    : VALUE_##kind == VALUE_FLAG ? "yes no" : "",                          \
	 "", OPTION_GLOBAL | (VALUE_##kind == VALUE_PATH || VALUE_##kind == VALUE_CERTIFICATE      \
	                              ? OPTION_FILE                                                \
	                              : 0), help},
static const option_row rows[OPTIONS] = {
#include "cli/options.def"
#include "config/settings.def"
};
#undef OPTION
#undef SETTING

const option_row *
option_row_of(option_id id)
{
	return &rows[id];
}

bool
option_applies(option_id id, const command *c)
{
	if ((rows[id].bits & OPTION_GLOBAL) != 0)
		return true;
	if (c == NULL || c->options == NULL)
		return false;
	for (const option_id *own = c->options; *own != OPTIONS; own++)
		if (*own == id)
			return true;
	return false;
}

typedef struct reading {
	char     **argv;
	int        argc, at;
	given     *given;
	exs_error *error;
	bool       ended; /* `--` was met */
} reading;

static exs_status
unknown_option(const reading *r, span name)
{
	const char *names[OPTIONS], *nearest;
	const char *advice = name.len < 2 ? NULL
	                                  : setting_secret_advice(span_from(name.at + 2, name.len - 2));
	size_t      n = 0;
	exs_status  status = exs_fail(r->error, E_USAGE, "there is no option " SPAN_FORMAT,
	                              SPAN_PRINT(name));

	if (advice != NULL) {
		error_fix(r->error, "%s", advice);
		return status;
	}
	for (size_t i = 0; i < OPTIONS; i++)
		if (option_applies((option_id)i, r->given->command))
			names[n++] = rows[i].name;
	nearest = span_nearest(name, names, n);
	if (nearest != NULL)
		error_fix(r->error, "perhaps %s was meant", nearest);
	return status;
}

static bool
is_word_of(const char *words, const char *value)
{
	span rest = span_of(words);

	while (rest.len > 0)
		if (span_is(span_cut(&rest, ' '), value))
			return true;
	return false;
}

static exs_status
take_option(reading *r, option_id id, const char *value, const char *place)
{
	const option_row *row = &rows[id];
	given            *g = r->given;

	if (g->counts[id] > 0 && (row->bits & OPTION_REPEATS) == 0)
		return exs_fail(r->error, E_USAGE, "%s is given twice", place);
	/* what the words of a setting are is the settings' own check */
	if (id < OPT_SETTINGS && row->words[0] != '\0' && !is_word_of(row->words, value)) {
		exs_status status = exs_fail(r->error, E_USAGE, "%s cannot be \"%.200s\"", place, value);

		error_fix(r->error, "it is one of: %s", row->words);
		return status;
	}
	if ((row->bits & OPTION_REPEATS) != 0 && row->argument[0] != '\0') {
		if (g->n_repeated == REPEATED_MAX)
			return exs_fail(r->error, E_USAGE, "more than %d of %s", REPEATED_MAX, place);
		g->repeated[g->n_repeated++] = (repeated_value){id, value};
	}
	g->counts[id]++;
	g->values[id] = value;
	g->places[id] = place;
	return EXS_OK;
}

/* The value of an option: behind =, or the next word. */
static exs_status
take_value(reading *r, option_id id, const char *attached)
{
	const option_row *row = &rows[id];

	if (row->argument[0] == '\0') {
		if (attached != NULL)
			return exs_fail(r->error, E_USAGE, "%s takes no value", row->name);
		return take_option(r, id, "", row->name);
	}
	if (attached == NULL && r->at + 1 < r->argc && strncmp(r->argv[r->at + 1], "--", 2) != 0)
		attached = r->argv[++r->at];
	if (attached == NULL) {
		exs_status status = exs_fail(r->error, E_USAGE, "%s needs a value: %s %s", row->name,
		                             row->name, row->argument);

		error_fix(r->error, "%s=%s also takes values that begin with two dashes", row->name,
		          row->argument);
		return status;
	}
	return take_option(r, id, attached, row->name);
}

static exs_status
take_long(reading *r)
{
	span        rest = span_of(r->argv[r->at]), name = span_cut(&rest, '=');
	const char *attached = name.len < strlen(r->argv[r->at]) ? rest.at : NULL;

	for (size_t i = 0; i < OPTIONS; i++)
		if (span_is(name, rows[i].name))
			return take_value(r, (option_id)i, attached);
	return unknown_option(r, name);
}

static exs_status
take_letters(reading *r)
{
	const char *word = r->argv[r->at];

	for (const char *letter = word + 1; *letter != '\0'; letter++) {
		size_t i = 0;

		while (i < OPTIONS && rows[i].letter != *letter)
			i++;
		if (i == OPTIONS)
			return unknown_option(r, span_of(word));
		if (rows[i].argument[0] != '\0')
			return take_value(r, (option_id)i, letter[1] != '\0' ? letter + 1 : NULL);
		EXS_TRY(take_option(r, (option_id)i, "", rows[i].name));
	}
	return EXS_OK;
}

static exs_status
unknown_command(const reading *r, const char *group, const char *word)
{
	char        rooms[COMMANDS_MAX][GROUP_MAX];
	const char *names[COMMANDS_MAX], *nearest, *blank = group[0] == '\0' ? "" : " ";
	size_t      n = 0;
	exs_status  status = exs_fail(r->error, E_USAGE, "there is no command \"%s%s%.100s\"", group,
	                              blank, word);

	for (size_t i = 0; command_at(i) != NULL && n < COMMANDS_MAX; i++) {
		const command *c = command_at(i);

		if ((c->bits & COMMAND_HIDDEN) != 0 || !command_is_in(c, group))
			continue;
		names[n] = command_word(c, group, rooms[n], sizeof rooms[n]);
		n++;
	}
	nearest = span_nearest(span_of(word), names, n);
	if (nearest != NULL)
		error_fix(r->error, "perhaps: exosign %s%s%s", group, blank, nearest);
	else
		error_fix(r->error, "exosign %s%s--help", group, blank);
	return status;
}

static exs_status
take_word(reading *r, char *word)
{
	given *g = r->given;
	char   words[GROUP_MAX];
	int    length;

	if (g->command != NULL) {
		g->words[g->n_words++] = word;
		return EXS_OK;
	}
	length = snprintf(words, sizeof words, "%s%s%s", g->group, g->group[0] == '\0' ? "" : " ", word);
	if (length < 0 || (size_t)length >= sizeof words || strchr(word, ' ') != NULL)
		return unknown_command(r, g->group, word);
	g->command = command_named(words);
	if (g->command == NULL && !command_is_group(words))
		return unknown_command(r, g->group, word);
	memcpy(g->group, words, sizeof words);
	return EXS_OK;
}

/* -o behind a cmdlet would be sent to the service, which is never what was meant. */
static exs_status
refuse_letter(const reading *r, const char *word)
{
	exs_status status;

	for (size_t i = 0; i < OPTIONS; i++) {
		if (rows[i].letter == 0 || rows[i].letter != word[1])
			continue;
		status = exs_fail(r->error, E_USAGE, "%s stands behind the cmdlet", word);
		error_why(r->error, "words with one dash behind the cmdlet are the cmdlet's parameters");
		error_fix(r->error, "write %s, or put %s before the cmdlet", rows[i].name, word);
		return status;
	}
	return EXS_OK;
}

static exs_status
take_argument(reading *r)
{
	given *g = r->given;
	char  *word = r->argv[r->at];
	bool   cmdlets = g->command != NULL && (g->command->bits & COMMAND_CMDLET) != 0 &&
	               g->n_words > 0;

	if (r->ended || (g->command != NULL && (g->command->bits & COMMAND_FORWARDS) != 0))
		return take_word(r, word);
	if (strcmp(word, "--") == 0) {
		r->ended = true;
		return EXS_OK;
	}
	if (strncmp(word, "--", 2) == 0)
		return take_long(r);
	if (word[0] != '-' || word[1] == '\0')
		return take_word(r, word);
	if (!cmdlets)
		return take_letters(r);
	if (word[2] == '\0')
		EXS_TRY(refuse_letter(r, word));
	return take_word(r, word);
}

static exs_status
take_variables(reading *r, const char *(*variable)(const char *))
{
	for (size_t i = 0; i < OPT_SETTINGS && variable != NULL; i++) {
		const char *value = rows[i].variable[0] == '\0' ? NULL : variable(rows[i].variable);

		if (value == NULL || value[0] == '\0' || r->given->counts[i] > 0)
			continue;
		if (rows[i].argument[0] == '\0' && strcmp(value, "0") == 0)
			continue;
		EXS_TRY(take_option(r, (option_id)i, rows[i].argument[0] == '\0' ? "" : value,
		                    rows[i].variable));
	}
	return EXS_OK;
}

static exs_status
check(const reading *r)
{
	const given *g = r->given;
	char         title[64];
	exs_status   status;

	if (has(g, OPT_HELP) || has(g, OPT_VERSION))
		return EXS_OK;
	if (g->command == NULL && g->group[0] != '\0') {
		status = exs_fail(r->error, E_USAGE, "exosign %s needs one more word", g->group);
		error_fix(r->error, "exosign %s --help", g->group);
		return status;
	}
	if (g->command == NULL)
		return EXS_OK;
	command_title(g->command, title, sizeof title);
	for (size_t i = 0; i < OPTIONS; i++) {
		if (g->counts[i] > 0 && !option_applies((option_id)i, g->command)) {
			status = exs_fail(r->error, E_USAGE, "%s does not take %s", title, rows[i].name);
			error_fix(r->error, "%s --help", title);
			return status;
		}
	}
	if (g->n_words >= g->command->least && g->n_words <= g->command->most)
		return EXS_OK;
	if (g->n_words < g->command->least)
		status = exs_fail(r->error, E_USAGE, "%s needs: %s", title, g->command->arguments);
	else
		status = exs_fail(r->error, E_USAGE, "%s has no use for \"%.100s\"", title,
		                  g->words[g->command->most]);
	error_fix(r->error, "%s --help", title);
	return status;
}

static exs_status
read_all(reading *r, const char *(*variable)(const char *))
{
	for (; r->at < r->argc; r->at++)
		EXS_TRY(take_argument(r));
	EXS_TRY(take_variables(r, variable));
	return check(r);
}

exs_status
options_parse(int argc, char **argv, const char *(*variable)(const char *), char **words,
              given *ret, exs_error *error)
{
	given      g = {.words = words};
	reading    r = {argv, argc, 1, &g, error, false};
	exs_status status = read_all(&r, variable);

	if (status == EXS_OK)
		*ret = g;
	else
		ret->command = g.command;
	return status;
}
