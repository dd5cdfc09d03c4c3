/*
 * Modules that p11-kit's configuration names. p11-kit leaves out those that it cannot load without saying so; here they get
 * their names back.
 */
#ifndef HSM_REGISTRY_H
#define HSM_REGISTRY_H

#include "base/mem.h"

#include <stdbool.h>

enum { REGISTRY_MAX = 64 };

typedef struct registry_entry {
	char name[64];  /* the file's name without .module */
	char file[400]; /* what its module: line says */
} registry_entry;

typedef struct registry {
	registry_entry *at;
	size_t          n;
} registry;
void registry_done(registry *r);

/* The system's directories, NULL-terminated. A user's own is p11-kit's business alone. */
extern const char *const registry_directories[];

/* Reads every *.module file; one that appears in several directories counts once. Missing directories are empty. */
EXS_MUST_USE exs_status registry_read(const char *const *directories, registry *ret,
                                      exs_error *error);

#endif
