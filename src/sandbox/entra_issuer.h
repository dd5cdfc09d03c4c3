/*
 * A second authorisation server beside the directory: strict RFC 7523, elliptic curves welcome.
 */
#ifndef SANDBOX_ENTRA_ISSUER_H
#define SANDBOX_ENTRA_ISSUER_H

#include "web.h"

/* Routes below /issuer/. False when the path is not one of them. */
bool issuer_serve(const struct web_request *request, struct web_answer *answer);

#endif
