/*
 * The directory's codes, in our words (entra-graph.md 2.3).
 *
 * Microsoft asks clients not to act on these numbers, because they change. So they decide words here, and whether the clock
 * is looked at; what is done follows the HTTP status and the OAuth error wherever those say enough.
 */
#include "oauth/aadsts.h"

#include "base/error.h"

#include <exosign/explain.h>
#include <stdio.h>

#define TENANT_FIX  "compare tenant and cloud in the profile with the directory's overview page"
#define CLIENT_FIX  "compare client-id and tenant in the profile with the app registration"
#define CONSENT_FIX "repeat the administrator's consent for the app; check its API permissions"
#define BUG_FIX     "report it with the output of: exosign version"
#define SCOPE_FIX   "use the scope of one resource, ending in /.default"
#define POLICY_FIX  "ask the directory's administrator which policy it was: the sign-in log of the app names it"

static const aadsts_row rows[] = {
	{50001, AADSTS_REFUSAL, "the directory does not know the resource, or it is disabled",
     "check the scope's spelling and that the API is enabled in the tenant"},
	{50011, AADSTS_REFUSAL, "the directory does not know the resource or its reply address",
     "check the scope's spelling and that the API is enabled in the tenant"},
	{50012, AADSTS_ASSERTION, "the directory did not accept the assertion as the app's credential",
     "compare the certificate's thumbprint and the assertion's audience: exosign assertion create"},
	{50013, AADSTS_ASSERTION, "the directory holds the assertion for invalid",
     "check this machine's clock; compare thumbprint and audience: exosign assertion create"},
	{50027, AADSTS_ASSERTION, "the directory cannot read the assertion as a JWT for this tenant",
     "check tenant and assertion-audience in the profile"},
	{50029, AADSTS_REFUSAL, "a domain name in the request has characters that cannot be",
     "check the spelling of tenant and organization in the profile"},
	{50032, AADSTS_REFUSAL, "the key of the certificate is too weak for the directory",
     "make an RSA key of at least 2048 bits and register its certificate"},
	{50034, AADSTS_REFUSAL, "the directory does not find the account in this tenant", TENANT_FIX},
	{50048, AADSTS_REFUSAL, "issuer and subject of the assertion differ", BUG_FIX},
	{50049, AADSTS_REFUSAL, "the directory does not know the cloud that was asked",
     "check cloud and endpoint.login in the profile"},
	{50059, AADSTS_REFUSAL, "the request named no tenant", "set tenant in the profile"},
	{50194, AADSTS_REFUSAL, "the app belongs to one tenant and was used without naming it",
     "set tenant to the directory's GUID"},
	{50196, AADSTS_REFUSAL, "the directory sees the same request in a loop",
     "wait some minutes; then run fewer processes at once, each asks for a token of its own"},
	{51000, AADSTS_REFUSAL, "the directory has this feature switched off for the tenant",
     "this is not for you to switch on: ask Microsoft's support"},
	{53003, AADSTS_REFUSAL, "Conditional Access blocked the app",
     "run it from an allowed network, or have the policy for workload identities changed"},
	{65001, AADSTS_REFUSAL, "nobody has consented to the app's permissions", CONSENT_FIX},
	{65002, AADSTS_REFUSAL, "this client id of Microsoft's may not ask for that scope",
     "sign in with an app registration of your own: --client-id"},
	{65005, AADSTS_REFUSAL, "the app asks for a resource it is not configured for", CONSENT_FIX},
	{70001, AADSTS_REFUSAL, "the directory does not find the app in this tenant", CLIENT_FIX},
	{70003, AADSTS_REFUSAL, "the directory does not support this kind of grant", BUG_FIX},
	{70011, AADSTS_REFUSAL, "the directory cannot read the scope", SCOPE_FIX},
	{70016, AADSTS_REFUSAL, "the person has not finished the sign-in with a device code",
     "open the address that is shown and type the code"},
	{70018, AADSTS_REFUSAL, "the directory does not know the device code of the sign-in", "begin the sign-in again"},
	{70019, AADSTS_REFUSAL, "the device code of the sign-in has expired", "begin the sign-in again, and type the code within its time"},
	{70021, AADSTS_REFUSAL, "no federated credential of the app matches the assertion",
     "wait some minutes after a change, or repair the federated credential"},
	{90002, AADSTS_REFUSAL, "the directory does not find the tenant", TENANT_FIX},
	{90013, AADSTS_REFUSAL, "the directory does not accept a field of the request", BUG_FIX},
	{90014, AADSTS_REFUSAL, "the directory misses a field of the request", BUG_FIX},
	{90023, AADSTS_REFUSAL, "the directory's token service refused the request",
     "compare tenant, client-id and scope; the directory's own words are above"},
	{90024, AADSTS_TRANSIENT, "the directory is busy", "try again later"},
	{90033, AADSTS_TRANSIENT, "the directory is not available for a moment", "try again later"},
	{90038, AADSTS_REFUSAL, "the tenant lives in another cloud",
     "set cloud in the profile to the one the directory names"},
	{90055, AADSTS_THROTTLED, "the directory throttles the tenant", "wait, then try again"},
	{90090, AADSTS_TRANSIENT, "the directory failed for a moment", "try again later"},
	{100007, AADSTS_REFUSAL, "a regional token endpoint serves only managed identities and Microsoft's own apps",
     "remove endpoint.login from the profile, or set it to the cloud's own host"},
	{392189, AADSTS_REFUSAL, "the mTLS endpoint does not take this certificate",
     "remove endpoint.login from the profile: exosign signs assertions and needs no mTLS endpoint"},
	{500011, AADSTS_REFUSAL, "the resource has no service principal in this tenant",
     "check the scope's spelling; the API may have to be added to the tenant first"},
	{500021, AADSTS_REFUSAL, "the network's tenant restrictions forbid this tenant",
     "ask who runs the network's proxy to allow the tenant"},
	{500133, AADSTS_TIME, "the directory says that the assertion is outside its time",
     "repair time synchronisation; exosign does not adjust for it"},
	{500181, AADSTS_REFUSAL, "the TLS certificate is not the one the token is bound to",
     "do not use certificate-bound tokens with exosign"},
	{530032, AADSTS_REFUSAL, "a security policy of the tenant blocked the app", POLICY_FIX},
	{530035, AADSTS_REFUSAL, "the tenant's security defaults blocked the app", POLICY_FIX},
	{650052, AADSTS_REFUSAL, "the tenant has no access to the service the app asks for", CONSENT_FIX},
	{650056, AADSTS_REFUSAL, "the app's permissions are not set up as the request needs them",
     CONSENT_FIX},
	{650057, AADSTS_REFUSAL, "the resource is not among those the app registration lists",
     CONSENT_FIX},
	{700011, AADSTS_REFUSAL, "the directory does not find the app in this tenant", CLIENT_FIX},
	{700016, AADSTS_REFUSAL, "the directory does not find the app in this tenant", CLIENT_FIX},
	{700022, AADSTS_REFUSAL, "the scope names several resources at once", SCOPE_FIX},
	{700023, AADSTS_ASSERTION, "the assertion was made for another audience",
     "remove assertion-audience from the profile; check tenant and cloud"},
	{700024, AADSTS_TIME, "the directory says that the assertion is not valid yet or any more",
     "repair time synchronisation; exosign does not adjust for it"},
	{700025, AADSTS_REFUSAL, "the app is registered as public, which cannot have a certificate",
     "switch off \"Allow public client flows\" in the app registration"},
	{700027, AADSTS_ASSERTION, "the directory does not accept the certificate that signed the assertion",
     "upload the certificate to the app registration (Certificates & secrets); right after an "
     "upload, wait some minutes"},
	{700030, AADSTS_REFUSAL, "the certificate's subject is not among those the app allows",
     "remove x5c from the profile and register the certificate itself"},
	{700211, AADSTS_REFUSAL, "no federated credential of the app has this issuer",
     "wait some minutes after a change, or repair the federated credential"},
	{700212, AADSTS_REFUSAL, "no federated credential of the app has this audience",
     "wait some minutes after a change, or repair the federated credential"},
	{700213, AADSTS_REFUSAL, "no federated credential of the app has this subject",
     "wait some minutes after a change, or repair the federated credential"},
	{700229, AADSTS_REFUSAL, "the token used as a federated credential is of the wrong kind",
     "use a token issued to an app"},
	{900144, AADSTS_REFUSAL, "the directory misses a field of the request", BUG_FIX},
	{900382, AADSTS_REFUSAL, "the app may not be used across clouds",
     "set cloud in the profile to the tenant's own"},
	{900432, AADSTS_REFUSAL, "the app may not be used across clouds",
     "set cloud in the profile to the tenant's own"},
	{901002, AADSTS_REFUSAL, "the request names a resource where a scope is wanted", BUG_FIX},
	{1000610, AADSTS_REFUSAL, "the directory refused a managed identity's credential",
     "exosign does not use these: check client-id"},
	{1000611, AADSTS_REFUSAL, "the directory refused a managed identity's credential",
     "exosign does not use these: check client-id"},
	{1000612, AADSTS_REFUSAL, "the directory refused a managed identity's credential",
     "exosign does not use these: check client-id"},
	{1000613, AADSTS_REFUSAL, "the directory refused a managed identity's credential",
     "exosign does not use these: check client-id"},
	{1000614, AADSTS_REFUSAL, "the directory refused a managed identity's credential",
     "exosign does not use these: check client-id"},
	{1002012, AADSTS_REFUSAL, "an app's scope must end in /.default", SCOPE_FIX},
	{7000112, AADSTS_REFUSAL, "the app is disabled in this tenant",
     "enable the app: Enterprise applications, Properties, \"Enabled for users to sign in\""},
	{7000114, AADSTS_REFUSAL, "the app may not call on behalf of others", BUG_FIX},
	{7000215, AADSTS_REFUSAL, "the directory was given a wrong client secret",
     "exosign never sends one: check token-endpoint and what answers there"},
	{7000216, AADSTS_REFUSAL, "the directory found no credential in the request", BUG_FIX},
	{7000218, AADSTS_REFUSAL, "the directory found no credential in the request", BUG_FIX},
	{7000222, AADSTS_REFUSAL, "the directory was given an expired client secret",
     "exosign never sends one: check token-endpoint and what answers there"},
	{9001023, AADSTS_REFUSAL, "this kind of grant is not allowed at this endpoint",
     "set tenant to the directory's GUID; check endpoint.login"},
	{9002313, AADSTS_REFUSAL, "the directory cannot read the request", BUG_FIX},
};

