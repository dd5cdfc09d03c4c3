/*
 * Which service a session speaks to, and in which form of its API: Exchange or Security & Compliance (exchange-rest.md 4), the
 * way of the PowerShell module (beta) or the documented API v2.0 (exchange-rest.md 1).
 */
#ifndef EXCHANGE_SERVICE_H
#define EXCHANGE_SERVICE_H

#include "api/fault.h"
#include "exchange/anchor.h"

typedef struct service_kind {
	const char          *name, *api; /* as profiles say: "compliance", "beta" */
	cloud_endpoint       endpoint;
	const fault_dialect *dialect;
	bool                 v2;
	bool                 confirms; /* knows Confirm, which our requests carry as false */
	bool                 natives;  /* has the entities that Get-EXO cmdlets read */
	bool                 regional; /* its first answer leads to the region's host, which is remembered */
} service_kind;

/* NULL stands for exchange and beta. E_USAGE for names and pairs that are none. */
EXS_MUST_USE exs_status service_find(const char *name, const char *api, const service_kind **ret,
                                     exs_error *error);

/* Can a session be routed with what the profile says? Before anything is signed. */
EXS_MUST_USE exs_status service_check_route(const service_kind *s, const char *organization,
                                            const char *own_anchor, exs_error *error);

/* Does the service run this for an application? What it surely refuses is refused here, with the reason. */
EXS_MUST_USE exs_status service_check(const service_kind *s, const exs_command *command,
                                      exs_error *error);

/* Appends the address of a command's requests. tenant: for v2.0 its GUID. */
void service_address(const service_kind *s, const char *origin, const char *tenant,
                     const exs_command *command, buf *to);

void service_anchor(const service_kind *s, const exs_command *command, const char *tenant,
                    const char *organization, anchor *ret);

#endif
