/* The commands: Exchange cmdlets and what runs many of them. */
#include "cli/commands.h"

#include <limits.h>

static const option_id run_options[] = {OPT_PS, OPT_DRY_RUN, OPT_NO_CHECK, OPTIONS};
static const option_id cmdlets_options[] = {OPT_REFRESH, OPT_PARAMETERS, OPTIONS};

static const option_id batch_options[] = {
	OPT_CMDLET, OPT_JOURNAL, OPT_RESUME, OPT_ONLY, OPT_DRY_RUN, OPT_REPORT, OPT_ROWS, OPT_CONCURRENCY,
	OPT_RATE, OPT_MAX_FAILURES, OPT_NO_CHECK, OPTIONS};

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
		"Get-MessageTraceV2, Search-UnifiedAuditLog and Get-QuarantineMessage have no next link: they are asked "
		"again and again until everything came. Who gives StartingRecipientAddress, SessionId, SessionCommand, Page or, "
		"for the audit log, ResultSize walks by hand: such a command is sent as it is.\n"
		"The Get-EXO cmdlets of the PowerShell module are read from the service's entities.\n"
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
	{
		"batch", NULL, "FILE [-Param VALUE]...",
		"Run many cmdlets from a file, each with its outcome",
		"FILE holds items; - is standard input. As NDJSON an item is a line {\"cmdlet\":\"Set-Mailbox\","
		"\"parameters\":{\"Identity\":\"ann\"},\"id\":\"7\"}; cmdlet may come from --cmdlet, id is yours.\n"
		"As a table (CSV; comma, semicolon or tab) the header names the parameters of --cmdlet, or of the column cmdlet; an "
		"empty cell leaves its parameter out; $true, $false and $null are values, all else is text, and a column may be "
		"Name:bool, Name:int, Name:list (a;b) or Name:json. Or the parameters stand behind FILE, with {column} where a cell "
		"belongs ({column:bool} and so on where it is all of the value; {{ is a brace): what is filled in stays text.\n"
		"Every line is checked before the first one is sent. Each outcome is a line on standard output: id, line, cmdlet, "
		"outcome (done, failed, skipped, unknown), attempts, clientRequestId, requestId, code, message.\n"
		"The journal (FILE.journal) knows what was begun and what became of it; it holds no values of parameters. However "
		"a run ended, --resume goes on where it was, with nothing lost and nothing done twice. A change whose answer was lost "
		"is unknown, and is made again only where that does no harm: what reads, Set- with plain values that does not "
		"rename, Enable- and Disable- of rules; or where a read proves that it was not made (New-, Remove-). Unknown ones that you looked at: --only unknown --yes.\n"
		"Items about the same object (Identity) run in the order of the input, others side by side, as fast as the service "
		"lets them.\n"
		"Ends with 0 when every item is done, with 12 when some failed, were skipped, are unknown or left.\n",
		"exosign batch changes.ndjson\n"
		"exosign batch changes.ndjson --resume\n"
		"exosign batch users.csv --cmdlet Set-Mailbox -Identity '{upn}' -CustomAttribute1 '{dept}'\n"
		"exosign batch changes.ndjson --only retryable\n",
		batch_options, 1, UINT_MAX, COMMAND_CMDLET | COMMAND_SECRETS, run_batch,
	},
	{.name = NULL},
};
