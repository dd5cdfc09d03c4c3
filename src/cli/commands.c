/* The commands. */
#include "cli/commands.h"

#include <limits.h>
#include <stdio.h>

static const option_id run_options[] = {OPT_PS, OPT_DRY_RUN, OPTIONS};
static const option_id token_get_options[] = {OPT_SCOPE, OPT_RAW, OPTIONS};
static const option_id token_show_options[] = {OPT_SCOPE, OPTIONS};
static const option_id assertion_create_options[] = {OPT_AUD, OPT_RAW, OPTIONS};
static const option_id key_generate_options[] = {OPT_TYPE, OPT_ALWAYS_AUTHENTICATE, OPTIONS};
static const option_id key_evidence_options[] = {OPT_CHECK, OPT_ATTESTATION_ROOT, OPTIONS};
static const option_id hsm_check_options[] = {OPT_ALL, OPT_NO_SPEED, OPTIONS};
static const option_id cert_create_options[] = {OPT_SUBJECT, OPT_DAYS, OPT_SIGNATURE, OPT_REPLACE, OPT_SAVE,
	OPT_DNS, OPT_URI, OPT_EMAIL, OPT_IP, OPTIONS};
static const option_id cert_csr_options[] = {OPT_SUBJECT, OPT_SIGNATURE, OPT_DNS, OPT_URI, OPT_EMAIL, OPT_IP, OPTIONS};
static const option_id cert_import_options[] = {OPT_REPLACE, OPT_NO_CHAIN, OPTIONS};
static const option_id cert_show_options[] = {OPT_PEM, OPT_DER, OPTIONS};
static const option_id cert_due_options[] = {OPT_WITHIN, OPTIONS};
static const option_id version_options[] = {OPT_JSON, OPTIONS};

