/* Which of the two grants is missing. */
#include "api/advice.h"

#include "api/plain.h"
#include "base/json.h"

/* What each service wants. The two permissions look alike and stand for different interfaces (exchange-rest.md 1.7). */
typedef struct wish {
	const char *name;       /* of the service */
	const char *permission;
	const char *confused;   /* the permission that is taken for it, or NULL */
	const char *endpoint;   /* the setting that says where it is */
	const char *elsewhere;  /* where a cmdlet that it does not have may be; or "" */
} wish;

static const wish wishes[] = {
	[ADVICE_EXCHANGE] = {"Exchange", "Exchange.ManageAsApp", "Exchange.ManageAsAppV2", "endpoint.exchange",
	                     " and service (Security & Compliance: --service compliance)"},
	[ADVICE_V2] = {"the API v2.0", "Exchange.ManageAsAppV2", "Exchange.ManageAsApp", "endpoint.exchange", ""},
	[ADVICE_COMPLIANCE] = {"Security & Compliance", "Exchange.ManageAsApp", "Exchange.ManageAsAppV2",
	                       "endpoint.compliance", " and service (Exchange: without --service compliance)"},
};

typedef struct directory_role {
	const char *template_id, *name;
	bool        in_compliance;
} directory_role;

/* The roles Exchange, and some of them Security & Compliance, know for applications (exchange-rest.md 4, 5.2). */
static const directory_role directory_roles[] = {
	{"62e90394-69f5-4237-9190-012177145e10", "Global Administrator", true},
	{"29232cdf-9323-42fd-ade2-1d097af3e4de", "Exchange Administrator", false},
	{"31392ffb-586c-42d1-9346-e59415a2cc4e", "Exchange Recipient Administrator", false},
	{"f2ef992c-3afb-46b9-b7cf-a126ee74c451", "Global Reader", true},
	{"5d6b6bb7-de71-4623-b4af-96380a352509", "Security Reader", true},
	{"194ae4cb-b126-40b2-bd5b-6091b380977d", "Security Administrator", true},
	{"17315797-102d-40b4-93e0-432062caca18", "Compliance Administrator", true},
	{"729827e3-9c14-49f7-bb1b-9608f156bbb8", "Helpdesk Administrator", false},
};

/* What the claims hold of the two grants; the lists are for people. */
typedef struct grants {
	const wish *wish;
	bool        has_permission, has_confused, has_role, has_strange_role;
	buf         permissions, roles, audience;
} grants;

/* Every token has this one; it says nothing. */
#define ROLE_EVERYONE "b79fbf4d-3ef9-4689-8143-76b194e85509"

static void
add_to_list(buf *list, const char *name)
{
	if (name[0] == '\0')
		return;
	if (list->len > 0)
		buf_puts(list, ", ");
	plain_add(list, span_of(name), 80);
}

static void
take_role(grants *g, const char *template_id)
{
	bool compliance = g->wish == &wishes[ADVICE_COMPLIANCE];

	for (size_t i = 0; i < sizeof directory_roles / sizeof directory_roles[0]; i++) {
		const directory_role *role = &directory_roles[i];

		if (span_is_nocase(span_of(template_id), role->template_id)) {
			g->has_role |= !compliance || role->in_compliance;
			g->has_strange_role |= compliance && !role->in_compliance;
			add_to_list(&g->roles, role->name);
			return;
		}
	}
	if (!span_is_nocase(span_of(template_id), ROLE_EVERYONE)) {
		g->has_strange_role = true;
		add_to_list(&g->roles, template_id);
	}
}

static void
read_claims(grants *g, const json *claims)
{
	const json *roles = json_member(claims, "roles"), *wids = json_member(claims, "wids");

	add_to_list(&g->audience, json_string(json_member(claims, "aud")));
	for (const json *e = json_is_array(roles) ? json_first(roles) : NULL; e != NULL; e = json_next(e)) {
		span permission = span_of(json_string(e));

		g->has_permission |= span_is(permission, g->wish->permission);
		g->has_confused |= span_is(permission, g->wish->confused);
		add_to_list(&g->permissions, json_string(e));
	}
	for (const json *e = json_is_array(wids) ? json_first(wids) : NULL; e != NULL; e = json_next(e))
		take_role(g, json_string(e));
}

static const char *
list_of(const buf *list)
{
	return list->len == 0 ? "none" : buf_text(list);
}

static void
explain_token(const grants *g, const char *reason, const char *gap, exs_error *error)
{
	error_why(error, "%s%sboth grants are there (%s; %s), so it is the token itself: made for another "
	          "service or tenant (aud %s), revoked, or stopped by Conditional Access; a new one was "
	          "refused as well",
	          reason, gap, g->wish->permission, list_of(&g->roles), list_of(&g->audience));
	error_fix(error, "compare tenant, cloud and %s in the profile with where the mailboxes are, then look "
	          "at the app's sign-in log in Entra", g->wish->endpoint);
}

