/*
 * What the tenant knows of the app, beside what the token holds. Each thing is a row; what may not be read is a row that says so,
 * so that the app's own token shows what it can.
 */
#include "lifecycle/keyuri.h"
#include "lifecycle/renewal.h"

#include "base/error.h"
#include "base/jsonobject.h"
#include "base/moment.h"

#include <exosign/certificate.h>
#include <stdio.h>

enum { CERTIFICATES_MAX = 256, WHERE_MAX = 512 };

typedef struct on_token {
	char    sha1[41], sha256[65], where[WHERE_MAX];
	int64_t not_after;
	bool    key_seen, registered;
} on_token;

typedef struct survey {
	work             w;
	int64_t          due_s;
	exs_status_visit visit;
	void            *self;
	on_token        *token;
	size_t           n_token;
} survey;

static void
survey_done(survey *s)
{
	work_done(&s->w);
	mem_free(s->token);
}

/* A row: kind, name, state, detail, and two members more. */
static exs_status
tell(const survey *s, const char *kind, const char *name, const char *state, const char *detail,
     const char *member, const char *value, exs_error *error)
{
	EXS_SCOPED(jsonobject) row = {0};
	span json;

	jsonobject_init(&row);
	jsonobject_text(&row, "kind", kind);
	jsonobject_text(&row, "name", name);
	jsonobject_text(&row, "state", state);
	jsonobject_text(&row, "detail", detail);
	if (member != NULL)
		jsonobject_text(&row, member, value);
	json = jsonobject_end(&row);
	return s->visit(s->self, json.at, json.len, error);
}

/* Reads something; a refusal becomes a row and *ret_read is false. */
static exs_status
judge(const survey *s, const char *kind, exs_status status, exs_error *cause, bool *ret_read,
      exs_error *error)
{
	*ret_read = status == EXS_OK;
	if (status == EXS_OK)
		return EXS_OK;
	if (error_is(cause, E_GRAPH_FORBIDDEN))
		return tell(s, kind, "", "unreadable", "this token may not read it: --administrator", NULL, NULL, error);
	error_copy(error, cause);
	return status;
}

static exs_status
show_application(survey *s, bool *ret_read, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	EXS_SCOPED(buf) name = BUF(1024);
	char detail[300];
	bool found = false;

	if (cause == NULL)
		return mem_fail(error);
	EXS_TRY(judge(s, "application", work_load_app(&s->w, &found, cause), cause, ret_read, error));
	if (!*ret_read)
		return EXS_OK;
	if (!found) {
		*ret_read = false;
		return tell(s, "application", s->w.client_id, "missing", "the tenant has no application with this client id",
		            NULL, NULL, error);
	}
	graph_text(&name, application_span(&s->w.app), "displayName");
	(void)snprintf(detail, sizeof detail, "client id %s, object id %s", s->w.client_id, s->w.object_id);
	return tell(s, "application", buf_text(&name), "there", detail, "object_id", s->w.object_id, error);
}

static exs_status
show_principal(survey *s, bool *ret_read, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	char       detail[200];
	exs_status status;

	if (cause == NULL)
		return mem_fail(error);
	status = principal_by_app_id(s->w.graph, s->w.client_id, &s->w.own, &s->w.has_own, cause);
	EXS_TRY(judge(s, "principal", status, cause, ret_read, error));
	if (!*ret_read)
		return EXS_OK;
	*ret_read = s->w.has_own;
	if (!s->w.has_own)
		return tell(s, "principal", s->w.client_id, "missing", "exosign app setup makes it", NULL, NULL, error);
	(void)snprintf(detail, sizeof detail, "object id %s (not the application's)", s->w.own.object_id);
	return tell(s, "principal", s->w.client_id, "there", detail, "object_id", s->w.own.object_id, error);
}

static exs_status
show_grant(void *self, const grant_row *row, exs_error *error)
{
	survey *s = self;
	EXS_SCOPED(buf) name = BUF(300);
	bool is_exchange = s->w.has_exchange && span_is_nocase(span_of(row->resource_id), s->w.exchange.object_id);

	if (is_exchange)
		principal_role_name(&s->w.exchange, row->role_id, &name);
	if (name.len == 0)
		buf_puts(&name, row->role_id);
	return tell(s, "permission", buf_text(&name), "granted",
	            is_exchange ? "Office 365 Exchange Online" : "another resource", "resource_id", row->resource_id,
	            error);
}

static exs_status
show_grants(survey *s, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	exs_status status;
	bool       read = false;

	if (cause == NULL)
		return mem_fail(error);
	status = principal_by_app_id(s->w.graph, EXCHANGE_APP_ID, &s->w.exchange, &s->w.has_exchange, cause);
	if (status == EXS_OK)
		status = grants_of(s->w.graph, s->w.own.object_id, show_grant, s, cause);
	return judge(s, "permission", status, cause, &read, error);
}

static exs_status
show_role(void *self, const char *template_id, exs_error *error)
{
	const survey         *s = self;
	const directory_role *role = directory_role_find(template_id);

	return tell(s, "role", role != NULL ? role->name : template_id, "assigned",
	            role != NULL ? role->can : "not a role that Exchange knows for apps", "template_id", template_id,
	            error);
}

static exs_status
show_roles(survey *s, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	bool read = false;

	if (cause == NULL)
		return mem_fail(error);
	return judge(s, "role", roles_of(s->w.graph, s->w.own.object_id, show_role, s, cause), cause, &read, error);
}

