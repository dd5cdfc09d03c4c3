/* Service principals and what they may do. */
#include "graph/principal.h"

#include "base/encode.h"
#include "base/error.h"
#include "base/jsontext.h"

#include <stdio.h>

enum { PATH_LENGTH_MAX = 1024, BODY_MAX = 16 * 1024 };

void
principal_done(principal *p)
{
	buf_done(&p->text);
}

static span
object_of(const principal *p)
{
	return span_trim(buf_span(&p->text));
}

static exs_status
take(principal *p, exs_error *error)
{
	span object = object_of(p);

	if (object.len == 0 || jsontext_kind_of(object) != JSONTEXT_OBJECT ||
	    !graph_id(object, "id", p->object_id) || !graph_id(object, "appId", p->app_id))
		return exs_fail(error, E_ANSWER, "the directory's answer is no service principal");
	return EXS_OK;
}

exs_status
principal_by_app_id(graph *g, const char *app_id, principal *ret, bool *ret_found, exs_error *error)
{
	char path[PATH_LENGTH_MAX];

	ret->text = BUF(SMALL_MAX);
	(void)snprintf(path, sizeof path,
	               "/v1.0/servicePrincipals(appId='%s')?$select=id,appId,displayName,accountEnabled,appRoles",
	               app_id);
	EXS_TRY(graph_look(g, "read the service principal", path, &ret->text, ret_found, error));
	return *ret_found ? take(ret, error) : EXS_OK;
}

exs_status
principal_create(graph *g, const char *app_id, principal *ret, exs_error *error)
{
	char        body[BODY_MAX];
	graph_write write = {.aim = "make the service principal",
	                     .method = "POST",
	                     .path = "/v1.0/servicePrincipals",
	                     .fresh = true};

	ret->text = BUF(SMALL_MAX);
	(void)snprintf(body, sizeof body, "{\"appId\":\"%s\"}", app_id);
	write.body = span_of(body);
	EXS_TRY(graph_send(g, &write, &ret->text, error));
	return take(ret, error);
}

/* Is it a permission for applications, not for people? */
static bool
is_for_applications(span role)
{
	span          types = jsontext_member(role, "allowedMemberTypes"), name, value;
	jsontext_walk walk;

	if (types.at == NULL || jsontext_kind_of(types) != JSONTEXT_ARRAY)
		return false;
	walk = jsontext_open(types);
	while (jsontext_next(&walk, &name, &value))
		if (span_is(value, "\"Application\""))
			return true;
	return false;
}

/* The first role with this text in this member. */
static span
find_role(const principal *p, const char *member, const char *text)
{
	span          roles = jsontext_member(object_of(p), "appRoles"), name, value;
	jsontext_walk walk;

	if (roles.at == NULL || jsontext_kind_of(roles) != JSONTEXT_ARRAY)
		return span_from(NULL, 0);
	walk = jsontext_open(roles);
	while (jsontext_next(&walk, &name, &value)) {
		EXS_SCOPED(buf) found = BUF(4096);

		if (jsontext_kind_of(value) != JSONTEXT_OBJECT || !is_for_applications(value))
			continue;
		graph_text(&found, value, member);
		if (span_is_nocase(buf_span(&found), text))
			return value;
	}
	return span_from(NULL, 0);
}

bool
principal_role_id(const principal *resource, const char *value, char ret[GRAPH_ID_MAX])
{
	span role = find_role(resource, "value", value);

	return role.at != NULL && graph_id(role, "id", ret);
}

void
principal_role_name(const principal *resource, const char *role_id, buf *to)
{
	span role = find_role(resource, "id", role_id);

	if (role.at != NULL)
		graph_text(to, role, "value");
}

typedef struct grants_walk {
	grant_visit visit;
	void       *self;
} grants_walk;

static exs_status
see_grant(void *self, span row, exs_error *error)
{
	const grants_walk *w = self;
	grant_row g;

	if (jsontext_kind_of(row) != JSONTEXT_OBJECT || !graph_id(row, "appRoleId", g.role_id) ||
	    !graph_id(row, "resourceId", g.resource_id))
		return exs_fail(error, E_ANSWER, "a granted permission came without its ids");
	(void)graph_id(row, "id", g.id);
	return w->visit(w->self, &g, error);
}

exs_status
grants_of(graph *g, const char *principal_id, grant_visit visit, void *self, exs_error *error)
{
	char        path[PATH_LENGTH_MAX];
	grants_walk w = {visit, self};

	(void)snprintf(path, sizeof path, "/v1.0/servicePrincipals/%s/appRoleAssignments", principal_id);
	return graph_list(g, "read the granted permissions", path, see_grant, &w, error);
}

typedef struct wanted {
	const char *a, *b;
	bool        found;
} wanted;

static exs_status
match_grant(void *self, const grant_row *row, exs_error *error)
{
	wanted *w = self;

	(void)error;
	w->found |= span_is_nocase(span_of(row->resource_id), w->a) &&
	            span_is_nocase(span_of(row->role_id), w->b);
	return EXS_OK;
}

