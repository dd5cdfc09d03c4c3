/* Completions for shells, from the tables. */
#include "cli/complete.h"

#include "cli/commands.h"
#include "cli/complete_cmdlets.h"

#include <stdio.h>

static bool
is_shown(const command *c)
{
	return (c->bits & COMMAND_HIDDEN) == 0;
}

/* Each first word once, in the table's order. */
static bool
is_first_of_name(size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (strcmp(command_at(i)->name, command_at(at)->name) == 0)
			return false;
	return is_shown(command_at(at));
}

static void
add_names(buf *to)
{
	for (size_t i = 0; command_at(i) != NULL; i++)
		if (is_first_of_name(i))
			buf_addf(to, "%s%s", i == 0 ? "" : " ", command_at(i)->name);
}

/* The words that follow those of a group, each once. */
static void
add_words_in(buf *to, const char *group)
{
	char        word[GROUP_MAX], before[GROUP_MAX] = "";
	const char *separator = "";

	for (size_t i = 0; command_at(i) != NULL; i++) {
		if (!command_is_in(command_at(i), group) || !is_shown(command_at(i)) ||
		    strcmp(command_word(command_at(i), group, word, sizeof word), before) == 0)
			continue;
		buf_addf(to, "%s%s", separator, word);
		separator = " ";
		memcpy(before, word, sizeof before);
	}
}

/* Words that may follow a command: the second words of a group, or the choice its arguments name ("bash|zsh|fish"). */
static void
add_followers(buf *to, size_t at)
{
	const command *c = command_at(at);
	const char    *separator = "";

	if (c->sub == NULL) {
		span arguments = span_of(c->arguments), word;

		if (memchr(arguments.at, '|', arguments.len) == NULL || arguments.at[0] == '[' ||
		    strchr(c->arguments, '-') != NULL)
			return;
		word = span_cut(&arguments, ' ');
		while (word.len > 0) {
			buf_puts(to, separator);
			buf_add(to, span_cut(&word, '|'));
			separator = " ";
		}
		return;
	}
	add_words_in(to, c->name);
}

/* "app key" of `app key add`, "" for commands of one or two words. */
static const char *
inner_group(const command *c, char *to, size_t room)
{
	const char *blank = c->sub == NULL ? NULL : strchr(c->sub, ' ');

	if (blank == NULL)
		to[0] = '\0';
	else
		(void)snprintf(to, room, "%s %.*s", c->name, (int)(blank - c->sub), c->sub);
	return to;
}

/* Each group of two words once. */
static bool
is_first_of_inner(size_t at)
{
	char mine[GROUP_MAX], other[GROUP_MAX];

	if (inner_group(command_at(at), mine, sizeof mine)[0] == '\0' || !is_shown(command_at(at)))
		return false;
	for (size_t i = 0; i < at; i++)
		if (strcmp(inner_group(command_at(i), other, sizeof other), mine) == 0)
			return false;
	return true;
}

/* All options of all commands: what a shell offers behind two dashes. */
static void
add_all_option_names(buf *to)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		const option_row *row = option_row_of((option_id)i);

		if ((row->bits & OPTION_HIDDEN) == 0)
			buf_addf(to, "%s%s", i == 0 ? "" : " ", row->name);
	}
}

static void
bash_option_values(buf *to)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		const option_row *row = option_row_of((option_id)i);

		if (row->words[0] != '\0')
			buf_addf(to, "\t%s) COMPREPLY=($(compgen -W '%s' -- \"$cur\")); return;;\n",
			         row->name, row->words);
		else if ((row->bits & OPTION_FILE) != 0)
			buf_addf(to, "\t%s) COMPREPLY=($(compgen -f -- \"$cur\")); return;;\n", row->name);
		else if (row->argument[0] != '\0')
			buf_addf(to, "\t%s) return;;\n", row->name);
	}
}

