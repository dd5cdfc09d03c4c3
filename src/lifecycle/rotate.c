/*
 * A new key takes over from the old one (entra-graph.md 3.7), as a table of steps.
 *
 * The profile names the old key until the new one has got a token, and the old certificate is taken away only after that and after
 * the overlap. What an interrupted run began is finished by the next, with the names it chose.
 */
#include "lifecycle/keyuri.h"
#include "lifecycle/renewal.h"

#include "base/error.h"

#include <stdio.h>

enum { NAMES_TRIED = 9 };

static const step rotate_steps[] = {
	{"application", "the application", renewal_look_app, renewal_nothing, false},
	{"policy", "what the tenant demands of certificates", renewal_look_policy, renewal_nothing, false},
	{"key", "the new key in the device", renewal_look_key, renewal_make_key, false},
	{"request", "the request for the authority", renewal_look_request, renewal_make_request, false},
	{"certificate", "the new key's certificate", renewal_look_certificate, renewal_make_certificate, false},
	{"add", "the new certificate registered with the app", renewal_look_add, renewal_add, false},
	{"probe", "the directory knows it", renewal_look_probe, renewal_probe, false},
	{"profile", "the profile signs with the new key", renewal_look_profile, renewal_switch_profile, false},
	{"retire", "the old certificate taken away from the app", renewal_look_retire, renewal_retire, false},
};

enum { ADD_STEPS = 7 }; /* of the same, without switching */

/* The first name that nothing on the token has. */
static exs_status
choose_name(work *w, exs_error *error)
{
	for (unsigned nth = 0; nth < NAMES_TRIED; nth++) {
		EXS_SCOPED(buf) uri = BUF(WORK_URI_MAX);

		if (!keyuri_successor(&uri, w->old_uri, context_now(w->context), nth)) {
			exs_status status = exs_fail(error, E_USAGE, "the profile's key has no label to make a new one from");

			error_fix(error, "name the new key: exosign app key rotate URI");
			return status;
		}
		EXS_TRY(held_look(w->context, buf_text(&uri), NULL, w->options->signer->deadline_ms, &w->held, error));
		(void)snprintf(w->new_uri, sizeof w->new_uri, "%s", buf_text(&uri));
		if (!w->held.has_key)
			return EXS_OK;
	}
	return exs_fail(error, E_KEY_EXISTS, "%d keys of today's name are on the token already", NAMES_TRIED);
}

static exs_status
begin(work *w, exs_error *error)
{
	char    due[24];
	int64_t after = context_now(w->context) + w->options->overlap_s;

	if (w->options->new_key != NULL)
		(void)snprintf(w->new_uri, sizeof w->new_uri, "%s", w->options->new_key);
	else
		EXS_TRY(choose_name(w, error));
	if (!keyuri_is_one(w->new_uri))
		return exs_fail(error, E_USAGE, "the new key is named by one PKCS#11 URI");
	EXS_TRY(held_look(w->context, w->old_uri, w->options->signer->certificate,
	                  w->options->signer->deadline_ms, &w->held, error));
	if (!w->held.has_certificate)
		return exs_fail(error, E_CERT_ABSENT, "the profile's key has no certificate: there is nothing to renew");
	if (strcmp(w->new_uri, w->old_uri) == 0)
		return exs_fail(error, E_USAGE, "the new key must be another one than the profile's");
	(void)snprintf(w->old_sha1, sizeof w->old_sha1, "%s", w->held.sha1);
	(void)snprintf(w->old_sha256, sizeof w->old_sha256, "%s", w->held.sha256);
	(void)snprintf(due, sizeof due, "%lld", (long long)after);
	return logbook_set_all(&w->journal,
	                       (logbook_wish[]){{"rotation", "open"},
	                                        {"old_uri", w->old_uri},
	                                        {"new_uri", w->new_uri},
	                                        {"old_sha1", w->old_sha1},
	                                        {"old_sha256", w->old_sha256},
	                                        {"retire_after", w->options->overlap_s > 0 ? due : NULL}},
	                       6, error);
}

