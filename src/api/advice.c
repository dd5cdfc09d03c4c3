/* Which of the two grants is missing. */
#include "api/advice.h"

#include "api/plain.h"
#include "base/json.h"

#define PERMISSION "Exchange.ManageAsApp"

typedef struct directory_role {
	const char *template_id, *name;
} directory_role;

/* The roles Exchange knows for applications (exchange-rest.md 5.2, entra-graph.md 3.4). */
static const directory_role directory_roles[] = {
	{"62e90394-69f5-4237-9190-012177145e10", "Global Administrator"},
	{"29232cdf-9323-42fd-ade2-1d097af3e4de", "Exchange Administrator"},
	{"31392ffb-586c-42d1-9346-e59415a2cc4e", "Exchange Recipient Administrator"},
	{"f2ef992c-3afb-46b9-b7cf-a126ee74c451", "Global Reader"},
	{"5d6b6bb7-de71-4623-b4af-96380a352509", "Security Reader"},
	{"194ae4cb-b126-40b2-bd5b-6091b380977d", "Security Administrator"},
	{"17315797-102d-40b4-93e0-432062caca18", "Compliance Administrator"},
	{"729827e3-9c14-49f7-bb1b-9608f156bbb8", "Helpdesk Administrator"},
};

/* What the claims hold of the two grants; the lists are for people. */
typedef struct grants {
	bool has_permission, has_role;
	buf  permissions, roles, audience;
} grants;

static void
add_to_list(buf *list, const char *name)
{
	if (name[0] == '\0')
		return;
	if (list->len > 0)
		buf_puts(list, ", ");
	plain_add(list, span_of(name), 80);
}

static const char *
role_name(const char *template_id)
{
	for (size_t i = 0; i < sizeof directory_roles / sizeof directory_roles[0]; i++)
		if (span_is_nocase(span_of(template_id), directory_roles[i].template_id))
			return directory_roles[i].name;
	return "";
}

static void
read_claims(grants *g, const json *claims)
{
	const json *roles = json_member(claims, "roles"), *wids = json_member(claims, "wids");

	add_to_list(&g->audience, json_string(json_member(claims, "aud")));
	for (const json *e = json_is_array(roles) ? json_first(roles) : NULL; e != NULL; e = json_next(e)) {
		g->has_permission |= span_is(span_of(json_string(e)), PERMISSION);
		add_to_list(&g->permissions, json_string(e));
	}
	for (const json *e = json_is_array(wids) ? json_first(wids) : NULL; e != NULL; e = json_next(e)) {
		g->has_role |= role_name(json_string(e))[0] != '\0';
		add_to_list(&g->roles, role_name(json_string(e)));
	}
}

static const char *
list_of(const buf *list)
{
	return list->len == 0 ? "none" : buf_text(list);
}

static void
explain(const fault *f, const grants *g, exs_error *error)
{
	/* without a body the reason is the message already */
	const char *reason = f->message[0] == '\0' ? "" : f->diagnostics;
	size_t      length = strlen(reason);
	const char *gap = length == 0 ? "" : reason[length - 1] == '.' ? " " : ". ";

	if (f->kind == FAULT_UNAUTHORIZED && g->has_permission && g->has_role) {
		error_why(error, "%s%sboth grants are there (" PERMISSION "; %s), so it is the token itself: "
		          "made for another service or tenant (aud %s), revoked, or stopped by Conditional "
		          "Access; a new one was refused as well",
		          reason, gap, list_of(&g->roles), list_of(&g->audience));
		error_fix(error, "compare tenant, cloud and endpoint.exchange in the profile with where the "
		          "mailboxes are, then look at the app's sign-in log in Entra");
	} else if (!g->has_permission && !g->has_role) {
		error_why(error, "%s%sthe token carries neither the permission " PERMISSION
		          " (permissions: %s) nor a directory role that Exchange knows",
		          reason, gap, list_of(&g->permissions));
		error_fix(error, "grant the app " PERMISSION " with admin consent, and assign its service "
		          "principal a role such as Exchange Administrator or Global Reader");
	} else if (!g->has_permission) {
		error_why(error, "%s%sthe token does not carry the permission " PERMISSION
		          " (permissions: %s; directory roles: %s)",
		          reason, gap, list_of(&g->permissions), list_of(&g->roles));
		error_fix(error, "grant the app " PERMISSION " of Office 365 Exchange Online, with admin "
		          "consent, then try again with a new token");
	} else if (!g->has_role) {
		error_why(error, "%s%sthe permission " PERMISSION " is there, but the token names no directory "
		          "role that Exchange knows; a role group of Exchange would not show in it",
		          reason, gap);
		error_fix(error, "assign the app's service principal a role such as Exchange Administrator "
		          "or Global Reader; it can take an hour to arrive in new tokens");
	} else {
		error_why(error, "%s%sboth grants are there (" PERMISSION "; %s), so the role does not cover "
		          "this cmdlet or parameter, or the cmdlet's name is wrong: Exchange shows an "
		          "identity only what its roles may run",
		          reason, gap, list_of(&g->roles));
		error_fix(error, "check the cmdlet's spelling, or assign a role that may run it; a role granted "
		          "minutes ago shows only in a new token");
	}
}

void
advice_add(const fault *f, const exs_bearer *bearer, exs_error *error)
{
	EXS_AUTO(json) *claims = NULL;
	grants      g = {.permissions = BUF(400), .roles = BUF(400), .audience = BUF(400)};
	const char *text = bearer == NULL ? "" : exs_bearer_claims(bearer);

	if (json_parse(span_of(text), "the claims", &claims, NULL) != EXS_OK)
		return;
	read_claims(&g, claims);
	explain(f, &g, error);
	buf_done(&g.permissions);
	buf_done(&g.roles);
	buf_done(&g.audience);
}