static void
explain_permission(const grants *g, const char *reason, const char *gap, exs_error *error)
{
	const char *permission = g->wish->permission;

	if (!g->has_role && !g->has_confused) {
		error_why(error, "%s%sthe token carries neither the permission %s (permissions: %s) nor a directory "
		          "role that %s knows",
		          reason, gap, permission, list_of(&g->permissions), g->wish->name);
		error_fix(error, "grant the app %s with admin consent, and assign its service principal a role such "
		          "as Exchange Administrator or Global Reader", permission);
		return;
	}
	error_why(error, "%s%sthe token does not carry the permission %s (permissions: %s; directory roles: %s)%s%s%s",
	          reason, gap, permission, list_of(&g->permissions), list_of(&g->roles),
	          g->has_confused ? "; " : "", g->has_confused ? g->wish->confused : "",
	          g->has_confused ? " is another one, for another interface" : "");
	if (g->has_confused && g->wish == &wishes[ADVICE_V2])
		error_fix(error, "leave --api v2 out, or grant the app %s of Office 365 Exchange Online with admin "
		          "consent and take a new token", permission);
	else
		error_fix(error, "grant the app %s of Office 365 Exchange Online, with admin consent, then try again "
		          "with a new token%s", permission,
		          g->has_confused && g->wish == &wishes[ADVICE_EXCHANGE]
		                  ? "; or use --api v2 for its ten cmdlets" : "");
}

static void
explain_role(const grants *g, const char *reason, const char *gap, exs_error *error)
{
	if (g->has_strange_role)
		error_why(error, "%s%sthe permission %s is there, but %s takes none of the directory roles in the "
		          "token from an application: %s",
		          reason, gap, g->wish->permission, g->wish->name, list_of(&g->roles));
	else
		error_why(error, "%s%sthe permission %s is there, but the token names no directory role that %s "
		          "knows; a role group of Exchange would not show in it",
		          reason, gap, g->wish->permission, g->wish->name);
	error_fix(error, "assign the app's service principal a role such as %s or Global Reader; it can take an "
	          "hour to arrive in new tokens",
	          g->wish == &wishes[ADVICE_COMPLIANCE] ? "Compliance Administrator" : "Exchange Administrator");
}

/* Has the service said with its own words that a role is none it takes? */
static bool
is_scenario(const fault *f)
{
	const saying *said = saying_in_message(span_of(f->message));

	return said != NULL && span_find(span_of(said->text), "supported in this scenario") >= 0;
}

static void
explain(const fault *f, const grants *g, exs_error *error)
{
	/* without a body the reason is the message already */
	const char *reason = f->message[0] == '\0' ? "" : f->diagnostics;
	size_t      length = strlen(reason);
	const char *gap = length == 0 ? "" : reason[length - 1] == '.' ? " " : ". ";

	if (f->kind == FAULT_UNAUTHORIZED && g->has_permission && g->has_role) {
		explain_token(g, reason, gap, error);
	} else if (!g->has_permission) {
		explain_permission(g, reason, gap, error);
	} else if (!g->has_role) {
		explain_role(g, reason, gap, error);
	} else if (is_scenario(f)) {
		error_why(error, "%s%sboth grants are there (%s; directory roles: %s), and one of the roles is none "
		          "that %s takes from an application for this",
		          reason, gap, g->wish->permission, list_of(&g->roles), g->wish->name);
		error_fix(error, "take the other roles from the app's service principal, or run what only people may "
		          "run as a person");
	} else {
		error_why(error, "%s%sboth grants are there (%s; %s), so the role does not cover this cmdlet or "
		          "parameter, or the cmdlet's name is wrong: %s shows an identity only what its roles may "
		          "run",
		          reason, gap, g->wish->permission, list_of(&g->roles), g->wish->name);
		error_fix(error, "check the cmdlet's spelling%s, or assign a role that may run it; a role granted "
		          "minutes ago shows only in a new token",
		          g->wish->elsewhere);
	}
}

void
advice_add(const fault *f, const exs_bearer *bearer, advice_service service, exs_error *error)
{
	EXS_AUTO(json) *claims = NULL;
	grants      g = {.wish = &wishes[service], .permissions = BUF(400), .roles = BUF(400),
	                 .audience = BUF(400)};
	const char *text = bearer == NULL ? "" : exs_bearer_claims(bearer);

	if (json_parse(span_of(text), "the claims", &claims, NULL) != EXS_OK)
		return;
	read_claims(&g, claims);
	explain(f, &g, error);
	buf_done(&g.permissions);
	buf_done(&g.roles);
	buf_done(&g.audience);
}
