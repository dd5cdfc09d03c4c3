/* The commands: tokens, assertions, and handing them to other software. */
#include "cli/commands.h"

static const option_id token_get_options[] = {OPT_SCOPE, OPT_RAW, OPTIONS};
static const option_id token_show_options[] = {OPT_SCOPE, OPTIONS};
static const option_id assertion_create_options[] = {OPT_AUD, OPT_RAW, OPTIONS};

const command token_commands[] = {
	{
		"token", "get", "", "Get an access token and show what it is",
		"Signs an assertion in the device, redeems it, and prints the token's scope, times, fingerprint and "
		"claims. The token itself is printed only with --raw.\n",
		"exosign token get\n"
		"exosign token get --scope graph --raw | sed 's/^/oauth2-bearer = /' |\n"
		"    curl -K - https://graph.microsoft.com/v1.0/organization\n",
		token_get_options, 0, 0, COMMAND_SECRETS, run_token_get,
	},
	{
		"token", "show", "", "Show the claims of an access token",
		"Prints all claims as the directory wrote them. They are not verified.\n",
		"exosign token show -o list\n",
		token_show_options, 0, 0, COMMAND_SECRETS, run_token_show,
	},
	{
		"assertion", "create", "", "Sign a client assertion in the device",
		"The assertion is a credential until it expires: it is printed only when standard output is no terminal, or "
		"with --raw. On a terminal its header and claims are shown instead.\n",
		"exosign assertion create | exosign assertion decode\n",
		assertion_create_options, 0, 0, COMMAND_SECRETS, run_assertion_create,
	},
	{
		"assertion", "decode", "[FILE|-]", "Show header and claims of a signed assertion or token",
		"Reads a JWS in compact form from a file or standard input. Nothing is verified and no device is needed.\n",
		"exosign assertion decode assertion.jwt\n",
		NULL, 0, 1, COMMAND_SECRETS, run_assertion_decode,
	},
	{
		"credential", "powershell", "", "Print the line that connects the PowerShell module with our token",
		"For scripts that must stay in PowerShell. Prints Connect-ExchangeOnline, or with --service compliance "
		"Connect-IPPSSession, with -AccessToken and what this command was told. The token is not in the line: PowerShell gets "
		"it when the line is run, so it is in no history, on no command line and not on the screen. The module "
		"does not renew it: run the line again within the hour, or before each long step.\n"
		"Needs ExchangeOnlineManagement 3.1.0 or newer and exosign in the search path.\n",
		"exosign credential powershell --profile prod\n"
		"exosign credential powershell | Invoke-Expression\n",
		NULL, 0, 0, 0, run_credential_powershell,
	},
	{.name = NULL},
};
