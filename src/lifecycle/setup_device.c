/*
 * The steps of a setup around the key: in the device, registered with the app, in the profile, and proved (entra-graph.md 3.6).
 */
#include "lifecycle/setup.h"

#include "base/error.h"
#include "base/moment.h"
#include "lifecycle/probe.h"

#include <stdio.h>

enum { BODY_MAX = 3 * 1024 * 1024, NAME_ROOM = 128 };

exs_status
setup_look_key(void *self, step_sight *sight, exs_error *error)
{
	work *w = self;

	EXS_TRY(held_look(w->context, w->old_uri, w->options->signer->certificate,
	                  w->options->signer->deadline_ms, &w->held, error));
	sight_is(sight, w->held.has_key ? EXS_STEP_DONE : EXS_STEP_NEEDED, "%s%s%s", w->old_uri,
	         w->held.has_key ? "" : ", ", w->held.has_key ? "" : exs_key_kind_name(w->options->kind));
	return EXS_OK;
}

exs_status
setup_make_key(void *self, exs_error *error)
{
	work *w = self;

	return work_make_key(w, w->old_uri, error);
}

exs_status
setup_look_certificate(void *self, step_sight *sight, exs_error *error)
{
	work    *w = self;
	unsigned days = 0;

	EXS_TRY(held_look(w->context, w->old_uri, w->options->signer->certificate,
	                  w->options->signer->deadline_ms, &w->held, error));
	if (w->held.has_certificate) {
		EXS_TRY(work_check_lifetime(w, &w->held, error));
		sight_is(sight, EXS_STEP_DONE, "%s, until %.10s", w->held.sha1, moment_print(w->held.not_after).at);
		return EXS_OK;
	}
	EXS_TRY(work_days(w, &days, error));
	sight_is(sight, EXS_STEP_NEEDED, "self-signed, %u days", days);
	return EXS_OK;
}

exs_status
setup_make_certificate(void *self, exs_error *error)
{
	work *w = self;

	return work_make_certificate(w, w->old_uri, error);
}

/* Is the held certificate among the app's? *ret_others: how many other entries there are. */
static exs_status
find_uploaded(work *w, bool *ret, unsigned *ret_others, exs_error *error)
{
	keycreds all;
	keycred  one;

	*ret = false;
	*ret_others = 0;
	EXS_TRY(keycreds_of(application_span(&w->app), &all, error));
	while (keycreds_next(&all, &one)) {
		if (keycred_is(&one, w->held.sha1, w->held.sha256))
			*ret = true;
		else
			++*ret_others;
	}
	return EXS_OK;
}

exs_status
setup_look_upload(void *self, step_sight *sight, exs_error *error)
{
	work    *w = self;
	bool     has = false;
	unsigned others = 0;

	if (w->has_app && !w->plan)
		EXS_TRY(setup_reload(w, error));
	if (w->has_app)
		EXS_TRY(find_uploaded(w, &has, &others, error));
	if (others > 0)
		sight_is(sight, has ? EXS_STEP_DONE : EXS_STEP_NEEDED,
		         "beside %u other%s, which stay%s byte for byte", others, others == 1 ? "" : "s",
		         others == 1 ? "s" : "");
	else
		sight_is(sight, has ? EXS_STEP_DONE : EXS_STEP_NEEDED, "the app's only certificate");
	return EXS_OK;
}

exs_status
setup_upload(void *self, exs_error *error)
{
	work *w = self;
	EXS_SCOPED(buf) entry = BUF(HELD_DER_MAX * 2);
	EXS_SCOPED(buf) body = BUF(BODY_MAX);
	char     name[NAME_ROOM];
	keycreds all;

	EXS_TRY(setup_reload(w, error));
	EXS_TRY(keycreds_of(application_span(&w->app), &all, error));
	(void)snprintf(name, sizeof name, "exosign %.16s", w->held.sha1);
	keycred_write(&entry, buf_span(&w->held.der), name, NULL);
	EXS_TRY(buf_check(&entry, "the certificate", error));
	EXS_TRY(keycreds_patch(&all, NULL, buf_span(&entry), &body, error));
	return application_patch(w->graph, &w->app, "add the certificate", buf_span(&body), error);
}

exs_status
setup_look_profile(void *self, step_sight *sight, exs_error *error)
{
	work *w = self;
	const exs_profile_store *store = &w->options->store;
	exs_profile_values values = {w->client_id, w->old_uri};
	bool has = false;

	if (store->holds == NULL) {
		sight_is(sight, EXS_STEP_LEFT_OUT, "not asked for");
		return EXS_OK;
	}
	if (w->client_id[0] != '\0')
		EXS_TRY(store->holds(store->self, &values, &has, error));
	sight_is(sight, has ? EXS_STEP_DONE : EXS_STEP_NEEDED, "profile %s: client-id and key",
	         w->options->profile);
	return EXS_OK;
}

exs_status
setup_write_profile(void *self, exs_error *error)
{
	work *w = self;
	exs_profile_values values = {w->client_id, w->old_uri};

	return w->options->store.put(w->options->store.self, &values, error);
}

exs_status
setup_look_token(void *self, step_sight *sight, exs_error *error)
{
	const work *w = self;

	(void)error;
	sight_is(sight, w->token_proved ? EXS_STEP_DONE : EXS_STEP_NEEDED, "signed in the device, from the directory");
	return EXS_OK;
}

exs_status
setup_prove_token(void *self, exs_error *error)
{
	work *w = self;

	EXS_TRY(work_signer(w, error));
	return probe_token(w, w->signer, 0, &w->token_proved, error);
}

exs_status
setup_look_cmdlet(void *self, step_sight *sight, exs_error *error)
{
	const work *w = self;

	(void)error;
	sight_is(sight, w->cmdlet_proved ? EXS_STEP_DONE : EXS_STEP_NEEDED, "Get-AcceptedDomain, which only reads");
	return EXS_OK;
}

exs_status
setup_prove_cmdlet(void *self, exs_error *error)
{
	work *w = self;

	EXS_TRY(probe_cmdlet(w, w->signer, error));
	w->cmdlet_proved = true;
	return EXS_OK;
}