enum { ROWS = sizeof rows / sizeof rows[0] };

const aadsts_row *
aadsts_find(int64_t code)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].code == code)
			return &rows[i];
	return NULL;
}

const aadsts_row *
aadsts_rows(size_t *ret_n)
{
	*ret_n = ROWS;
	return rows;
}

/* What refusal.c makes of each kind. */
static const error_id errors[] = {
	[AADSTS_REFUSAL] = E_ENTRA,      [AADSTS_TIME] = E_CLOCK,          [AADSTS_ASSERTION] = E_ENTRA,
	[AADSTS_TRANSIENT] = E_SERVICE, [AADSTS_THROTTLED] = E_THROTTLED,
};

bool
exs_explain_directory(size_t index, exs_explanation *ret)
{
	const aadsts_row *row;
	const error_row  *ours;

	if (index >= ROWS)
		return false;
	row = &rows[index];
	ours = error_row_of(errors[row->kind]);
	*ret = (exs_explanation){.number = (uint64_t)row->code,
	                         .meaning = row->sentence,
	                         .why = "",
	                         .fix = row->fix,
	                         .status = ours->status};
	(void)snprintf(ret->code, sizeof ret->code, "AADSTS%lld", (long long)row->code);
	if (errors[row->kind] == E_ENTRA)
		(void)snprintf(ret->error, sizeof ret->error, "%s-%lld", ours->code, (long long)row->code);
	else
		(void)snprintf(ret->error, sizeof ret->error, "%s", ours->code);
	return true;
}
