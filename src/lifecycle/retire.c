/*
 * The end of a certificate: taken away from the app when another works, and never else.
 */
#include "lifecycle/probe.h"
#include "lifecycle/renewal.h"

#include "base/error.h"
#include "base/moment.h"
#include "oauth/proof.h"

#include <stdio.h>

enum { BODY_MAX = 3 * 1024 * 1024 };

/* Seconds since 1970, or 0. */
static int64_t
retire_after(const work *w)
{
	uint64_t seconds = 0;

	return span_unsigned(span_of(logbook_get(&w->journal, "retire_after")), &seconds) ? (int64_t)seconds : 0;
}

exs_status
renewal_look_retire(void *self, step_sight *sight, exs_error *error)
{
	work   *w = self;
	int64_t due = retire_after(w);
	bool    known = false, listed = false;

	if (w->old_sha1[0] == '\0') {
		sight_is(sight, EXS_STEP_LEFT_OUT, "there is no old certificate");
		return EXS_OK;
	}
	if (due > context_now(w->context)) {
		sight_is(sight, EXS_STEP_WAITING, "%s stays registered until %s", w->old_sha1, moment_print(due).at);
		return EXS_OK;
	}
	if (strcmp(logbook_get(&w->journal, "retired"), w->old_sha1) == 0) {
		sight_is(sight, EXS_STEP_DONE, "%s", w->old_sha1);
		return EXS_OK;
	}
	EXS_TRY(renewal_read_keys(w, &known, error));
	renewal_key_id(w, known, w->old_sha1, w->old_sha256, w->old_key_id, &listed);
	w->retire_seen = known && !listed;
	w->retire_left = !w->retire_seen && w->old_key_id[0] == '\0';
	if (w->retire_seen)
		sight_is(sight, EXS_STEP_DONE, "%s is not registered", w->old_sha1);
	else if (w->old_key_id[0] == '\0')
		sight_is(sight, EXS_STEP_LEFT_OUT,
		         "the directory's id of %s is not known and may not be read: an administrator can, "
		         "exosign app key retire %s --administrator",
		         w->old_sha1, w->old_sha1);
	else
		sight_is(sight, EXS_STEP_NEEDED, "%s, key id %s", w->old_sha1, w->old_key_id);
	return EXS_OK;
}

/* Other certificates that are valid and can sign in. */
static exs_status
check_others(const work *w, exs_error *error)
{
	keycreds all;
	keycred  one;
	int64_t  now = context_now(w->context);
	unsigned others = 0;

	EXS_TRY(keycreds_of(application_span(&w->app), &all, error));
	while (keycreds_next(&all, &one))
		others += one.verifies && !span_is_nocase(span_of(one.key_id), w->old_key_id) &&
		          (one.end == 0 || one.end > now) && one.start <= now;
	return others > 0 ? EXS_OK
	                  : exs_fail(error, E_APP_LAST, "%s is the last certificate with which the app can sign in",
	                             w->old_sha1);
}

static exs_status
remove_by_patch(work *w, exs_error *error)
{
	EXS_SCOPED(buf) body = BUF(BODY_MAX);
	keycreds        all;
	bool            known = false;

	EXS_TRY(renewal_read_keys(w, &known, error));
	if (!known)
		return exs_fail(error, E_GRAPH_FORBIDDEN, "the app's certificates may not be read, so they are not written");
	EXS_TRY(check_others(w, error));
	EXS_TRY(keycreds_of(application_span(&w->app), &all, error));
	EXS_TRY(keycreds_patch(&all, w->old_key_id, span_from("", 0), &body, error));
	return application_patch(w->graph, &w->app, "remove the certificate", buf_span(&body), error);
}

/* Gone already, by a run that was interrupted before it could note it? */
static bool
is_gone(const work *w, const exs_error *cause)
{
	return (error_is(cause, E_GRAPH_NOT_FOUND) || error_is(cause, E_GRAPH_REFUSED)) &&
	       strcmp(logbook_get(&w->journal, "retiring"), w->old_sha1) == 0 && w->retiring_resumed;
}

static exs_status
remove_by_proof(work *w, exs_error *error)
{
	EXS_SCOPED(error_scratch) cause = exs_error_new();
	EXS_AUTO(secret) *proof = NULL;
	exs_status status;

	if (cause == NULL)
		return mem_fail(error);
	EXS_TRY(proof_new(w->context, w->next_signer, w->object_id, &proof, error));
	status = application_remove_key(w->graph, w->object_id, w->old_key_id, secret_reveal(proof), cause);
	if (status == EXS_OK || is_gone(w, cause))
		return EXS_OK;
	error_copy(error, cause);
	return status;
}

