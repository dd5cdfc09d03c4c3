/* The commands: the app registration, from nothing and through every renewal. */
#include "cli/commands.h"

static const option_id setup_options[] = {
	OPT_NAME, OPT_ROLE, OPT_PERMISSION, OPT_JUSTIFICATION, OPT_TYPE, OPT_DAYS, OPT_SUBJECT, OPT_EMIT,
	OPT_BROWSER, OPT_SIGNIN_CLIENT, OPT_ACCESS_TOKEN_FD, OPT_NO_PROFILE, OPT_DRY_RUN,
	OPTIONS};
static const option_id status_options[] = {
	OPT_WITHIN, OPT_ADMINISTRATOR, OPT_BROWSER, OPT_SIGNIN_CLIENT, OPT_ACCESS_TOKEN_FD, OPTIONS};
static const option_id consent_options[] = {OPT_OPEN, OPT_REDIRECT, OPTIONS};
static const option_id add_options[] = {
	OPT_TYPE, OPT_DAYS, OPT_SUBJECT, OPT_REQUEST, OPT_ISSUED, OPT_METHOD, OPT_OBJECT_ID, OPT_ADMINISTRATOR,
	OPT_BROWSER, OPT_SIGNIN_CLIENT, OPT_ACCESS_TOKEN_FD, OPT_DRY_RUN, OPTIONS};
static const option_id rotate_options[] = {
	OPT_OVERLAP, OPT_TYPE, OPT_DAYS, OPT_SUBJECT, OPT_REQUEST, OPT_ISSUED, OPT_METHOD, OPT_OBJECT_ID,
	OPT_NO_PROFILE, OPT_ADMINISTRATOR, OPT_BROWSER, OPT_SIGNIN_CLIENT, OPT_ACCESS_TOKEN_FD, OPT_DRY_RUN,
	OPTIONS};
static const option_id retire_options[] = {
	OPT_METHOD, OPT_OBJECT_ID, OPT_ADMINISTRATOR, OPT_BROWSER, OPT_SIGNIN_CLIENT, OPT_ACCESS_TOKEN_FD, OPT_DRY_RUN,
	OPTIONS};

#define SIGN_IN "An administrator signs in with a code on any device, with --browser in a browser on this machine, or brings a token " \
	"with --access-token-fd. The token lives in memory and is forgotten at the end.\n"

const command app_commands[] = {
	{
		"app", "setup", "", "Make what is missing between a tenant and a working app",
		"Application, service principal, permission, consent, directory role, key in the device, certificate, its registration, the "
		"profile; at the end a real token and a real cmdlet prove it. The plan is shown and asked for once. What is there already stays: "
		"run it again after an interruption, and it goes on where it stopped. Other certificates of the app stay byte for byte.\n"
		SIGN_IN
		"tenant and key come from the profile or from --tenant and --key; what they say is put into the profile with the new client-id. "
		"--emit prints what somebody else must do instead: a checklist with the roles and what each can do, narrower rights inside "
		"Exchange among them; a manifest; or a PowerShell script.\n",
		"exosign --profile prod --tenant contoso.onmicrosoft.com --key 'pkcs11:token=prod-hsm;object=exchange' app setup --role 'Exchange "
		"Recipient Administrator'\n"
		"exosign app setup --emit checklist\n",
		setup_options, 0, 0, COMMAND_SECRETS, run_app_setup,
	},
	{
		"app", "plan", "", "Show what app setup would do",
		"The same as app setup --dry-run: nothing is changed, in the device or in the directory. The administrator still signs in, to "
		"see what is there.\n",
		"exosign app plan -o json\n",
		setup_options, 0, 0, COMMAND_SECRETS, run_app_plan,
	},
	{
		"app", "status", "", "Show the app in the directory beside the certificates on the token",
		"A row each: application, service principal, permissions, roles, policy, certificates. A certificate is matched (registered and "
		"on the token), expiring, expired, unknown (registered, but not on this token) or orphaned (on the token, not registered). The "
		"app's own token shows what it may read; with --administrator all of it shows.\n",
		"exosign app status\n"
		"exosign app status --administrator -o json\n",
		status_options, 0, 0, COMMAND_SECRETS, run_app_status,
	},
	{
		"app", "consent-url", "", "Print the address where an administrator consents", "",
		"exosign app consent-url --open\n",
		consent_options, 0, 0, 0, run_app_consent_url,
	},
	{
		"app", "key add", "URI", "Register one more key of a device with the app",
		"Makes the key and its certificate when they are not there, registers the certificate beside the others, and proves it by a "
		"token. The profile stays as it is. The app needs no permission for it: the profile's key proves that the app is the app.\n",
		"exosign app key add 'pkcs11:token=spare-hsm;object=exchange'\n",
		add_options, 1, 1, COMMAND_SECRETS, run_app_key_add,
	},
	{
		"app", "key rotate", "[URI]", "Let a new key take over from the profile's",
		"A new key in the device (by default the same token, with the date in its name), its certificate, registered with a proof "
		"that the old key signs; when a token by the new key has proved that the directory knows it, the profile's key line is "
		"changed, and the old certificate is taken away, at once or after --overlap. No permission is needed.\n"
		"Whenever it is interrupted, the key in the profile works, and the next run goes on. Two at once: one says so and ends with 13.\n"
		"With an authority of yours: --request FILE writes the request and stops; --issued FILE goes on with the certificate.\n"
		"--method patch writes the app's list of certificates instead, which takes Application.ReadWrite.OwnedBy or --administrator.\n",
		"exosign app key rotate --overlap 7d --yes\n"
		"exosign app key rotate --request new.csr --yes\n"
		"exosign app key rotate --issued new.pem --yes\n",
		rotate_options, 0, 1, COMMAND_SECRETS, run_app_key_rotate,
	},
	{
		"app", "key retire", "[THUMBPRINT|KEY-ID]", "Take a certificate away from the app",
		"Without a name, the one that the last renewal left for its overlap. A token by the profile's key is got first. Never the "
		"certificate the profile signs with, and never the last that works. The key stays in its device: exosign key delete.\n",
		"exosign app key retire\n"
		"exosign app key retire 3F9A0B77C1D2E3F4A5B6C7D8E9F0A1B2C3D4E5F6 --administrator\n",
		retire_options, 0, 1, COMMAND_SECRETS, run_app_key_retire,
	},
	{.name = NULL},
};
