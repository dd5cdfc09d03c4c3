/*
 * The statuses of HTTP that a service, a gateway or a proxy answers with (RFC 9110 section 15, RFC 6585), for those who met one in
 * a log. What exosign does about each is decided where it is met: each service has its own habits.
 */
#include "base/error.h"

#include <exosign/explain.h>
#include <stdio.h>

typedef struct status_row {
	unsigned    number;
	error_id    id; /* the code of ours that it usually becomes */
	const char *meaning, *why, *fix;
} status_row;

#define GATEWAY_WHY "a gateway or load balancer in front of the service had trouble, or a proxy of yours"
#define LATER_FIX   "nothing: reads are repeated; when it stays, try later and look at the service's health page"

static const status_row rows[] = {
	{301, E_ANSWER, "the address has moved for good", "an endpoint in the profile is an old one",
     "compare the endpoints in the profile with the cloud's: exosign config show"},
	{302, E_ANSWER, "the address is elsewhere for now",
     "the service moves a call to another of its hosts; a proxy may also want a sign-in",
     "if it leads outside the cloud's hosts, look at the proxy"},
	{400, E_EXO_CMDLET, "the service does not take the request",
     "a parameter, a filter or the body is wrong; Exchange also answers so when a cmdlet fails",
     "read the service's words: they name the parameter or the object"},
	{401, E_EXO_UNAUTHORIZED, "the service does not accept the token",
     "it is of another audience or tenant, has expired, or was revoked; Exchange also answers so when the app has none of "
     "its permissions",
     "exosign token show: audience, tenant, times and roles of the token"},
	{403, E_EXO_FORBIDDEN, "the service knows the identity and does not allow this",
     "a role or permission is missing or did not arrive yet, or a policy or firewall refuses",
     "exosign doctor --live shows what the token may; changes take up to an hour"},
	{404, E_EXO_NOT_FOUND, "there is nothing at this address",
     "the object does not exist, was just made, or the address names another tenant",
     "check the name and the tenant; what was just made takes minutes to be seen everywhere"},
	{405, E_ANSWER, "the address does not take this method", "the method goes with another address",
     "compare method and address with the service's documentation"},
	{407, E_PROXY, "the proxy wants to know who asks", "the proxy needs a name and a password",
     "set proxy in the profile; exosign config show says where it comes from"},
	{408, E_SERVICE, "the service waited too long for the request", GATEWAY_WHY, LATER_FIX},
	{409, E_EXO_CMDLET, "the request contradicts what is there",
     "somebody changed the same object at the same time, or it exists already",
     "read the object, then decide whether the change is still wanted"},
	{410, E_EXO_NOT_FOUND, "what was there is gone for good", "the object or a link to a page was removed",
     "begin again without the link"},
	{412, E_EXO_CMDLET, "the object is not as the request expects it",
     "somebody changed it since it was read", "read the object, then decide whether the change is still wanted"},
	{413, E_EXO_PARAMETER, "the request is larger than the service takes", "a value or a batch is too large",
     "send less at once"},
	{429, E_THROTTLED, "the service throttles",
     "too many requests from this app or tenant in a short time",
     "wait as long as Retry-After says; exosign does. Fewer processes at once help"},
	{500, E_SERVICE, "the service failed",
     "an error inside the service; Exchange also answers so for a cmdlet that fails in an unforeseen way",
     "read the service's words; after a write, read the object before it is repeated"},
	{501, E_ANSWER, "the service cannot do this", "the method or the address is not supported",
     "compare method and address with the service's documentation"},
	{502, E_SERVICE, "a gateway got no good answer from the service", GATEWAY_WHY, LATER_FIX},
	{503, E_SERVICE, "the service is not available now",
     "it is overloaded or being updated; with Retry-After it says when to come back", LATER_FIX},
	{504, E_SERVICE, "a gateway waited too long for the service",
     "the call takes longer than the gateway allows, or " GATEWAY_WHY,
     "ask for less at a time; after a write, read the object before it is repeated"},
};

bool
exs_explain_http(size_t index, exs_explanation *ret)
{
	const status_row *row;
	const error_row  *ours;

	if (index >= sizeof rows / sizeof rows[0])
		return false;
	row = &rows[index];
	ours = error_row_of(row->id);
	*ret = (exs_explanation){.number = row->number,
	                         .meaning = row->meaning,
	                         .why = row->why,
	                         .fix = row->fix,
	                         .status = ours->status};
	(void)snprintf(ret->code, sizeof ret->code, "HTTP-%u", row->number);
	(void)snprintf(ret->error, sizeof ret->error, "%s", ours->code);
	return true;
}
