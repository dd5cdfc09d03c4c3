/*
 * What setup and renewal work with: the directory, the app in it, keys in devices, the journal.
 */
#ifndef LIFECYCLE_WORK_H
#define LIFECYCLE_WORK_H

#include "graph/application.h"
#include "graph/keycred.h"
#include "graph/policy.h"
#include "graph/principal.h"
#include "lifecycle/held.h"
#include "lifecycle/step.h"
#include "oauth/access.h"
#include "sign/signer.h"

#include <exosign/issue.h>

#define WORK_TAG "exosign" /* of applications that a setup made */
#define MANAGE_AS_APP "Exchange.ManageAsApp"

EXS_DEFINE_AUTO(exs_credential)
EXS_DEFINE_AUTO(exs_exchange)
EXS_DEFINE_AUTO(exs_command)
EXS_DEFINE_AUTO(exs_rows)
EXS_DEFINE_AUTO(exs_issued)
EXS_DEFINE_AUTO(exs_key)

enum { WORK_URI_MAX = 2000 };

typedef struct work {
	const exs_context     *context;
	const exs_app_options *options;
	bool                   plan;
	logbook                journal;
	graph                 *graph;         /* NULL until somebody reads or writes the directory */
	exs_credential        *graph_identity; /* what it stands on */
	exs_signer            *signer;        /* the profile's key, opened when it is first needed */
	exs_credential        *credential;    /* with that signer */
	exs_signer            *next_signer;   /* of the key that takes over */
	exs_credential        *next_credential;
	char                   client_id[GRAPH_ID_MAX], object_id[GRAPH_ID_MAX];
	application            app;
	bool                   has_app, app_awaited, made_app;
	principal              own, exchange;
	bool                   has_own, has_exchange;
	char                   permission_id[GRAPH_ID_MAX];
	const directory_role  *role;
	policy                 policy;
	bool                   has_policy;
	held                   held;          /* of the key whose certificate is registered */
	char                   old_uri[WORK_URI_MAX], new_uri[WORK_URI_MAX];
	char                   old_sha1[41], old_sha256[65], old_key_id[GRAPH_ID_MAX];
	bool                   request_made, retiring_resumed;
	bool                   use_next; /* the new key has taken over: the old one may not get a token any more */
	bool                   retire_left; /* its id is not known: it stays */
	bool                   retire_seen; /* the old certificate is not registered any more */
	bool                   token_proved, cmdlet_proved;
	bool                   rights_fresh; /* granted in this run: they take a while to arrive */
} work;

/* Begins with the ids of the options; journal name NULL: none is kept. For EXS_SCOPED(work). */
EXS_MUST_USE exs_status work_begin(work *w, const exs_context *context, const exs_app_options *options,
                                   bool plan, const char *logbook_name, exs_error *error);
void work_done(work *w);

/* The directory: as the administrator, else as the app itself. */
EXS_MUST_USE exs_status work_graph(work *w, exs_error *error);
/* The profile's key, and the one that takes over. */
EXS_MUST_USE exs_status work_signer(work *w, exs_error *error);
EXS_MUST_USE exs_status work_next(work *w, exs_error *error);

/* A credential of the app with this signer: a new one has no bearer in its cache. */
EXS_MUST_USE exs_status work_credential(const work *w, exs_signer *signer, exs_credential **ret,
                                        exs_error *error);

/* Reads the application by w->client_id or object id. *ret_found false leaves w->has_app false. */
EXS_MUST_USE exs_status work_load_app(work *w, bool *ret_found, exs_error *error);
/* The object id, from options, journal, or the directory where the token may read it; E_APP_ID. */
EXS_MUST_USE exs_status work_object_id(work *w, exs_error *error);

/* The policies for this application, read once. */
EXS_MUST_USE exs_status work_policy(work *w, exs_error *error);
/* The days that a new certificate is valid: as wished, or as long as the policy lets it. E_APP_POLICY. */
EXS_MUST_USE exs_status work_days(work *w, unsigned *ret, exs_error *error);
/* Does the certificate obey the policy? E_APP_POLICY. */
EXS_MUST_USE exs_status work_check_lifetime(work *w, const held *h, exs_error *error);

/* How a token is reached for this key. */
exs_token_access work_access(const work *w, const char *uri);

/* Makes the key; makes its certificate. */
EXS_MUST_USE exs_status work_make_key(work *w, const char *uri, exs_error *error);
EXS_MUST_USE exs_status work_make_certificate(work *w, const char *uri, exs_error *error);

#endif