static void
bash_followers(buf *to)
{
	for (size_t i = 0; command_at(i) != NULL; i++) {
		EXS_SCOPED(buf) followers = BUF(1024);
		char group[GROUP_MAX];

		if (is_first_of_inner(i)) {
			add_words_in(&followers, inner_group(command_at(i), group, sizeof group));
			buf_addf(to, "\t'%s') COMPREPLY=($(compgen -W '%s' -- \"$cur\"));;\n", group,
			         buf_text(&followers));
			buf_clear(&followers);
		}
		if (!is_first_of_name(i))
			continue;
		add_followers(&followers, i);
		if (followers.len > 0)
			buf_addf(to, "\t%s) COMPREPLY=($(compgen -W '%s' -- \"$cur\"));;\n",
			         command_at(i)->name, buf_text(&followers));
	}
}

static void
add_bash(buf *to)
{
	char group[GROUP_MAX];

	buf_puts(to, "# bash completion for exosign\n"
	             "_exosign() {\n"
	             "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	             "\tlocal i words=''\n"
	             "\tCOMPREPLY=()\n"
	             "\tcase $prev in\n");
	bash_option_values(to);
	buf_puts(to, "\tesac\n"
	             "\tif [[ $cur == --* ]]; then\n"
	             "\t\tCOMPREPLY=($(compgen -W '");
	add_all_option_names(to);
	buf_puts(to, "' -- \"$cur\"))\n"
	             "\t\treturn\n"
	             "\tfi\n"
	             "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	             "\t\tcase \"$words${words:+ }${COMP_WORDS[i]}\" in\n");
	for (size_t i = 0; command_at(i) != NULL; i++) {
		if (is_first_of_name(i))
			buf_addf(to, "\t\t%s) words=%s;;\n", command_at(i)->name, command_at(i)->name);
		if (is_first_of_inner(i))
			buf_addf(to, "\t\t'%s') words='%s';;\n", inner_group(command_at(i), group, sizeof group),
			         group);
	}
	buf_puts(to, "\t\tesac\n"
	             "\tdone\n"
	             "\tcase $words in\n"
	             "\t'') COMPREPLY=($(compgen -W '");
	add_names(to);
	buf_puts(to, "' -- \"$cur\"));;\n");
	complete_cmdlets_bash(to);
	bash_followers(to);
	buf_puts(to, "\tesac\n"
	             "}\n"
	             "complete -o default -F _exosign exosign\n");
}

/* In single quotes, as zsh and fish both read them. */
static void
add_quoted(buf *to, const char *text)
{
	buf_byte(to, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			buf_puts(to, "'\\''");
		else if (*text == ':' || *text == '[' || *text == ']')
			buf_byte(to, ' ');
		else
			buf_byte(to, *text);
	}
	buf_byte(to, '\'');
}

static void
zsh_options(buf *to)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		const option_row *row = option_row_of((option_id)i);
		EXS_SCOPED(buf) spec = BUF(2048);

		if ((row->bits & OPTION_HIDDEN) != 0)
			continue;
		buf_addf(to, "\t\t'%s%s%s[", (row->bits & OPTION_REPEATS) != 0 ? "*" : "", row->name,
		         row->argument[0] == '\0' ? "" : "=");
		add_quoted(&spec, row->help);
		/* the quotes are already open */
		buf_add(to, span_from(spec.at + 1, spec.len - 2));
		buf_byte(to, ']');
		if (row->words[0] != '\0')
			buf_addf(to, ":value:(%s)", row->words);
		else if ((row->bits & OPTION_FILE) != 0)
			buf_puts(to, ":file:_files");
		else if (row->argument[0] != '\0')
			buf_puts(to, ":value:");
		buf_puts(to, "' \\\n");
	}
}

