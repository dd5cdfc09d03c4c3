/* What setup and renewal work with. */
#include "lifecycle/work.h"

#include "base/error.h"
#include "oauth/bearer.h"

#include <stdio.h>

enum { DAY_S = 86400, DAYS_DEFAULT = 365, SUBJECT_MAX = 600 };

exs_status
work_begin(work *w, const exs_context *context, const exs_app_options *options, bool plan,
           const char *logbook_name, exs_error *error)
{
	const char *client_id = options->identity->client_id;

	w->context = context;
	w->options = options;
	w->plan = plan;
	w->held.der = BUF(HELD_DER_MAX);
	w->journal.lock = -1;
	if (client_id != NULL)
		(void)snprintf(w->client_id, sizeof w->client_id, "%s", client_id);
	if (w->client_id[0] != '\0' && !graph_is_id(w->client_id))
		return exs_fail(error, E_CONFIG_VALUE, "client-id is no id");
	if (options->object_id != NULL && !graph_is_id(options->object_id))
		return exs_fail(error, E_USAGE, "--object-id is no id");
	if (options->signer->key_uri != NULL)
		(void)snprintf(w->old_uri, sizeof w->old_uri, "%s", options->signer->key_uri);
	if (logbook_name == NULL)
		return EXS_OK;
	return logbook_open(options->state_directory, logbook_name, !plan, &w->journal, error);
}

void
work_done(work *w)
{
	graph_free(w->graph);
	exs_credential_free(w->graph_identity);
	exs_credential_free(w->credential);
	exs_signer_free(w->signer);
	exs_credential_free(w->next_credential);
	exs_signer_free(w->next_signer);
	application_done(&w->app);
	principal_done(&w->own);
	principal_done(&w->exchange);
	held_done(&w->held);
	logbook_done(&w->journal);
}

/* The administrator's bearer is what it is: when it is refused, a person must sign in again. */
static exs_status
bearer_of_administrator(void *self, const exs_bearer *refused, const char *claims, exs_bearer **ret,
                        exs_error *error)
{
	const work *w = self;
	size_t      length;
	span        text;
	exs_status  status;

	(void)claims;
	if (refused != NULL) {
		status = exs_fail(error, E_GRAPH_UNAUTHORIZED, "the directory no longer accepts the administrator's token");
		error_fix(error, "sign in again: run the same command once more");
		return status;
	}
	text.at = exs_bearer_reveal(w->options->administrator, &length);
	text.len = length;
	return bearer_new(exs_bearer_scope(w->options->administrator), text,
	                  exs_bearer_issued(w->options->administrator), 0,
	                  exs_bearer_expires(w->options->administrator), ret, error);
}

static exs_status
administrators_graph(work *w, exs_error *error)
{
	EXS_AUTO(http_client) *client = NULL;
	EXS_AUTO(api_session) *session = NULL;
	exs_identity identity = *w->options->identity;
	const char  *origin;

	identity.client_id = EXS_SIGNIN_CLIENT_ID; /* only hosts and tenant count here */
	EXS_TRY(exs_credential_new(w->context, NULL, &identity, w->options->network, &w->graph_identity, error));
	origin = credential_origin(w->graph_identity, CLOUD_GRAPH);
	if (origin[0] == '\0')
		return exs_fail(error, E_CONFIG_MISSING, "endpoint.graph is not set, and the cloud has none");
	EXS_TRY(credential_client(w->graph_identity, &client, error));
	EXS_TRY(api_session_over(w->context, &client, (api_source){w, bearer_of_administrator}, origin,
	                         credential_tenant(w->graph_identity),
	                         credential_organization(w->graph_identity), &session, error));
	return graph_over(w->context, &session, &w->graph, error);
}

exs_status
work_graph(work *w, exs_error *error)
{
	if (w->graph != NULL)
		return EXS_OK;
	if (w->options->administrator != NULL)
		return administrators_graph(w, error);
	EXS_TRY(w->use_next ? work_next(w, error) : work_signer(w, error));
	return graph_of_app(w->context, w->use_next ? w->next_credential : w->credential, &w->graph, error);
}

exs_status
work_credential(const work *w, exs_signer *signer, exs_credential **ret, exs_error *error)
{
	exs_identity identity = *w->options->identity;

	identity.client_id = w->client_id;
	return exs_credential_new(w->context, signer, &identity, w->options->network, ret, error);
}

exs_status
work_signer(work *w, exs_error *error)
{
	exs_signer_options options = *w->options->signer;

	if (w->signer == NULL) {
		options.key_uri = w->old_uri;
		EXS_TRY(exs_signer_open(w->context, &options, &w->signer, error));
	}
	return w->credential != NULL ? EXS_OK : work_credential(w, w->signer, &w->credential, error);
}

exs_status
work_next(work *w, exs_error *error)
{
	exs_signer_options options = *w->options->signer;

	if (w->next_signer == NULL) {
		options.key_uri = w->new_uri;
		options.certificate = NULL;
		EXS_TRY(exs_signer_open(w->context, &options, &w->next_signer, error));
	}
	return w->next_credential != NULL ? EXS_OK
	                                  : work_credential(w, w->next_signer, &w->next_credential, error);
}