exs_status
grants_have(graph *g, const char *principal_id, const char *resource_id, const char *role_id,
            bool *ret, exs_error *error)
{
	wanted w = {resource_id, role_id, false};

	EXS_TRY(grants_of(g, principal_id, match_grant, &w, error));
	*ret = w.found;
	return EXS_OK;
}

exs_status
grant_create(graph *g, const char *principal_id, const char *resource_id, const char *role_id,
             exs_error *error)
{
	char path[PATH_LENGTH_MAX], body[BODY_MAX];

	(void)snprintf(path, sizeof path, "/v1.0/servicePrincipals/%s/appRoleAssignments", principal_id);
	(void)snprintf(body, sizeof body,
	               "{\"principalId\":\"%s\",\"resourceId\":\"%s\",\"appRoleId\":\"%s\"}", principal_id,
	               resource_id, role_id);
	return graph_send(g, &(graph_write){"grant the permission", "POST", path, span_of(body), true}, NULL,
	                  error);
}

static const directory_role roles[] = {
	{"31392ffb-586c-42d1-9346-e59415a2cc4e", "Exchange Recipient Administrator",
     "recipients: mailboxes, groups, contacts and their settings", false, false},
	{"f2ef992c-3afb-46b9-b7cf-a126ee74c451", "Global Reader", "reads everything, changes nothing", true,
     false},
	{"5d6b6bb7-de71-4623-b4af-96380a352509", "Security Reader",
     "reads security settings and some of Exchange, changes nothing", true, false},
	{"29232cdf-9323-42fd-ade2-1d097af3e4de", "Exchange Administrator",
     "everything in Exchange Online: organization, mail flow, recipients", false, false},
	{"729827e3-9c14-49f7-bb1b-9608f156bbb8", "Helpdesk Administrator",
     "views recipients; beyond Exchange it resets passwords", false, true},
	{"194ae4cb-b126-40b2-bd5b-6091b380977d", "Security Administrator",
     "security settings, in Exchange and far beyond it", true, true},
	{"17315797-102d-40b4-93e0-432062caca18", "Compliance Administrator",
     "compliance settings, in Exchange and far beyond it", true, true},
	{"62e90394-69f5-4237-9190-012177145e10", "Global Administrator",
     "everything in the tenant: no app should need it", true, true},
};

const directory_role *
directory_roles(size_t *ret_n)
{
	*ret_n = sizeof roles / sizeof roles[0];
	return roles;
}

/* "exchange-administrator" is "Exchange Administrator". */
static bool
is_same_name(const char *a, const char *b)
{
	for (;; a++, b++) {
		while (*a == ' ' || *a == '-' || *a == '_')
			a++;
		while (*b == ' ' || *b == '-' || *b == '_')
			b++;
		if ((*a | 0x20) != (*b | 0x20))
			return false;
		if (*a == '\0')
			return true;
	}
}

const directory_role *
directory_role_find(const char *name)
{
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
		if (is_same_name(name, roles[i].name) ||
		    span_is_nocase(span_of(name), roles[i].template_id))
			return &roles[i];
	return NULL;
}

typedef struct roles_walk {
	role_visit visit;
	void      *self;
} roles_walk;

static exs_status
see_role(void *self, span row, exs_error *error)
{
	const roles_walk *w = self;
	char id[GRAPH_ID_MAX];

	if (jsontext_kind_of(row) != JSONTEXT_OBJECT || !graph_id(row, "roleDefinitionId", id))
		return exs_fail(error, E_ANSWER, "a role assignment came without its role");
	return w->visit(w->self, id, error);
}

exs_status
roles_of(graph *g, const char *principal_id, role_visit visit, void *self, exs_error *error)
{
	EXS_SCOPED(buf) path = BUF(SMALL_URL_MAX);
	roles_walk w = {visit, self};

	buf_puts(&path, "/v1.0/roleManagement/directory/roleAssignments?$filter=principalId%20eq%20");
	graph_quote(&path, principal_id);
	EXS_TRY(buf_check(&path, "the address", error));
	return graph_list(g, "read the directory roles", buf_text(&path), see_role, &w, error);
}

static exs_status
match_role(void *self, const char *template_id, exs_error *error)
{
	wanted *w = self;

	(void)error;
	w->found |= span_is_nocase(span_of(template_id), w->a);
	return EXS_OK;
}

exs_status
roles_have(graph *g, const char *principal_id, const char *template_id, bool *ret, exs_error *error)
{
	wanted w = {template_id, "", false};

	EXS_TRY(roles_of(g, principal_id, match_role, &w, error));
	*ret = w.found;
	return EXS_OK;
}

exs_status
role_assign(graph *g, const char *principal_id, const char *template_id, exs_error *error)
{
	EXS_SCOPED(buf) body = BUF(BODY_MAX);

	buf_addf(&body,
	         "{\"@odata.type\":\"#microsoft.graph.unifiedRoleAssignment\",\"roleDefinitionId\":\"%s\","
	         "\"principalId\":\"%s\",\"directoryScopeId\":\"/\"}",
	         template_id, principal_id);
	EXS_TRY(buf_check(&body, "the role", error));
	return graph_send(g,
	                  &(graph_write){"assign the directory role", "POST",
	                                 "/v1.0/roleManagement/directory/roleAssignments", buf_span(&body),
	                                 true},
	                  NULL, error);
}
