/*
 * Is this client assertion what it says: signed by a certificate of the application, for us, now?
 */
#ifndef SANDBOX_ENTRA_ASSERTION_H
#define SANDBOX_ENTRA_ASSERTION_H

#include "apps.h"
#include "entra_answer.h"

/*
 * Checks the assertion of the application called client_id. False: grant->answer refuses in the
 * directory's words. True: *ret_app is the application, alive as long as apps.
 */
bool assertion_accept(struct grant *grant, const struct apps *apps, const char *client_id,
                      const char *assertion, const struct app **ret_app);

#endif
