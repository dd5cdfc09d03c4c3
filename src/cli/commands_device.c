/* The commands: devices, and keys made in them. */
#include "cli/commands.h"

static const option_id key_generate_options[] = {OPT_TYPE, OPT_ALWAYS_AUTHENTICATE, OPTIONS};
static const option_id key_evidence_options[] = {OPT_CHECK, OPT_ATTESTATION_ROOT, OPTIONS};
static const option_id hsm_check_options[] = {OPT_ALL, OPT_NO_SPEED, OPTIONS};

const command device_commands[] = {
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
	{.name = NULL},
};
