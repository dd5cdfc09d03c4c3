/* The commands: a machine that works by itself, looked after. */
#include "cli/commands.h"

static const option_id init_options[] = {OPT_GENERATE, OPT_TYPE, OPT_LIVE, OPT_WITHIN, OPT_STRICT, OPTIONS};
static const option_id doctor_options[] = {OPT_LIVE, OPT_WITHIN, OPT_STRICT, OPTIONS};

const command operate_commands[] = {
	{
		"init", NULL, "", "Write a profile: find the key, name the app, look whether it works",
		"On a terminal it lists the tokens and keys there are, lets you pick one or makes a new one after asking, asks for tenant, app and "
		"PIN source, and writes the profile into your configuration file, or the one that --config names; then it runs exosign doctor, "
		"whose exit status is its own. What is given as an option is not asked for. Without a terminal, or with --no-input, all comes from "
		"options: --key, --tenant and --client-id are needed. --generate makes the key that --key names first.\n"
		"Every setting's option that is given is written. Other profiles and all comments stay; a profile of that name is replaced only "
		"with --yes. No secret is written: a PIN comes from pin-source or the terminal.\n",
		"exosign init\n"
		"exosign --profile prod init --key 'pkcs11:token=prod-hsm;object=exchange' --tenant contoso.onmicrosoft.com \\\n"
		"    --client-id 11111111-2222-3333-4444-555555555555 --pin-source credential:exo-pin --no-input\n",
		init_options, 0, 0, COMMAND_SECRETS, run_init,
	},
	{
		"doctor", NULL, "", "Look at everything that can be wrong, a line each",
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