/* An earlier run's names count, whatever the profile says by now. */
static exs_status
resume(work *w, exs_error *error)
{
	exs_status status;

	(void)snprintf(w->old_uri, sizeof w->old_uri, "%s", logbook_get(&w->journal, "old_uri"));
	(void)snprintf(w->new_uri, sizeof w->new_uri, "%s", logbook_get(&w->journal, "new_uri"));
	(void)snprintf(w->old_sha1, sizeof w->old_sha1, "%s", logbook_get(&w->journal, "old_sha1"));
	(void)snprintf(w->old_sha256, sizeof w->old_sha256, "%s", logbook_get(&w->journal, "old_sha256"));
	if (w->options->store.holds != NULL)
		EXS_TRY(w->options->store.holds(w->options->store.self, &(exs_profile_values){NULL, w->new_uri},
		                                &w->use_next, error));
	if (w->options->new_key == NULL || strcmp(w->options->new_key, w->new_uri) == 0)
		return EXS_OK;
	status = exs_fail(error, E_USAGE, "a renewal to %.300s is not finished yet", w->new_uri);
	error_fix(error, "finish it first: exosign app key rotate, without a URI");
	return status;
}

static exs_status
check_profile(const exs_app_options *options, exs_error *error)
{
	const char *certificate = options->signer->certificate;
	exs_status  status;

	if (!keyuri_is_one(options->signer->key_uri)) {
		status = exs_fail(error, E_USAGE, "the profile's key is not one PKCS#11 URI");
		error_fix(error, "renew each device's key by hand: exosign app key add URI, then the profile's line");
		return status;
	}
	if (certificate == NULL || strcmp(certificate, "token") == 0)
		return EXS_OK;
	status = exs_fail(error, E_USAGE, "the profile names its certificate (%.100s), which would stay the old one",
	                  certificate);
	error_fix(error, "store it beside the key (exosign cert import) and remove the line certificate = ...");
	return status;
}

/* Done to the end, as far as it can be: then the next run begins anew. */
static exs_status
close_rotation(work *w, exs_error *error)
{
	exs_status status;

	if (strcmp(logbook_get(&w->journal, "retired"), w->old_sha1) != 0 && !w->retire_seen && !w->retire_left)
		return EXS_OK;
	EXS_TRY(renewal_close(w, error));
	if (!w->retire_left)
		return EXS_OK;
	status = exs_fail(error, E_APP_STEP, "the new key has taken over; the old certificate %s is still registered", w->old_sha1);
	error_why(error, "the directory's id of it is not known here, and this token may not read it");
	error_fix(error, "an administrator: exosign app key retire %s --administrator", w->old_sha1);
	return status;
}

static steps
steps_of(work *w, size_t n, exs_step_visit visit, void *self)
{
	return (steps){.context = w->context,
	               .at = rotate_steps,
	               .n = n,
	               .self = w,
	               .journal = &w->journal,
	               .visit = visit,
	               .visit_self = self,
	               .rounds = STEP_ROUNDS,
	               .first_wait_ms = STEP_FIRST_WAIT_MS};
}

exs_status
exs_app_key_rotate(const exs_context *context, const exs_app_options *options, bool plan,
                   exs_step_visit visit, void *self, exs_error *error)
{
	EXS_SCOPED(work) w = {0};
	char  name[GRAPH_ID_MAX + 8];
	steps all;

	EXS_TRY(check_profile(options, error));
	(void)snprintf(name, sizeof name, "app-%.60s", options->identity->client_id);
	EXS_TRY(work_begin(&w, context, options, plan, name, error));
	EXS_TRY(strcmp(logbook_get(&w.journal, "rotation"), "open") == 0 ? resume(&w, error) : begin(&w, error));
	all = steps_of(&w, sizeof rotate_steps / sizeof rotate_steps[0], visit, self);
	if (plan)
		return steps_plan(&all, error);
	EXS_TRY(steps_run(&all, error));
	return close_rotation(&w, error);
}

exs_status
exs_app_key_add(const exs_context *context, const exs_app_options *options, bool plan,
                exs_step_visit visit, void *self, exs_error *error)
{
	EXS_SCOPED(work) w = {0};
	char  name[GRAPH_ID_MAX + 8];
	steps all;

	(void)snprintf(name, sizeof name, "app-%.60s", options->identity->client_id);
	EXS_TRY(work_begin(&w, context, options, plan, name, error));
	if (!keyuri_is_one(options->new_key))
		return exs_fail(error, E_USAGE, "the key to add is named by one PKCS#11 URI");
	(void)snprintf(w.new_uri, sizeof w.new_uri, "%s", options->new_key);
	all = steps_of(&w, ADD_STEPS, visit, self);
	return plan ? steps_plan(&all, error) : steps_run(&all, error);
}
