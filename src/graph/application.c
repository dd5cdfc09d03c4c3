/* An application in the directory. */
#include "graph/application.h"

#include "base/error.h"
#include "base/jsontext.h"

#include <stdio.h>

#define SELECT "?$select=id,appId,displayName,signInAudience,tags,requiredResourceAccess,keyCredentials,createdDateTime"

enum { PATH_LENGTH_MAX = 1024, BODY_MAX = 3 * 1024 * 1024 };

void
application_done(application *a)
{
	buf_done(&a->text);
}

span
application_span(const application *a)
{
	return span_trim(buf_span(&a->text));
}

static bool
member_is(span object, const char *member, const char *text)
{
	EXS_SCOPED(buf) value = BUF(4096);

	graph_text(&value, object, member);
	return span_is_nocase(buf_span(&value), text);
}

static bool
string_is(span value, const char *text)
{
	EXS_SCOPED(buf) string = BUF(4096);

	if (jsontext_kind_of(value) != JSONTEXT_STRING)
		return false;
	jsontext_decode(&string, value);
	return span_is(buf_span(&string), text);
}

/* The member when it is an array, else one whose at is NULL. */
static span
array_of(span object, const char *member)
{
	span value = jsontext_member(object, member);

	return value.at != NULL && jsontext_kind_of(value) == JSONTEXT_ARRAY ? value : span_from(NULL, 0);
}

static bool
object_has_tag(span object, const char *tag)
{
	span          tags = array_of(object, "tags"), name, value;
	jsontext_walk walk;

	if (tags.at == NULL)
		return false;
	walk = jsontext_open(tags);
	while (jsontext_next(&walk, &name, &value))
		if (string_is(value, tag))
			return true;
	return false;
}

bool
application_has_tag(const application *a, const char *tag)
{
	return object_has_tag(application_span(a), tag);
}

static bool
access_has_role(span access, const char *role_id)
{
	span          roles = array_of(access, "resourceAccess"), name, value;
	jsontext_walk walk;

	if (roles.at == NULL)
		return false;
	walk = jsontext_open(roles);
	while (jsontext_next(&walk, &name, &value))
		if (jsontext_kind_of(value) == JSONTEXT_OBJECT && member_is(value, "id", role_id) &&
		    member_is(value, "type", "Role"))
			return true;
	return false;
}

bool
application_asks_for(const application *a, const char *resource_app_id, const char *role_id)
{
	span          list = array_of(application_span(a), "requiredResourceAccess"), name, value;
	jsontext_walk walk;

	if (list.at == NULL)
		return false;
	walk = jsontext_open(list);
	while (jsontext_next(&walk, &name, &value))
		if (jsontext_kind_of(value) == JSONTEXT_OBJECT &&
		    member_is(value, "resourceAppId", resource_app_id) && access_has_role(value, role_id))
			return true;
	return false;
}

/* a->text holds an answer: is it an application? */
static exs_status
take(application *a, exs_error *error)
{
	span object = application_span(a);

	if (object.len == 0 || jsontext_kind_of(object) != JSONTEXT_OBJECT ||
	    !graph_id(object, "id", a->object_id) || !graph_id(object, "appId", a->app_id))
		return exs_fail(error, E_ANSWER, "the directory's answer is no application");
	return EXS_OK;
}

static exs_status
look(graph *g, const char *path, application *ret, bool *ret_found, exs_error *error)
{
	ret->text = BUF(APPLICATION_MAX);
	EXS_TRY(graph_look(g, "read the application", path, &ret->text, ret_found, error));
	return *ret_found ? take(ret, error) : EXS_OK;
}

exs_status
application_by_app_id(graph *g, const char *app_id, application *ret, bool *ret_found,
                      exs_error *error)
{
	char path[PATH_LENGTH_MAX];

	if (!graph_is_id(app_id))
		return exs_fail(error, E_CONFIG_VALUE, "client-id is no id: %.100s", app_id);
	(void)snprintf(path, sizeof path, "/v1.0/applications(appId='%s')" SELECT, app_id);
	return look(g, path, ret, ret_found, error);
}

exs_status
application_by_object_id(graph *g, const char *object_id, application *ret, bool *ret_found,
                         exs_error *error)
{
	char path[PATH_LENGTH_MAX];

	(void)snprintf(path, sizeof path, "/v1.0/applications/%s" SELECT, object_id);
	return look(g, path, ret, ret_found, error);
}

typedef struct search {
	const char *tag;
	char        object_id[GRAPH_ID_MAX];
	unsigned    tagged, namesakes;
} search;

static exs_status
see(void *self, span row, exs_error *error)
{
	search *s = self;

	if (jsontext_kind_of(row) != JSONTEXT_OBJECT)
		return exs_fail(error, E_ANSWER, "the list of applications holds what is none");
	if (!object_has_tag(row, s->tag)) {
		s->namesakes++;
		return EXS_OK;
	}
	s->tagged++;
	if (!graph_id(row, "id", s->object_id))
		return exs_fail(error, E_ANSWER, "an application came without its id");
	return EXS_OK;
}

exs_status
application_by_tag(graph *g, const char *name, const char *tag, application *ret, bool *ret_found,
                   unsigned *ret_namesakes, exs_error *error)
{
	search s = {.tag = tag};
	EXS_SCOPED(buf) path = BUF(SMALL_URL_MAX);
	exs_status status;

	buf_puts(&path, "/v1.0/applications?$filter=displayName%20eq%20");
	graph_quote(&path, name);
	buf_puts(&path, "&$select=id,appId,displayName,tags");
	EXS_TRY(buf_check(&path, "the application's name", error));
	EXS_TRY(graph_list(g, "look for the application", buf_text(&path), see, &s, error));
	*ret_namesakes = s.namesakes;
	*ret_found = false;
	if (s.tagged > 1) {
		status = exs_fail(error, E_GRAPH_REFUSED, "%u applications called \"%.100s\" were made by exosign",
		                  s.tagged, name);
		error_fix(error, "say which: --client-id GUID; delete the others");
		return status;
	}
	return s.tagged == 0 ? EXS_OK : application_by_object_id(g, s.object_id, ret, ret_found, error);
}

