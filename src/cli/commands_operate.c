/* The commands: a machine that works by itself, looked after. */
#include "cli/commands.h"

static const option_id doctor_options[] = {OPT_LIVE, OPT_WITHIN, OPT_STRICT, OPTIONS};

const command operate_commands[] = {
	{
		"doctor", NULL, "", "Look at everything that can be wrong, a line each, with what mends it",
		"Checks the configuration, module, token, PIN, key, certificate, proxy, names, network, TLS, tenant and clock; with --live also "
		"login, signature, access token, its permission and role, and a cmdlet that only reads. Each line is fine, doubtful, broken or "
		"not-tried, and says why and the command that mends it. What stands on something broken is not tried, so that one cause "
		"turns one line.\n"
		"Without --live nobody logs in, and services are asked only what they tell everybody. With it the PIN is used once, under the "
		"same rules as everywhere.\n"
		"The exit status is that of the first broken line, else 0; with --strict a doubtful line counts too. There is no secret in "
		"the output: it can be mailed.\n",
		"exosign doctor\n"
		"exosign --profile prod doctor --live -o json >doctor.json\n"
		"exosign doctor --strict --within 60d\n",
		doctor_options, 0, 0, COMMAND_SECRETS, run_doctor,
	},
	{.name = NULL},
};