static void
zsh_followers(buf *to, const char *name, const char *followers)
{
	buf_addf(to, "\t%s) (( CURRENT == 1 )) && compadd %s\n", name, followers);
	for (size_t i = 0; command_at(i) != NULL; i++) {
		EXS_SCOPED(buf) words = BUF(1024);
		char group[GROUP_MAX];

		if (!is_first_of_inner(i) || strcmp(command_at(i)->name, name) != 0)
			continue;
		add_words_in(&words, inner_group(command_at(i), group, sizeof group));
		buf_addf(to, "\t\t[[ $words[1] == '%s' ]] && (( CURRENT == 2 )) && compadd %s\n",
		         strchr(group, ' ') + 1, buf_text(&words));
	}
	buf_puts(to, "\t\t;;\n");
}

static void
add_zsh(buf *to)
{
	buf_puts(to, "#compdef exosign\n"
	             "# zsh completion for exosign\n"
	             "_exosign() {\n"
	             "\tlocal -a line\n");
	complete_cmdlets_zsh(to);
	buf_puts(to, "\t_arguments -C \\\n");
	zsh_options(to);
	buf_puts(to, "\t\t'1:command:(");
	add_names(to);
	buf_puts(to, ")' \\\n\t\t'*::word:->words'\n\tcase $line[1] in\n");
	for (size_t i = 0; command_at(i) != NULL; i++) {
		EXS_SCOPED(buf) followers = BUF(1024);

		if (!is_first_of_name(i))
			continue;
		add_followers(&followers, i);
		if (followers.len > 0)
			zsh_followers(to, command_at(i)->name, buf_text(&followers));
	}
	buf_puts(to, "\tesac\n}\n_exosign \"$@\"\n");
}

static void
fish_options(buf *to)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		const option_row *row = option_row_of((option_id)i);

		if ((row->bits & OPTION_HIDDEN) != 0)
			continue;
		buf_addf(to, "complete -c exosign -l %s", row->name + 2);
		if (row->letter != 0)
			buf_addf(to, " -s %c", row->letter);
		if (row->words[0] != '\0')
			buf_addf(to, " -x -a '%s'", row->words);
		else if ((row->bits & OPTION_FILE) != 0)
			buf_puts(to, " -r -F");
		else if (row->argument[0] != '\0')
			buf_puts(to, " -x");
		buf_puts(to, " -d ");
		add_quoted(to, row->help);
		buf_byte(to, '\n');
	}
}

static void
fish_inner(buf *to, size_t at)
{
	EXS_SCOPED(buf) words = BUF(1024);
	char group[GROUP_MAX];

	if (!is_first_of_inner(at))
		return;
	add_words_in(&words, inner_group(command_at(at), group, sizeof group));
	buf_addf(to, "complete -c exosign -n '__fish_seen_subcommand_from %s; and "
	             "__fish_seen_subcommand_from %s' -a '%s'\n",
	         command_at(at)->name, strchr(group, ' ') + 1, buf_text(&words));
}

static void
add_fish(buf *to)
{
	buf_puts(to, "# fish completion for exosign\ncomplete -c exosign -f\n");
	for (size_t i = 0; command_at(i) != NULL; i++) {
		EXS_SCOPED(buf) followers = BUF(1024);

		fish_inner(to, i);
		if (!is_first_of_name(i))
			continue;
		buf_addf(to, "complete -c exosign -n __fish_use_subcommand -a %s", command_at(i)->name);
		if (command_at(i)->sub == NULL) {
			buf_puts(to, " -d ");
			add_quoted(to, command_at(i)->summary);
		}
		buf_byte(to, '\n');
		add_followers(&followers, i);
		if (followers.len > 0)
			buf_addf(to, "complete -c exosign -n '__fish_seen_subcommand_from %s' -a '%s'\n",
			         command_at(i)->name, buf_text(&followers));
	}
	complete_cmdlets_fish(to);
	fish_options(to);
}

static const struct {
	const char *shell;
	void (*add)(buf *to);
} shells[] = {{"bash", add_bash}, {"zsh", add_zsh}, {"fish", add_fish}};

bool
complete_script(const char *shell, buf *to)
{
	for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++) {
		if (strcmp(shell, shells[i].shell) == 0) {
			shells[i].add(to);
			return true;
		}
	}
	return false;
}