static exs_status
show_policy(survey *s, exs_error *error)
{
	char detail[300];

	EXS_TRY(work_policy(&s->w, error));
	if (!s->w.policy.known)
		return tell(s, "policy", "", "unreadable", "this token may not read it: --administrator", NULL, NULL, error);
	(void)snprintf(detail, sizeof detail, "%s%s%s%s",
	               s->w.policy.lifetime_s > 0 ? "certificates live at most " : "no limit on the life of certificates",
	               s->w.policy.lifetime_s > 0 ? moment_print_duration(s->w.policy.lifetime_s).at : "",
	               s->w.policy.others[0] != '\0' ? "; also: " : "", s->w.policy.others);
	return tell(s, "policy", s->w.policy.from[0] != '\0' ? s->w.policy.from : "the tenant's policy", "there", detail, NULL, NULL, error);
}

static exs_status
take(void *self, const exs_certificate_facts *facts, exs_error *error)
{
	survey   *s = self;
	on_token *one;

	if (facts->attestation)
		return EXS_OK;
	if (s->n_token == CERTIFICATES_MAX)
		return exs_fail(error, E_ANSWER_SIZE, "the token has more than %d certificates", CERTIFICATES_MAX);
	one = &s->token[s->n_token++];
	*one = (on_token){.not_after = facts->not_after, .key_seen = facts->key_seen};
	(void)snprintf(one->sha1, sizeof one->sha1, "%s", facts->sha1);
	(void)snprintf(one->sha256, sizeof one->sha256, "%s", facts->sha256);
	(void)snprintf(one->where, sizeof one->where, "%s",
	               facts->key_uri[0] != '\0' ? facts->key_uri : facts->where);
	return EXS_OK;
}

/* Of the token on which the profile's key is, all of them. */
static exs_status
read_token(survey *s, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	EXS_SCOPED(buf) uri = BUF(WORK_URI_MAX);
	const char *key = s->w.options->signer->key_uri;
	exs_status  status;

	s->token = mem_new(CERTIFICATES_MAX, sizeof s->token[0]);
	if (s->token == NULL || cause == NULL)
		return mem_fail(error);
	if (keyuri_is_one(key)) {
		keyuri_token(&uri, key);
		EXS_TRY(buf_check(&uri, "a URI", error));
		key = buf_text(&uri);
	}
	status = exs_certificate_walk(s->w.context, key, s->w.options->signer->deadline_ms, take, s, cause);
	if (status == EXS_OK || error_is(cause, E_CERT_ABSENT))
		return EXS_OK;
	error_copy(error, cause);
	return status;
}

static const char *
state_of(const survey *s, int64_t end, const char *otherwise)
{
	int64_t now = context_now(s->w.context);

	return end != 0 && end <= now ? "expired" : end != 0 && end - now <= s->due_s ? "expiring" : otherwise;
}

static exs_status
show_registered(survey *s, const keycred *one, exs_error *error)
{
	const on_token *seen = NULL;
	char detail[WHERE_MAX + 200];

	for (size_t i = 0; i < s->n_token; i++) {
		if (!keycred_is(one, s->token[i].sha1, s->token[i].sha256))
			continue;
		s->token[i].registered = true;
		seen = &s->token[i];
	}
	(void)snprintf(detail, sizeof detail, "until %.10s, %s%s%s", one->end != 0 ? moment_print(one->end).at : "?",
	               seen != NULL ? seen->where : "not on this token", one->name[0] != '\0' ? ", called " : "",
	               one->name);
	return tell(s, "certificate", one->sha1[0] != '\0' ? one->sha1 : one->key_id,
	            state_of(s, one->end, seen != NULL ? "matched" : "unknown"), detail, "key_id", one->key_id, error);
}

/* Its token is what all this was read with. */
static bool
is_own(const survey *s, const on_token *one)
{
	return s->w.signer != NULL &&
	       strcmp(exs_signer_describe(s->w.signer)->certificate_sha256, one->sha256) == 0;
}

static exs_status
show_orphans(const survey *s, bool known, exs_error *error)
{
	for (size_t i = 0; i < s->n_token; i++) {
		const on_token *one = &s->token[i];
		char detail[WHERE_MAX + 100];

		if (one->registered)
			continue;
		(void)snprintf(detail, sizeof detail, "until %.10s, %s%s", moment_print(one->not_after).at, one->where,
		               known ? ", not registered with the app"
	                     : is_own(s, one) ? ", signs in" : ", and whether it is registered may not be read");
		EXS_TRY(tell(s, "certificate", one->sha1,
		             state_of(s, one->not_after, known ? "orphaned" : is_own(s, one) ? "accepted" : "unproved"), detail,
		             "key_id", "", error));
	}
	return EXS_OK;
}

static exs_status
show_certificates(survey *s, bool known, exs_error *error)
{
	keycreds all;
	keycred  one;

	EXS_TRY(read_token(s, error));
	if (known) {
		EXS_TRY(keycreds_of(application_span(&s->w.app), &all, error));
		while (keycreds_next(&all, &one))
			EXS_TRY(show_registered(s, &one, error));
	}
	return show_orphans(s, known, error);
}

exs_status
exs_app_status(const exs_context *context, const exs_app_options *options, int64_t due_seconds,
               exs_status_visit visit, void *self, exs_error *error)
{
	EXS_SCOPED(survey) s = {.due_s = due_seconds, .visit = visit, .self = self};
	bool has_app = false, has_principal = false;

	EXS_TRY(work_begin(&s.w, context, options, true, NULL, error));
	if (s.w.client_id[0] == '\0')
		return exs_fail(error, E_CONFIG_MISSING, "client-id is not set");
	EXS_TRY(work_graph(&s.w, error));
	EXS_TRY(show_application(&s, &has_app, error));
	EXS_TRY(show_principal(&s, &has_principal, error));
	if (has_principal) {
		EXS_TRY(show_grants(&s, error));
		EXS_TRY(show_roles(&s, error));
	}
	EXS_TRY(show_policy(&s, error));
	return show_certificates(&s, has_app, error);
}