exs_status
application_create(graph *g, const char *name, const char *tag, application *ret, exs_error *error)
{
	EXS_SCOPED(buf) body = BUF(BODY_MAX);
	graph_write write = {.aim = "make the application", .method = "POST", .path = "/v1.0/applications"};

	ret->text = BUF(APPLICATION_MAX);
	buf_puts(&body, "{\"displayName\":");
	jsontext_quote(&body, span_of(name));
	buf_puts(&body, ",\"signInAudience\":\"AzureADMyOrg\",\"tags\":[");
	jsontext_quote(&body, span_of(tag));
	buf_puts(&body, "]}");
	EXS_TRY(buf_check(&body, "the application", error));
	write.body = buf_span(&body);
	EXS_TRY(graph_send(g, &write, &ret->text, error));
	return take(ret, error);
}

exs_status
application_patch(graph *g, const application *a, const char *aim, span body, exs_error *error)
{
	char path[PATH_LENGTH_MAX];

	(void)snprintf(path, sizeof path, "/v1.0/applications/%s", a->object_id);
	return graph_send(g, &(graph_write){aim, "PATCH", path, body, true}, NULL, error);
}

/* The resource's entry with one more role, other bytes as they came. */
static void
add_role(buf *to, span access, const char *role_id)
{
	jsontext_walk walk = jsontext_open(access);
	const char   *separator = "{";
	span          name, value;
	bool          is_there = false;

	while (jsontext_next(&walk, &name, &value)) {
		buf_puts(to, separator);
		buf_add(to, name);
		buf_byte(to, ':');
		separator = ",";
		if (!span_is(name, "\"resourceAccess\"") || jsontext_kind_of(value) != JSONTEXT_ARRAY) {
			buf_add(to, value);
			continue;
		}
		value = span_trim(span_from(value.at + 1, value.len - 2));
		buf_addf(to, "[%.*s%s{\"id\":\"%s\",\"type\":\"Role\"}]", (int)value.len, value.at,
		         value.len > 0 ? "," : "", role_id);
		is_there = true;
	}
	if (!is_there)
		buf_addf(to, "%s\"resourceAccess\":[{\"id\":\"%s\",\"type\":\"Role\"}]", separator, role_id);
	buf_byte(to, '}');
}

exs_status
application_ask_for(graph *g, const application *a, const char *resource_app_id,
                    const char *role_id, exs_error *error)
{
	span list = array_of(application_span(a), "requiredResourceAccess"), name, value;
	EXS_SCOPED(buf) body = BUF(BODY_MAX);
	const char     *separator = "";
	bool            added = false;

	buf_puts(&body, "{\"requiredResourceAccess\":[");
	if (list.at != NULL) {
		jsontext_walk walk = jsontext_open(list);

		while (jsontext_next(&walk, &name, &value)) {
			buf_puts(&body, separator);
			separator = ",";
			if (!added && jsontext_kind_of(value) == JSONTEXT_OBJECT &&
			    member_is(value, "resourceAppId", resource_app_id)) {
				add_role(&body, value, role_id);
				added = true;
			} else {
				buf_add(&body, value);
			}
		}
	}
	if (!added)
		buf_addf(&body,
		         "%s{\"resourceAppId\":\"%s\",\"resourceAccess\":[{\"id\":\"%s\",\"type\":\"Role\"}]}",
		         separator, resource_app_id, role_id);
	buf_puts(&body, "]}");
	EXS_TRY(buf_check(&body, "the application's permissions", error));
	return application_patch(g, a, "ask for the permission", buf_span(&body), error);
}

static exs_status
send_proved(graph *g, const char *aim, const char *object_id, const char *action, buf *body,
            span proof, buf *answer, exs_error *error)
{
	char path[PATH_LENGTH_MAX];

	buf_puts(body, ",\"proof\":");
	jsontext_quote(body, proof);
	buf_byte(body, '}');
	EXS_TRY(buf_check(body, "the request", error));
	(void)snprintf(path, sizeof path, "/v1.0/applications/%s/%s", object_id, action);
	return graph_send(g, &(graph_write){aim, "POST", path, buf_span(body), false}, answer, error);
}

exs_status
application_add_key(graph *g, const char *object_id, span key, span proof,
                    char ret_key_id[GRAPH_ID_MAX], exs_error *error)
{
	EXS_SCOPED(buf) body = BUF(BODY_MAX);
	EXS_SCOPED(buf) answer = BUF(SMALL_MAX);
	span            object;

	ret_key_id[0] = '\0';
	buf_puts(&body, "{\"keyCredential\":");
	buf_add(&body, key);
	buf_puts(&body, ",\"passwordCredential\":null");
	EXS_TRY(send_proved(g, "add the certificate", object_id, "addKey", &body, proof, &answer, error));
	object = span_trim(buf_span(&answer));
	if (object.len > 0 && jsontext_kind_of(object) == JSONTEXT_OBJECT)
		(void)graph_id(object, "keyId", ret_key_id);
	return EXS_OK;
}

exs_status
application_remove_key(graph *g, const char *object_id, const char *key_id, span proof,
                       exs_error *error)
{
	EXS_SCOPED(buf) body = BUF(BODY_MAX);

	buf_addf(&body, "{\"keyId\":\"%s\"", key_id);
	return send_proved(g, "remove the certificate", object_id, "removeKey", &body, proof, NULL, error);
}
