/*
 * A sandbox tenant for one test program: started in a directory of its own, ended with it.
 */
#ifndef SUPPORT_LOCAL_TENANT_H
#define SUPPORT_LOCAL_TENANT_H

#include <exosign/credential.h>

#include <stddef.h>

typedef struct local_tenant {
	char directory[256];
	char origin[128];
	char tenant[64];
	char organization[128];
	char client_id[64];
	char ca_file[300];
} local_tenant;

/*
 * Starts one; options is a NULL-terminated list after `up --dir DIR`, or NULL. The process ends with status 77 (skipped) when
 * the sandbox was not built, and is aborted when it does not start.
 */
local_tenant *local_tenant_up(const char *name, const char *const *options);
void local_tenant_down(local_tenant *t);

/* "token-429=1", with "--count 1" and so on as further words, NULL-terminated. */
void local_tenant_fault(const local_tenant *t, const char *fault, ...) __attribute__((sentinel));
void local_tenant_heal(const local_tenant *t);
/* A counter of the ledger. */
long local_tenant_counted(const local_tenant *t, const char *name);
/* `app cert add FILE`. */
void local_tenant_register(const local_tenant *t, const char *certificate_file);
/* Any verb; its status. Words are NULL-terminated. */
int local_tenant_run(const local_tenant *t, const char *first, ...) __attribute__((sentinel));

/* Identity and network for this tenant; they borrow from it. */
exs_identity local_tenant_identity(const local_tenant *t);
exs_network  local_tenant_network(const local_tenant *t);

#endif
