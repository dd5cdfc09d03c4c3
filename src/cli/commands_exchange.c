/* The commands: Exchange cmdlets and what runs many of them. */
#include "cli/commands.h"

#include <limits.h>

static const option_id run_options[] = {OPT_PS, OPT_DRY_RUN, OPT_NO_CHECK, OPTIONS};
static const option_id cmdlets_options[] = {OPT_REFRESH, OPT_PARAMETERS, OPTIONS};

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
		"A parameter that is a secret (SecureString) takes -Name@FILE (readable by its owner alone), -Name@fd:N, or -Name "
		"alone, which asks at the terminal; it is encrypted for the service and shown nowhere. Written out it is refused.\n"
		"--ps LINE takes a whole pasted line.\n"
		"Where exosign cmdlets has kept a list, names, abbreviations and simple types are checked before anything is sent. A "
		"name that the list lacks is refused when the list is minutes old; else the service is asked anew.\n"
		"A list that could not be finished never ends with exit status 0.\n",
		"exosign run Get-Mailbox -ResultSize Unlimited --select Name,DisplayName\n"
		"exosign run Set-Mailbox -Identity ann@contoso.example -HiddenFromAddressListsEnabled '$true'\n"
		"exosign run --ps 'Get-Mailbox -Anr ann -ResultSize 5' -o csv\n",
		run_options, 0, UINT_MAX, COMMAND_CMDLET | COMMAND_SECRETS, run_run,
	},
	{
		"cmdlets", NULL, "[PATTERN]",
		"List the cmdlets this identity may run, and their parameters",
		"PATTERN is a name, in any case, with * and ?. One name without them lists that cmdlet's parameters: type, "
		"whether it is required (sometimes: in some of its parameter sets), aliases.\n"
		"The service is asked once; the answer is kept in the cache directory for this tenant and client, and its age is "
		"told. After a day it is old, which is said, and still used. --refresh asks again.\n",
		"exosign cmdlets '*Mailbox*'\n"
		"exosign cmdlets Set-Mailbox\n"
		"exosign cmdlets --refresh -o none\n",
		cmdlets_options, 0, 1, COMMAND_SECRETS, run_cmdlets,
	},
	{
		"complete", NULL, "WORD...", "Complete a cmdlet or a parameter for a shell", "", "",
		NULL, 1, UINT_MAX, COMMAND_HIDDEN | COMMAND_FORWARDS, run_complete,
	},
	{.name = NULL},
};
