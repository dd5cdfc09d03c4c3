/* The commands: settings, explanations, the sandbox, the program itself. */
#include "cli/commands.h"

#include <limits.h>

static const option_id version_options[] = {OPT_JSON, OPTIONS};

const command program_commands[] = {
	{
		"explain", NULL, "[CODE]...", "Say what a code means, why it comes and what to do",
		"Knows every code of exosign, the return codes of PKCS#11, the directory's AADSTS numbers, Exchange's exception types and "
		"the sentences by which its refusals are known, HTTP statuses and the exit codes; "
		"needs no device and no network. Without CODE all of them are listed.\n"
		"Names may be written in any case and without their prefix, numbers in decimal or as 0x...; a number that means "
		"several things gives a row for each. Of Exchange a whole message may be pasted, in quotes.\n",
		"exosign explain CKR_PIN_LOCKED\n"
		"exosign explain ManagementObjectNotFoundException\n"
		"exosign explain 0x101\n"
		"exosign explain pin-wrong\n"
		"exosign explain AADSTS700027\n",
		NULL, 0, UINT_MAX, 0, run_explain,
	},
	{
		"config", "show", "", "Show each setting and where it came from", "",
		"exosign config show --profile sandbox\n",
		NULL, 0, 0, 0, run_config_show,
	},
	{
		"config", "check", "", "Check the configuration files, every profile of them",
		"Reads every file and resolves every profile; the device and the network are left alone.\n",
		"exosign config check\n",
		NULL, 0, 0, 0, run_config_check,
	},
	{
		"sandbox", NULL, "up|down|status|env|fault|throttle|ledger ...", "Run a local tenant to try exosign with",
		"Starts exosign-sandbox with the same words. `exosign sandbox --help` lists them. Afterwards --profile sandbox "
		"reaches it.\n",
		"exosign sandbox up\n"
		"exosign --profile sandbox run Get-Mailbox\n",
		NULL, 0, UINT_MAX, COMMAND_FORWARDS, run_sandbox,
	},
	{
		"completion", NULL, "bash|zsh|fish", "Print completions for a shell", "",
		"exosign completion bash >~/.local/share/bash-completion/completions/exosign\n",
		NULL, 1, 1, 0, run_completion,
	},
	{
		"version", NULL, "", "Show the versions of exosign and its libraries", "",
		"exosign version --json\n",
		version_options, 0, 0, 0, run_version,
	},
	{
		"help", NULL, "[COMMAND [WORD]...]", "Say how a command is used", "",
		"exosign help run\n",
		NULL, 0, 3, 0, run_help,
	},
	{
		"manual", NULL, "FRAME", "Fill the tables into a manual page", "", "",
		NULL, 1, 1, COMMAND_HIDDEN, run_manual,
	},
	{.name = NULL},
};
