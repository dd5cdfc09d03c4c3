/* The commands: a machine that works by itself, looked after. */
#include "cli/commands.h"

static const option_id init_options[] = {OPT_GENERATE, OPT_TYPE, OPT_LIVE, OPT_WITHIN, OPT_STRICT, OPTIONS};
static const option_id doctor_options[] = {OPT_LIVE, OPT_WITHIN, OPT_STRICT, OPTIONS};

static const option_id api_options[] = {OPT_ALL, OPT_BODY, OPT_HEADER, OPT_SCOPE, OPT_DRY_RUN, OPTIONS};
static const option_id vault_get_options[] = {OPT_VAULT, OPT_RAW, OPTIONS};
static const option_id vault_list_options[] = {OPT_VAULT, OPTIONS};
static const option_id vault_certificate_options[] = {OPT_VAULT, OPT_PEM, OPTIONS};

const command operate_commands[] = {
	{
		"init", NULL, "", "Write a profile: find the key, name the app, look whether it works",
		"On a terminal it lists the tokens and keys there are, lets you pick one or makes a new one after asking, asks for tenant, app and "
		"PIN source, and writes the profile into your configuration file, or the one that --config names; then it runs exosign doctor, "
		"whose exit status is its own. What is given as an option is not asked for. Without a terminal, or with --no-input, all comes from "
		"options: --key, --tenant and --client-id are needed (at a terminal client-id may wait for exosign app setup). --generate makes the key that --key names first.\n"
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
	{
		"api", NULL, "METHOD URL", "Make any REST call with the right bearer",
		"URL is https on a host of the profile's cloud, or a path, which is Graph's. The host decides what the token is for; --scope "
		"says it where nobody knows. A host outside the cloud gets nothing.\n"
		"The answer is JSON, at most 4 MiB. --all follows the links to further pages and prints the rows as they come; a list that could "
		"not be finished never ends with exit status 0. What reads is repeated when it fails in a way that passes; what writes only "
		"when it surely was not executed.\n",
		"exosign api GET /v1.0/organization\n"
		"exosign api GET '/v1.0/applications?$select=id,appId,displayName' --all -o table\n"
		"exosign api PATCH /v1.0/applications/OBJECT-ID --body change.json\n",
		api_options, 2, 2, COMMAND_SECRETS, run_api,
	},
	{
		"vault", "secret get", "NAME[/VERSION]", "Read a secret of a key vault",
		"The value is printed when standard output is no terminal, or with --raw; else, and with --output, all but the value is shown. "
		"A secret that is a certificate's private key is refused.\n",
		"exosign vault secret get db-password --vault contoso | psql-login\n",
		vault_get_options, 1, 1, COMMAND_SECRETS, run_vault_secret_get,
	},
	{
		"vault", "secret list", "", "List the secrets of a key vault, without values", "",
		"exosign vault secret list --vault contoso -o table\n",
		vault_list_options, 0, 0, COMMAND_SECRETS, run_vault_secret_list,
	},
	{
		"vault", "certificate get", "NAME[/VERSION]", "Read the public half of a certificate of a key vault",
		"Shows what the vault says of it; --pem prints the certificate itself. Its private key stays where it is.\n",
		"exosign vault certificate get signing --vault contoso --pem >signing.pem\n",
		vault_certificate_options, 1, 1, COMMAND_SECRETS, run_vault_certificate_get,
	},
	{.name = NULL},
};
