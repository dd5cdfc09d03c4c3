/* Completion of cmdlets and their parameters. */
#include "cli/complete_cmdlets.h"

/* Commands whose words are cmdlets. */
#define COMMANDS "run|cmdlets"

void
complete_cmdlets_bash(buf *to)
{
	buf_puts(to, "\t" COMMANDS ") COMPREPLY=($(\"${COMP_WORDS[0]}\" complete "
	             "\"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null)); return;;\n");
}

void
complete_cmdlets_zsh(buf *to)
{
	buf_puts(to, "\tlocal -i at=${words[(i)(" COMMANDS ")]}\n"
	             "\tif (( at > 1 && at < CURRENT )) && [[ $words[CURRENT] != --* && $words[CURRENT-1] != --* ]]; then\n"
	             "\t\tcompadd -M 'm:{a-zA-Z}={A-Za-z}' -- "
	             "${(f)\"$(exosign complete \"${(@)words[2,CURRENT]}\" 2>/dev/null)\"}\n"
	             "\t\treturn\n"
	             "\tfi\n");
}

void
complete_cmdlets_fish(buf *to)
{
	buf_puts(to, "complete -c exosign -n '__fish_seen_subcommand_from run cmdlets' -a "
	             "'(exosign complete (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'\n");
}