/* The key that stays gets a token first, straight from the directory: only then may another one go. */
exs_status
renewal_retire(void *self, exs_error *error)
{
	work *w = self;
	bool  works = false;

	EXS_TRY(work_next(w, error));
	EXS_TRY(probe_token(w, w->next_signer, 0, &works, error));
	if (!w->use_next) {
		/* the old key's bearer must not be what takes the old key away */
		w->use_next = true;
		graph_free(w->graph);
		w->graph = NULL;
		exs_credential_free(w->graph_identity);
		w->graph_identity = NULL;
	}
	EXS_TRY(work_graph(w, error));
	w->retiring_resumed = strcmp(logbook_get(&w->journal, "retiring"), w->old_sha1) == 0;
	EXS_TRY(logbook_set(&w->journal, "retiring", w->old_sha1, error));
	EXS_TRY(w->options->method == EXS_KEY_BY_PATCH ? remove_by_patch(w, error) : remove_by_proof(w, error));
	return logbook_set_all(&w->journal,
	                       (logbook_wish[]){{"retired", w->old_sha1}, {"retiring", NULL}}, 2, error);
}

/* The certificate's id stays known, for its own end. */
exs_status
renewal_close(work *w, exs_error *error)
{
	return logbook_set_all(&w->journal,
	                       (logbook_wish[]){{"rotation", NULL}, {"old_uri", NULL}, {"new_uri", NULL},
	                                        {"old_sha1", NULL}, {"old_sha256", NULL},
	                                        {"retire_after", NULL}, {"adding", NULL}, {"added", NULL},
	                                        {"retired", NULL}},
	                       9, error);
}

static const step retire_steps[] = {
	{"application", "the application", renewal_look_app, renewal_nothing, false},
	{"retire", "the certificate taken away from the app", renewal_look_retire, renewal_retire, false},
};

/* "81C2..." of a thumbprint or a key id, as the list or the journal knows it. */
static exs_status
find_wanted(work *w, const char *wanted, exs_error *error)
{
	bool       known = false;
	keycreds   all;
	keycred    one;
	exs_status status;

	EXS_TRY(renewal_read_keys(w, &known, error));
	if (known)
		EXS_TRY(keycreds_of(application_span(&w->app), &all, error));
	while (known && keycreds_next(&all, &one)) {
		if (!span_is_nocase(span_of(one.key_id), wanted) && !span_is_nocase(span_of(one.sha1), wanted) &&
		    !span_is_nocase(span_of(one.sha256), wanted))
			continue;
		(void)snprintf(w->old_sha1, sizeof w->old_sha1, "%s", one.sha1);
		(void)snprintf(w->old_sha256, sizeof w->old_sha256, "%s", one.sha256);
		return EXS_OK;
	}
	if (!known && strlen(wanted) == 40) {
		(void)snprintf(w->old_sha1, sizeof w->old_sha1, "%s", wanted);
		return EXS_OK;
	}
	status = exs_fail(error, E_USAGE, "the app has no certificate %.80s", wanted);
	error_fix(error, known ? "exosign app status lists them"
	                       : "name it by its SHA-1 thumbprint; an administrator may read the list: --administrator");
	return status;
}

static exs_status
refuse_own(const work *w, exs_error *error)
{
	exs_status status;

	if (!span_is_nocase(span_of(w->old_sha1), w->held.sha1))
		return EXS_OK;
	status = exs_fail(error, E_APP_LAST, "%s is the certificate that the profile signs with", w->old_sha1);
	error_fix(error, "renew first: exosign app key rotate takes the old one away itself");
	return status;
}

exs_status
exs_app_key_retire(const exs_context *context, const exs_app_options *options, bool plan,
                   exs_step_visit visit, void *self, exs_error *error)
{
	EXS_SCOPED(work) w = {0};
	char  name[GRAPH_ID_MAX + 8];
	steps all = {.context = context,
	             .at = retire_steps,
	             .n = sizeof retire_steps / sizeof retire_steps[0],
	             .self = &w,
	             .journal = &w.journal,
	             .visit = visit,
	             .visit_self = self,
	             .rounds = STEP_ROUNDS,
	             .first_wait_ms = STEP_FIRST_WAIT_MS};

	(void)snprintf(name, sizeof name, "app-%.60s", options->identity->client_id);
	EXS_TRY(work_begin(&w, context, options, plan, name, error));
	(void)snprintf(w.new_uri, sizeof w.new_uri, "%s", w.old_uri); /* what stays is what the profile names */
	EXS_TRY(held_look(context, w.old_uri, options->signer->certificate, options->signer->deadline_ms, &w.held,
	                  error));
	if (options->retire != NULL) {
		EXS_TRY(find_wanted(&w, options->retire, error));
	} else {
		(void)snprintf(w.old_sha1, sizeof w.old_sha1, "%s", logbook_get(&w.journal, "old_sha1"));
		(void)snprintf(w.old_sha256, sizeof w.old_sha256, "%s", logbook_get(&w.journal, "old_sha256"));
	}
	if (w.old_sha1[0] != '\0')
		EXS_TRY(refuse_own(&w, error));
	if (options->retire != NULL && strcmp(logbook_get(&w.journal, "old_sha1"), w.old_sha1) != 0 && !plan)
		EXS_TRY(logbook_set(&w.journal, "retire_after", NULL, error));
	if (plan)
		return steps_plan(&all, error);
	EXS_TRY(steps_run(&all, error));
	/* what a renewal left is gone: the renewal is at its end */
	return strcmp(logbook_get(&w.journal, "rotation"), "open") == 0 &&
	                       strcmp(logbook_get(&w.journal, "retired"), logbook_get(&w.journal, "old_sha1")) == 0
	               ? renewal_close(&w, error)
	               : EXS_OK;
}
