/*
 * Any REST call with the right bearer: Microsoft Graph, Key Vault, the Exchange admin API. The host decides what the bearer is for, and
 * a host outside the cloud's list gets none.
 */
#ifndef EXOSIGN_RESOURCE_H
#define EXOSIGN_RESOURCE_H

#include <exosign/credential.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

typedef struct exs_resource_request {
	size_t      size;   /* sizeof(exs_resource_request) */
	const char *method; /* GET, POST, PUT, PATCH or DELETE; all but GET write */
	const char *url;    /* https on a host of the cloud; or a path, which is Graph's: "/v1.0/organization" */
	const char *scope;  /* NULL: the one that goes with the host */
	const char *body;   /* JSON; NULL: none */
	size_t      body_length;
	const char *const *headers; /* "ConsistencyLevel: eventual"; NULL-terminated, or NULL. Only those that ask, none that prove */
} exs_resource_request;

/*
 * Where it would go and with what: *ret_url to be freed with exs_text_free(), *ret_scope the credential's. E_HOST for a host outside
 * the cloud, E_USAGE for one whose scope nobody knows.
 */
EXS_MUST_USE exs_status exs_resource_resolve(exs_credential *credential, const exs_resource_request *request,
                                             char **ret_url, const char **ret_scope, exs_error *error);

/*
 * One call and its whole answer, at most 4 MiB of JSON, "" when there is none (204); free it with exs_text_free(). Reads are
 * repeated when they fail in a way that passes; a write only when it surely was not executed, and one whose fate is not known
 * fails with E-GRAPH-UNKNOWN.
 */
EXS_MUST_USE exs_status exs_resource_call(const exs_context *context, exs_credential *credential,
                                          const exs_resource_request *request, char **ret_answer,
                                          exs_error *error);

/* Called for each row; EXS_OK goes on. */
typedef exs_status (*exs_resource_visit)(void *self, const char *row, size_t length, exs_error *error);

/*
 * The rows of a list over all its pages (@odata.nextLink, nextLink), which stay on the host they came from. Memory is that of one row.
 * Any status but EXS_OK means that the rows so far are not the whole list. GET only.
 */
EXS_MUST_USE exs_status exs_resource_list(const exs_context *context, exs_credential *credential,
                                          const exs_resource_request *request, exs_resource_visit visit, void *self,
                                          exs_error *error);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
