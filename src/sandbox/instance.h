/*
 * One sandbox: a directory with everything it needs, and perhaps a server running on it.
 *
 *   sandbox.json   what it is (and the mark by which a directory is known to be one)
 *   exosign.conf   the client's profile         pin, so-pin     of the token
 *   softhsm2.conf, tokens/                      the SoftHSM token
 *   ca.pem         trusts its servers           server-*.pem    its servers, good and bad
 *   issuer.pem     signs access tokens          apps.json       registered applications
 *   vault.json     secrets of the key vault     signin.json     sign-ins in progress
 *   sandbox.pid    locked while it runs         control.sock, server.log
 *   writes.ndjson  every write it ran           throttle.json   what it grants
 */
#ifndef SANDBOX_INSTANCE_H
#define SANDBOX_INSTANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "encoding.h"

enum { DIRECTORY_SIZE = 3072, PATH_SIZE = 4096 };

struct instance {
	char          directory[DIRECTORY_SIZE]; /* absolute */
	char          tenant_id[GUID_SIZE];
	char          domain[256];
	char          app_id[GUID_SIZE];
	char          module[256]; /* the SoftHSM library */
	char          tls[16];     /* "good", "expired", "wrong-name", "tls11" */
	unsigned long port;
	unsigned long mailboxes;
	unsigned long seed;
	unsigned long token_lifetime;
	unsigned long refresh_in; /* 0: not said */
};

/*
 * The absolute directory that --dir names (NULL: the default one). With make, it and its parents are
 * made, owner only. False: said why.
 */
bool instance_locate(const char *option, bool make, char directory[DIRECTORY_SIZE]);

/* Is it the directory that is used without --dir? */
bool instance_is_default(const char *directory);

/* Does the directory carry the mark of a sandbox? */
bool instance_exists(const char *directory);

/* Reads and writes sandbox.json. False: said why. */
bool instance_load(const char *directory, struct instance *instance);
bool instance_save(const struct instance *instance);

/* Makes it the tenant of this process (tenant.h), which points into it from then on. */
void instance_settle_tenant(const struct instance *instance);

/* DIRECTORY/NAME. */
void instance_path(const char *directory, const char *name, char path[PATH_SIZE]);

/* The server's process id, 0 when none runs: sandbox.pid is locked as long as it lives. */
pid_t instance_pid(const char *directory);

/* Locks sandbox.pid for this process until it ends; false when another has it. */
bool instance_take(const char *directory);

#endif
