/*
 * The codes of Microsoft Graph and of Key Vault, in our words (entra-graph.md 3.6 to 3.9, 5).
 *
 * The kind stands here because the status alone does not tell: Graph sends 400 for what is not there yet, for what is
 * there already and for what can never be. A code that is not in the table is judged by its status.
 */
#include "api/restcode.h"

#include <exosign/explain.h>
#include <stdio.h>

#define POLICY_FIX "make the certificate as the tenant's policy for apps wants it: exosign app status shows the policy"
#define RIGHTS_FIX "sign in as somebody whose directory role may do this: Application Administrator for apps and their " \
	"certificates, Privileged Role Administrator for directory roles"

static const restcode_row rows[] = {
	{"Authentication_ExpiredToken", FAULT_UNAUTHORIZED, "the token has expired",
     "get a new one; check this machine's clock"},
	{"Authentication_MissingOrMalformed", FAULT_UNAUTHORIZED,
     "the token, or the proof of possession of a key, is missing or not as it should be",
     "the proof is signed with a certificate of the app that is valid now: exosign app status"},
	{"Authentication_Unauthorized", FAULT_UNAUTHORIZED, "the token is not accepted",
     "exosign token show: audience, tenant and times of the token"},
	{"Authorization_IdentityNotFound", FAULT_FORBIDDEN, "the directory does not find who asks",
     "a service principal that is new takes some minutes; then check tenant and client-id"},
	{"Authorization_RequestDenied", FAULT_FORBIDDEN, "the identity may not do this", RIGHTS_FIX},
	{"CannotDeleteOrUpdateEnabledEntitlement", FAULT_PARAMETER,
     "an enabled permission cannot be changed or deleted", "disable it first"},
	{"CredentialInvalidLifetimeAsPerAppPolicy", FAULT_FORBIDDEN,
     "the certificate lives longer than the tenant's policy for apps lets it", POLICY_FIX},
	{"CredentialTypeNotAllowedAsPerAppPolicy", FAULT_FORBIDDEN,
     "the tenant's policy for apps does not allow this kind of credential", POLICY_FIX},
	{"Directory_BindingRedirection", FAULT_TRANSIENT, "the directory moved the tenant meanwhile", "try again"},
	{"Directory_ConcurrencyViolation", FAULT_TRANSIENT, "two writers changed the same object at once",
     "try again: exosign reads the object anew"},
	{"Directory_ExpiredPageToken", FAULT_EXPIRED_LINK, "the link to the next page has expired", "run it again"},
	{"Directory_ObjectNotFound", FAULT_NOT_FOUND, "the directory does not find the object",
     "an object that is new takes some minutes to be everywhere; else check its id"},
	{"Directory_QuotaExceeded", FAULT_FORBIDDEN, "the directory's quota of objects is used up",
     "delete objects that are not needed, deleted apps among them, or ask for more quota"},
	{"Forbidden", FAULT_FORBIDDEN, "the identity may not do this",
     "give the identity the right to read it: a role of the vault, or its access policy"},
	{"InsufficientPrivileges", FAULT_FORBIDDEN, "the identity may not do this", RIGHTS_FIX},
	{"InvalidAuthenticationToken", FAULT_UNAUTHORIZED, "the token is not accepted",
     "exosign token show: audience, tenant and times of the token"},
	{"KeyCredentialsInvalidEndDate", FAULT_PARAMETER, "the certificate ends later than the directory allows",
     "make the certificate shorter: exosign cert create --days N"},
	{"NoBackingApplicationObject", FAULT_NOT_FOUND, "the application has not arrived everywhere yet",
     "try again in a minute; exosign app setup waits for it"},
	{"Request_BadRequest", FAULT_PARAMETER, "the directory does not accept the request",
     "read the directory's words"},
	{"Request_MultipleObjectsWithSameKeyValue", FAULT_PARAMETER, "the directory has such an object already",
     "look for it: exosign app status"},
	{"Request_ResourceNotFound", FAULT_NOT_FOUND, "the directory does not find the object",
     "an object that is new takes some minutes to be everywhere; else check its id"},
	{"Request_ThrottledTemporarily", FAULT_THROTTLED, "the directory throttles", "wait, then try again"},
	{"Request_UnsupportedQuery", FAULT_PARAMETER, "the directory does not know this query",
     "compare filter and select with the documentation of the call"},
	{"SecretNotFound", FAULT_NOT_FOUND, "the vault has no secret of this name",
     "exosign vault secret list"},
	{"Service_InternalServerError", FAULT_TRANSIENT, "the directory failed", "try again later"},
	{"ServiceUnavailable", FAULT_TRANSIENT, "the directory failed", "try again later"},
	{"TooManyRequests", FAULT_THROTTLED, "the service throttles", "wait, then try again"},
};

enum { ROWS = sizeof rows / sizeof rows[0] };

const restcode_row *
restcode_find(const char *code)
{
	for (size_t i = 0; i < ROWS; i++)
		if (span_is_nocase(span_of(code), rows[i].code))
			return &rows[i];
	return NULL;
}

static error_id
error_of(fault_kind kind)
{
	static const error_id ids[] = {
		[FAULT_NOT_FOUND] = E_GRAPH_NOT_FOUND, [FAULT_PARAMETER] = E_GRAPH_REFUSED,
		[FAULT_UNAUTHORIZED] = E_GRAPH_UNAUTHORIZED, [FAULT_FORBIDDEN] = E_GRAPH_FORBIDDEN,
		[FAULT_THROTTLED] = E_THROTTLED, [FAULT_TRANSIENT] = E_SERVICE,
		[FAULT_EXPIRED_LINK] = E_EXO_PAGING,
	};

	return ids[kind];
}

bool
exs_explain_graph(size_t index, exs_explanation *ret)
{
	const error_row *row;

	if (index >= ROWS)
		return false;
	row = error_row_of(error_of(rows[index].kind));
	*ret = (exs_explanation){.meaning = rows[index].sentence,
	                         .why = row->meaning,
	                         .fix = rows[index].fix,
	                         .status = row->status};
	(void)snprintf(ret->code, sizeof ret->code, "%s", rows[index].code);
	(void)snprintf(ret->error, sizeof ret->error, "%s", row->code);
	return true;
}
