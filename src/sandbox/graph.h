/*
 * Microsoft Graph as a set-up and a rotation meet it: /v1.0/...
 *
 * It acts on the registrations that the token endpoint reads (apps.h), so that a certificate added
 * here signs in there, and a role granted here is in the next token. graph_route.c is the table of
 * operations; each is counted in the ledger as graph.NAME.
 *
 * Imitated, after entra-graph.md 3 (what is marked there as unverified is marked so in the code's
 * comments or kept strict):
 *
 *   applications         by id and (appId='...'), $filter, $select, paging, create, PATCH, DELETE, owners
 *   keyCredentials       the whole list at a PATCH, entries echoed by keyId, key shown on $select alone,
 *                        days within the certificate's, policies on lifetime
 *   addKey, removeKey    the proof, strictly; no permission, an application's own token alone
 *   servicePrincipals    of applications; and of Exchange, Graph and Key Vault with their roles, two ids
 *                        of which no document names and every sandbox makes anew
 *   appRoleAssignments, appRoleAssignedTo, oauth2PermissionGrants (kept, without effect)
 *   roleManagement/directory/roleDefinitions and roleAssignments, of the whole directory
 *   policies/defaultAppManagementPolicy, policies/appManagementPolicies
 *   organization, me
 *   permissions          roles of applications, scopes and directory roles of people, OwnedBy
 *   errors               code, message, details, innerError with the ids of the headers
 *   eventual consistency, throttling, loss, lies, sudden death: the "graph" rows of fault_table.c
 *
 * Not imitated: /beta, $batch, $search, $count, $orderby, $expand and delta queries (refused, not
 * ignored); ETags (none are on record for these objects); soft deletion and directory/deletedItems;
 * passwordCredentials and X509CertAndPassword; federatedIdentityCredentials; keys on service
 * principals; uniqueName as a key and the upsert by it; users, groups and devices; administrative
 * units; the real limits of requests (graph-429 throttles on request); servicePrincipalLockConfiguration
 * is kept and not enforced.
 */
#ifndef SANDBOX_GRAPH_H
#define SANDBOX_GRAPH_H

#include "web.h"

/* False when the path is not below /v1.0/. */
bool graph_serve(const struct web_request *request, struct web_answer *answer);

#endif
