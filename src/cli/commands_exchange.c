/* The commands: Exchange cmdlets and what runs many of them. */
#include "cli/commands.h"

#include <limits.h>

static const option_id run_options[] = {OPT_PS, OPT_DRY_RUN, OPTIONS};

const command exchange_commands[] = {
	{
		"run", NULL, "CMDLET [-Param VALUE | -Switch | -Param:VALUE]...",
		"Run an Exchange cmdlet and print its rows",
		"The cmdlet is written as its documentation and every runbook write it. Parameters begin with one dash "
		"and follow the cmdlet; options of exosign have two and may stand anywhere.\n"
		"-Name VALUE takes a PowerShell literal: text, $true, $null, a,b, @('a','b'), @{Add='x';Remove='y'} "
		"(quote what your shell would change). -Name:VALUE is the same in one word. -Name alone is a switch.\n"
		"-Name:=JSON takes JSON, also for values that begin with a dash.\n"
		"-Name@FILE sends a text file, -Name@bytes:FILE its bytes.\n"
		"--ps LINE takes a whole pasted line.\n"
		"A list that could not be finished never ends with exit status 0.\n",
		"exosign run Get-Mailbox -ResultSize Unlimited --select Name,DisplayName\n"
		"exosign run Set-Mailbox -Identity ann@contoso.example -HiddenFromAddressListsEnabled '$true'\n"
		"exosign run --ps 'Get-Mailbox -Anr ann -ResultSize 5' -o csv\n",
		run_options, 0, UINT_MAX, COMMAND_CMDLET | COMMAND_SECRETS, run_run,
	},
	{.name = NULL},
};
