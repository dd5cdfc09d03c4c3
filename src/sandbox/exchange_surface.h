/*
 * The faces of the service: Exchange as its module speaks to it (beta), the documented API v2.0 with six endpoints, and
 * Security & Compliance, whose own host only leads to a region's.
 *
 * All of them listen at the same port. What is meant for Security & Compliance is known by the audience of its bearer; its
 * region's host is REGION.localhost, and REGION.admin.localhost is the machine behind that nobody may use.
 */
#ifndef SANDBOX_EXCHANGE_SURFACE_H
#define SANDBOX_EXCHANGE_SURFACE_H

#include <stdbool.h>

struct call;

enum surface { SURFACE_BETA, SURFACE_V2, SURFACE_COMPLIANCE };

#define REGION "sbx01b"
#define COMPLIANCE_AUDIENCE "https://ps.compliance.protection.outlook.com"

/* Reads from path, host and bearer which face is meant; false when the answer is a redirect or a refusal. */
bool surface_enter(struct call *call);

/* Cmdlet and parameters against the face: on v2.0 only what the endpoint's page lists. */
bool surface_allows(struct call *call);

#endif
