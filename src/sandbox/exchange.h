/*
 * The Exchange half: everything below /adminapi/.
 */
#ifndef SANDBOX_EXCHANGE_H
#define SANDBOX_EXCHANGE_H

#include "web.h"

/* Called once before the server starts; the_tenant is set. */
void exchange_start(void);
void exchange_stop(void);

/* False when the path is not one of its routes. */
bool exchange_serve(const struct web_request *request, struct web_answer *answer);

#endif
