/*
 * What the login service says about itself.
 */
#ifndef SANDBOX_ENTRA_DISCOVERY_H
#define SANDBOX_ENTRA_DISCOVERY_H

#include "web.h"

void discovery_openid(struct web_answer *answer);
void discovery_instance(const struct web_request *request, struct web_answer *answer);
void discovery_keys(struct web_answer *answer);

#endif