const command commands[] = {
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
		"hsm", "list", "[URI]", "List modules, tokens, keys and certificates",
		"Every line has a URI that is ready for a profile. No PIN is asked for: what a token hides until a login is "
		"not listed.\n",
		"exosign hsm list\n"
		"exosign hsm list 'pkcs11:token=prod-hsm' -o json\n",
		NULL, 0, 1, 0, run_hsm_list,
	},
	{
		"hsm", "check", "[URI]", "Check what a token claims and what really works",
		"A row for each finding: module, token, PIN (tries left, and how we know), key attributes, certificate, every way of "
		"signing for every algorithm of the key by a real test signature that is verified, sessions, signatures per second. "
		"Without URI the profile's key is checked.\n"
		"Logs in at most once; a wrong PIN is sent once and ends the check with 4. A key that wants its PIN or a touch for each "
		"signature makes one test signature unless --all. Attributes are what the module claims, no proof.\n"
		"The exit status is 0 when nothing is broken; else 4 for the PIN, 5 for module, token or sessions, 6 for key, "
		"certificate or signatures, 13 for a module that logs its calls; of several the one that the first broken row gives.\n",
		"exosign hsm check\n"
		"exosign hsm check 'pkcs11:token=prod-hsm;object=exchange' -o json >check.json\n",
		hsm_check_options, 0, 1, COMMAND_SECRETS, run_hsm_check,
	},
	{
		"explain", NULL, "[CODE]", "Say what a code means, why it comes and what to do",
		"Knows every code of exosign, the return codes of PKCS#11, the directory's AADSTS numbers and the exit codes; needs no "
		"device and no network. Without CODE all of them are listed.\n"
		"Names may be written in any case and without their prefix, numbers in decimal or as 0x...; a number that means "
		"several things gives a row for each.\n",
		"exosign explain CKR_PIN_LOCKED\n"
		"exosign explain 0x101\n"
		"exosign explain pin-wrong\n"
		"exosign explain AADSTS700027\n",
		NULL, 0, 1, 0, run_explain,
	},
	{
		"key", "generate", "URI", "Make a key pair in the device",
		"The URI names the token and gives the new key's label: pkcs11:token=TOKEN;object=NAME. It may give the id "
		"(id=%01), which PIV modules take for the slot; else the id is derived from the public key.\n"
		"The private key is sensitive, cannot be extracted and may sign, nothing else. The device's word for that is "
		"read back; a key that could leave is destroyed again. A label or id that is there already is refused.\n"
		"RSA keys take a card up to some minutes. What was begun and interrupted is removed when the device is done.\n",
		"exosign key generate 'pkcs11:token=prod-hsm;object=exchange-2027' --type rsa3072\n",
		key_generate_options, 1, 1, COMMAND_SECRETS, run_key_generate,
	},
	{
		"key", "show", "[URI]", "Show a key, what the device says of it, and its certificates",
		"Without URI the profile's key. Attributes are what the module claims: yes, no, or not told. A certificate "
		"belongs to the key when it has its public key, whatever its label and id are.\n",
		"exosign key show 'pkcs11:token=prod-hsm;object=exchange-2027'\n",
		NULL, 0, 1, COMMAND_SECRETS, run_key_show,
	},
	{
		"key", "evidence", "[URI]", "Say what is known of a key, signed by it; or check such a document",
		"Without URI about the profile's key. The document keeps what the module claims (attributes, token, firmware) apart "
		"from what is proved: that its maker could use the private key, by its signature; that the key was made in the device, "
		"by a YubiKey's attestation on the token, when --attestation-root names the maker's root certificate.\n"
		"It is a JWS in JSON. On a terminal its contents are shown instead, unless -o is given.\n"
		"--check FILE verifies one offline, against nothing but the document and the root that you name, and says what it "
		"proves. What the document calls proved counts for nothing there.\n",
		"exosign key evidence -o json >evidence.json\n"
		"exosign key evidence --check evidence.json --attestation-root yubico-root.pem\n",
		key_evidence_options, 0, 1, COMMAND_SECRETS, run_key_evidence,
	},
	{
		"key", "delete", "URI", "Destroy a key pair in the device",
		"Says what would be lost and asks; --yes answers. The key of a profile in the configuration files is destroyed "
		"with --yes only. Certificates stay on the token.\n",
		"exosign key delete 'pkcs11:token=prod-hsm;object=exchange-2025'\n",
		NULL, 1, 1, COMMAND_SECRETS, run_key_delete,
	},
	{
		"cert", "create", "[URI]", "Make a self-signed certificate for a key in the device",
		"The device signs it, the signature is verified, and it is written beside the key. Without URI the profile's "
		"key. A key that has a certificate keeps it, unless --replace says otherwise; the old one is deleted only once the "
		"new one stands.\n"
		"The certificate is for client authentication and digital signatures and is no authority. Upload it with the "
		"app's credentials (--save FILE) before it is used.\n",
		"exosign cert create 'pkcs11:token=prod-hsm;object=exchange-2027' --subject CN=exo-automation --save exo.pem\n",
		cert_create_options, 0, 1, COMMAND_SECRETS, run_cert_create,
	},
	{
		"cert", "csr", "[URI]", "Make a certificate request for a key in the device",
		"Prints a PKCS #10 request, PEM, signed in the device, for the organisation's own authority. Nothing is written to "
		"the token; exosign cert import takes the answer.\n",
		"exosign cert csr --subject 'CN=exo-automation,O=Contoso\\, Inc.' --dns exo.contoso.example >exo.csr\n",
		cert_csr_options, 0, 1, COMMAND_SECRETS, run_cert_csr,
	},
	{
		"cert", "import", "[URI] FILE|-", "Write a certificate beside its key in the device",
		"Takes PEM, DER and PKCS #7 up to 1 MiB. The certificate with the key's public half is written beside the key, those "
		"of its issuers too; what is there already is not written twice. A file that holds a private key (PEM, PFX) is "
		"refused: make the key in the device with exosign key generate.\n",
		"exosign cert import 'pkcs11:token=prod-hsm;object=exchange-2027' exo.p7b\n",
		cert_import_options, 1, 2, COMMAND_SECRETS, run_cert_import,
	},
	{
		"cert", "delete", "URI", "Delete a certificate from the device",
		"Says what would be lost and asks; --yes answers. The last certificate of a key that a profile in the "
		"configuration files uses is deleted with --yes only. Keys stay.\n",
		"exosign cert delete 'pkcs11:token=prod-hsm;id=%01;type=cert'\n",
		NULL, 1, 1, COMMAND_SECRETS, run_cert_delete,
	},
	{
		"cert", "show", "[URI|FILE]", "Show certificates: thumbprints, dates, names, key",
		"Those of the profile's key, of the keys that a URI or thumbprint:HEX names, or the one in a PEM or DER file. "
		"Thumbprints are hexadecimal, as portals print them, and base64url, as they stand in an assertion's header. No PIN "
		"is asked for: a certificate that a token hides until a login is not seen.\n"
		"--pem prints the certificates themselves, --der the one there is.\n",
		"exosign cert show\n"
		"exosign cert show --pem >app.pem\n"
		"exosign cert show thumbprint:DED48600112233445566778899AABBCCDDEEFF00\n"
		"exosign cert show 'pkcs11:token=prod-hsm' -o table\n",
		cert_show_options, 0, 1, 0, run_cert_show,
	},
	{
		"cert", "due", "[URI|FILE]", "Tell whether a certificate is due for renewal",
		"Exit status 0: due, it has expired or expires within the time that --within gives (30d). 1: not due. 255: cannot "
		"tell, whatever the reason; the error is on stderr. That is what systemd's ExecCondition= wants: on 0 the unit runs, on "
		"1 it is skipped, on 255 it fails.\n"
		"One line on standard output says why; -q silences it. Of a key's certificates the one that ends last counts; of "
		"several keys one that is due suffices. No PIN is asked for.\n",
		"exosign cert due --within 30d && echo renew it\n"
		"exosign -q cert due 'pkcs11:token=prod-hsm;object=app'\n",
		cert_due_options, 0, 1, COMMAND_ANSWERS, run_cert_due,
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
		"sandbox", NULL, "up|down|status|env|fault ...", "Run a local tenant to try exosign with",
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
		"help", NULL, "[COMMAND [WORD]]", "Say how a command is used", "",
		"exosign help run\n",
		NULL, 0, 2, 0, run_help,
	},
	{
		"manual", NULL, "FRAME", "Fill the tables into a manual page", "", "",
		NULL, 1, 1, COMMAND_HIDDEN, run_manual,
	},
};
const size_t n_commands = sizeof commands / sizeof commands[0];

const command *
command_find(const char *name, const char *sub)
{
	for (size_t i = 0; i < n_commands; i++) {
		const command *c = &commands[i];

		if (strcmp(c->name, name) != 0 || (c->sub == NULL) != (sub == NULL))
			continue;
		if (sub == NULL || strcmp(c->sub, sub) == 0)
			return c;
	}
	return NULL;
}

bool
command_is_group(const char *name)
{
	for (size_t i = 0; i < n_commands; i++)
		if (commands[i].sub != NULL && strcmp(commands[i].name, name) == 0)
			return true;
	return false;
}

const char *
command_title(const command *c, char *to, size_t room)
{
	(void)snprintf(to, room, "exosign %s%s%s", c->name, c->sub == NULL ? "" : " ",
	               c->sub == NULL ? "" : c->sub);
	return to;
}
