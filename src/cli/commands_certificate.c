/* The commands: certificates for keys in devices. */
#include "cli/commands.h"

static const option_id cert_create_options[] = {OPT_SUBJECT, OPT_DAYS, OPT_SIGNATURE, OPT_REPLACE, OPT_SAVE,
	OPT_DNS, OPT_URI, OPT_EMAIL, OPT_IP, OPTIONS};
static const option_id cert_csr_options[] = {OPT_SUBJECT, OPT_SIGNATURE, OPT_DNS, OPT_URI, OPT_EMAIL, OPT_IP, OPTIONS};
static const option_id cert_import_options[] = {OPT_REPLACE, OPT_NO_CHAIN, OPTIONS};
static const option_id cert_show_options[] = {OPT_PEM, OPT_DER, OPTIONS};
static const option_id cert_due_options[] = {OPT_WITHIN, OPT_METRICS, OPTIONS};

const command certificate_commands[] = {
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
		"several keys one that is due suffices. No PIN is asked for.\n"
		"--metrics writes the same for a monitoring system, also when it cannot be told. exosign-renew@.timer does so every day.\n",
		"exosign cert due --within 30d && echo renew it\n"
		"exosign -q cert due 'pkcs11:token=prod-hsm;object=app'\n",
		cert_due_options, 0, 1, COMMAND_ANSWERS, run_cert_due,
	},
	{.name = NULL},
};
