/*
 * What the commands of `exosign app` run with: the app's options from settings and flags, an administrator where one is wanted,
 * and the profile as a place that can be changed.
 */
#ifndef CLI_APP_OPEN_H
#define CLI_APP_OPEN_H

#include "base/secret.h"
#include "cli/open.h"

#include <exosign/app.h>

typedef struct app_run {
	invocation     *inv;
	exs_app_options options;
	exs_bearer     *administrator;
	exs_credential *person;   /* whom the administrator signs in with */
	char           *file;     /* where the profile is changed */
	char           *name;     /* made up, when none is given */
	char           *new_key;
	bool            put;      /* the profile was changed by this run */
} app_run;
/* For EXS_SCOPED(app_run). */
void app_run_done(app_run *run);

/* Who asks the directory when no flag says it. */
typedef enum app_asker { APP_ITSELF, APP_ADMINISTRATOR } app_asker;

/* Reads settings and flags; nothing is opened and nobody asked. */
EXS_MUST_USE exs_status app_open(app_run *run, invocation *inv, exs_error *error);
/* Signs an administrator in, or takes the token that was brought, when one is wanted. permissions: of Graph. */
EXS_MUST_USE exs_status app_sign_in(app_run *run, app_asker otherwise, const char *permissions,
                                    exs_error *error);

/* Shows the plan, asks once, does it, shows what was done. */
typedef exs_status (*app_act)(const exs_context *context, const exs_app_options *options, bool plan,
                              exs_step_visit visit, void *self, exs_error *error);
EXS_MUST_USE exs_status app_steps(app_run *run, app_act act, bool plan_only, exs_error *error);

#endif
