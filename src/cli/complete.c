/* Completions for shells, from the tables. */
#include "cli/complete.h"

#include "cli/commands.h"

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
	for (size_t i = at; command_at(i) != NULL; i++) {
		if (strcmp(command_at(i)->name, c->name) != 0)
			continue;
		buf_addf(to, "%s%s", separator, command_at(i)->sub);
		separator = " ";
	}
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
add_bash(buf *to)
{
	buf_puts(to, "# bash completion for exosign\n"
	             "_exosign() {\n"
	             "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	             "\tlocal i first=''\n"
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
	             "\t\tcase ${COMP_WORDS[i]} in\n");
	for (size_t i = 0; command_at(i) != NULL; i++)
		if (is_first_of_name(i))
			buf_addf(to, "\t\t%s) first=${COMP_WORDS[i]}; break;;\n", command_at(i)->name);
	buf_puts(to, "\t\tesac\n"
	             "\tdone\n"
	             "\tcase $first in\n"
	             "\t'') COMPREPLY=($(compgen -W '");
	add_names(to);
	buf_puts(to, "' -- \"$cur\"));;\n");
	for (size_t i = 0; command_at(i) != NULL; i++) {
		EXS_SCOPED(buf) followers = BUF(1024);

		if (!is_first_of_name(i))
			continue;
		add_followers(&followers, i);
		if (followers.len > 0)
			buf_addf(to, "\t%s) COMPREPLY=($(compgen -W '%s' -- \"$cur\"));;\n",
			         command_at(i)->name, buf_text(&followers));
	}
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
add_zsh(buf *to)
{
	buf_puts(to, "#compdef exosign\n"
	             "# zsh completion for exosign\n"
	             "_exosign() {\n"
	             "\tlocal -a line\n"
	             "\t_arguments -C \\\n");
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
			buf_addf(to, "\t%s) (( CURRENT == 1 )) && compadd %s;;\n", command_at(i)->name,
			         buf_text(&followers));
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
add_fish(buf *to)
{
	buf_puts(to, "# fish completion for exosign\ncomplete -c exosign -f\n");
	for (size_t i = 0; command_at(i) != NULL; i++) {
		EXS_SCOPED(buf) followers = BUF(1024);

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