exs_status
work_load_app(work *w, bool *ret_found, exs_error *error)
{
	EXS_TRY(work_graph(w, error));
	application_done(&w->app);
	w->app = (application){0};
	w->has_app = false;
	EXS_TRY(application_by_app_id(w->graph, w->client_id, &w->app, ret_found, error));
	w->has_app = *ret_found;
	if (*ret_found)
		(void)snprintf(w->object_id, sizeof w->object_id, "%s", w->app.object_id);
	return EXS_OK;
}

exs_status
work_object_id(work *w, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	const char *known = logbook_get(&w->journal, "object_id");
	bool        found = false;
	exs_status  status;

	if (cause == NULL)
		return mem_fail(error);
	if (w->options->object_id != NULL)
		known = w->options->object_id;
	if (w->object_id[0] == '\0' && graph_is_id(known))
		(void)snprintf(w->object_id, sizeof w->object_id, "%s", known);
	if (w->object_id[0] != '\0')
		return EXS_OK;
	status = work_load_app(w, &found, cause);
	if (status == EXS_OK && found)
		return logbook_set(&w->journal, "object_id", w->object_id, error);
	if (status != EXS_OK && !error_is(cause, E_GRAPH_FORBIDDEN)) {
		error_copy(error, cause);
		return status;
	}
	status = exs_fail(error, E_APP_ID, "the object id of the application %s is not known here", w->client_id);
	error_why(error, "%s", exs_error_message(cause)[0] != '\0' ? exs_error_message(cause)
	                                                           : "the directory shows no application with this client id");
	return status;
}

exs_status
work_policy(work *w, exs_error *error)
{
	if (w->has_policy)
		return EXS_OK;
	EXS_TRY(work_graph(w, error));
	EXS_TRY(policy_read(w->graph, w->has_app ? &w->app : NULL, &w->policy, error));
	w->has_policy = true;
	return EXS_OK;
}

exs_status
work_days(work *w, unsigned *ret, exs_error *error)
{
	unsigned   wished = w->options->days > 0 ? w->options->days : DAYS_DEFAULT;
	unsigned   most;
	exs_status status;

	EXS_TRY(work_policy(w, error));
	*ret = wished;
	if (w->policy.lifetime_s == 0)
		return EXS_OK;
	/* some minutes lie before now, so that a clock that is behind does no harm */
	most = (unsigned)((w->policy.lifetime_s - 3600) / DAY_S);
	if (most == 0 || (w->options->days > 0 && wished > most)) {
		status = exs_fail(error, E_APP_POLICY, "%s lets a certificate live %lld days, and %u are wished",
		                  w->policy.from, (long long)(w->policy.lifetime_s / DAY_S), wished);
		error_fix(error, "make it shorter: --days %u", most > 0 ? most : 1);
		return status;
	}
	*ret = wished > most ? most : wished;
	return EXS_OK;
}

exs_status
work_check_lifetime(work *w, const held *h, exs_error *error)
{
	EXS_TRY(work_policy(w, error));
	if (w->policy.lifetime_s == 0 || h->not_after - h->not_before <= w->policy.lifetime_s)
		return EXS_OK;
	return exs_fail(error, E_APP_POLICY, "%s lets a certificate live %lld days; this one lives %lld",
	                w->policy.from, (long long)(w->policy.lifetime_s / DAY_S),
	                (long long)((h->not_after - h->not_before) / DAY_S));
}

exs_token_access
work_access(const work *w, const char *uri)
{
	const exs_signer_options *signer = w->options->signer;

	return (exs_token_access){.size = sizeof(exs_token_access),
	                          .uri = uri,
	                          .pin = signer->pin,
	                          .last_try = signer->last_try,
	                          .forget_pin_failure = signer->forget_pin_failure,
	                          .state_directory = signer->state_directory,
	                          .deadline_ms = signer->deadline_ms};
}

exs_status
work_make_key(work *w, const char *uri, exs_error *error)
{
	EXS_AUTO(exs_key) *key = NULL;
	exs_token_access access = work_access(w, uri);
	exs_key_wish     wish = {.size = sizeof wish, .kind = w->options->kind};

	return exs_key_generate(w->context, &access, &wish, &key, error);
}

/* "CN=exosign" and what stands in a name for people, escaped (RFC 4514). */
static void
write_subject(const work *w, buf *to)
{
	const char *name = w->options->name != NULL && w->options->name[0] != '\0' ? w->options->name
	                                                                            : w->client_id;

	if (w->options->subject != NULL) {
		buf_puts(to, w->options->subject);
		return;
	}
	buf_puts(to, "CN=");
	for (size_t i = 0; name[i] != '\0' && i < 60; i++) {
		if (strchr(",+\"\\<>;=#", name[i]) != NULL)
			buf_byte(to, '\\');
		buf_byte(to, name[i]);
	}
}

exs_status
work_make_certificate(work *w, const char *uri, exs_error *error)
{
	EXS_AUTO(exs_issued) *issued = NULL;
	EXS_SCOPED(buf) subject = BUF(SUBJECT_MAX);
	exs_token_access access = work_access(w, uri);
	exs_issue_wish   wish = {.size = sizeof wish,
	                         .allow_extractable = w->options->signer->allow_extractable};

	write_subject(w, &subject);
	EXS_TRY(buf_check(&subject, "the subject", error));
	wish.subject = buf_text(&subject);
	EXS_TRY(work_days(w, &wish.days, error));
	return exs_certificate_create(w->context, &access, &wish, &issued, error);
}
