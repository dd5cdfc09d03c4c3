/*
 * The v2.0 token endpoint, client_credentials with a client assertion.
 */
#ifndef SANDBOX_ENTRA_TOKEN_H
#define SANDBOX_ENTRA_TOKEN_H

#include "web.h"

/* tenant: the segment of the path, not terminated. */
void token_serve(const struct web_request *request, const char *tenant, size_t tenant_len,
                 struct web_answer *answer);

/* The faults of a token endpoint, before the request is looked at. True: the answer is made. */
bool token_faults_before(struct web_answer *answer);
/* ... and those that need the good answer. */
void token_faults_after(struct web_answer *answer);

#endif
