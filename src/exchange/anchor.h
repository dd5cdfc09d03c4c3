/*
 * X-AnchorMailbox: which of the service's machines a request is led to (exchange-rest.md 2.4).
 *
 * Pages of a list only fit together on one machine, so the anchor stays the same for all of them, and names the
 * organization by its onmicrosoft.com domain where that is known. The cmdlets that look into one mailbox are led there
 * when the command names it by an address or a GUID.
 */
#ifndef EXCHANGE_ANCHOR_H
#define EXCHANGE_ANCHOR_H

#include "exchange/command.h"

enum { ANCHOR_MAX = 1024 };

typedef struct anchor {
	char value[ANCHOR_MAX];
	bool from_parameter; /* send parameter-based-routing */
} anchor;

/* organization may be "". */
void anchor_choose(const exs_command *command, const char *tenant, const char *organization,
                   anchor *ret);

/* The mailbox that a parameter names by an address or a GUID; false when it does not. */
bool anchor_mailbox(const exs_command *command, const char *parameter, const char *tenant,
                    anchor *ret);

/* The organization's system mailbox; prefix: "UPN:" or "APP:". */
void anchor_system(const char *prefix, const char *tenant, const char *organization, anchor *ret);

#endif
