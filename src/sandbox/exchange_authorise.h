/*
 * Who may run what: the ladder from no token to a cmdlet that is allowed.
 *
 *   no token, a bad one, another audience, or neither role     401, no body
 *   only the role of the v2.0 surface                           403, no body
 *   one of application role and directory role                  403, 4096 NUL bytes
 *   a directory role that app-only access does not support      403, JSON
 *   a directory role that does not reach the cmdlet             403, JSON: unknown and forbidden look alike
 */
#ifndef SANDBOX_EXCHANGE_AUTHORISE_H
#define SANDBOX_EXCHANGE_AUTHORISE_H

#include <stdbool.h>

struct call;
struct cmdlet;

/* Is the bearer good here and may it run anything? On false the answer is complete. */
bool authorise_bearer(struct call *call);

/* Finds the cmdlet among those the bearer's directory roles may run. On false the answer is complete. */
bool authorise_cmdlet(struct call *call);

/* The same for a cmdlet that is found by other means. */
bool authorise_native(struct call *call, const struct cmdlet *cmdlet);

/* May the bearer run this cmdlet, and write in its area? */
bool authorise_may(const struct call *call, const struct cmdlet *cmdlet, bool *ret_may_write);

/* The refusals, for the faults that hand them out. */
void refuse_unauthorised(struct call *call);
void refuse_with_claims(struct call *call);
void refuse_with_nul(struct call *call);
void refuse_silently(struct call *call);

#endif
