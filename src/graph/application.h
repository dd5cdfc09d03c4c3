/*
 * An application (app registration) in the directory. Its two ids are never confused: app_id is the client id that signs in,
 * object_id is what paths and proofs of possession name.
 */
#ifndef GRAPH_APPLICATION_H
#define GRAPH_APPLICATION_H

#include "graph/graph.h"

/* What is Exchange Online's in every tenant (entra-graph.md 3.3). */
#define EXCHANGE_APP_ID "00000002-0000-0ff1-ce00-000000000000"

enum { APPLICATION_MAX = SMALL_MAX };

typedef struct application {
	char object_id[GRAPH_ID_MAX], app_id[GRAPH_ID_MAX];
	buf  text; /* the object as the directory wrote it */
} application;

void application_done(application *a);
/* The object, trimmed. */
span application_span(const application *a);
/* Has it this tag? */
bool application_has_tag(const application *a, const char *tag);
/* Does it ask for this role of that resource? */
bool application_asks_for(const application *a, const char *resource_app_id, const char *role_id);

/* By app id, or by object id; with keyCredentials and their keys. *ret_found false: there is none. *ret must be zero. */
EXS_MUST_USE exs_status application_by_app_id(graph *g, const char *app_id, application *ret,
                                              bool *ret_found, exs_error *error);
EXS_MUST_USE exs_status application_by_object_id(graph *g, const char *object_id, application *ret,
                                                 bool *ret_found, exs_error *error);

/*
 * The one with this name and this tag. *ret_namesakes: how many others have the name. E_GRAPH_REFUSED when several are
 * tagged: then a person must choose.
 */
EXS_MUST_USE exs_status application_by_tag(graph *g, const char *name, const char *tag,
                                           application *ret, bool *ret_found,
                                           unsigned *ret_namesakes, exs_error *error);

/* A new one for this tenant alone. */
EXS_MUST_USE exs_status application_create(graph *g, const char *name, const char *tag,
                                           application *ret, exs_error *error);

/* Adds the role to requiredResourceAccess; what is there stays as it came. */
EXS_MUST_USE exs_status application_ask_for(graph *g, const application *a, const char *resource_app_id,
                                            const char *role_id, exs_error *error);

/* PATCH with this body. */
EXS_MUST_USE exs_status application_patch(graph *g, const application *a, const char *aim, span body,
                                          exs_error *error);

/*
 * addKey and removeKey with a proof of possession (entra-graph.md 3.7); no permission is needed. key: the entry of
 * keycred_write(). *ret_key_id: of the new entry, "" when the answer does not tell.
 */
EXS_MUST_USE exs_status application_add_key(graph *g, const char *object_id, span key, span proof,
                                            char ret_key_id[GRAPH_ID_MAX], exs_error *error);
EXS_MUST_USE exs_status application_remove_key(graph *g, const char *object_id, const char *key_id,
                                               span proof, exs_error *error);

#endif
