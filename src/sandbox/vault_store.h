/*
 * What is in the key vault: DIR/vault.json, replaced whole by the `vault` verbs.
 *
 *   {"secrets":[{"name":..., "versions":[{"version":..., "value":..., "enabled":..., ...}]}],
 *    "certificates":[the same with "cer"], "denied":[ids of applications]}
 *
 * The newest version is the last. Values are made up when the sandbox is made.
 */
#ifndef SANDBOX_VAULT_STORE_H
#define SANDBOX_VAULT_STORE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/* Makes DIR/vault.json when it is absent: a few secrets, a certificate, and enough for pages. */
bool vault_make(const char *directory);

/* The whole, the caller's to delete; NULL with errno or when it is damaged. */
cJSON *vault_read(const char *directory);
bool   vault_write(const char *directory, const cJSON *vault);

/* The item of that name in "secrets" or "certificates"; NULL. */
cJSON *vault_item(const cJSON *vault, const char *kind, const char *name);

/* A new version, and the item if there was none; the version, to be filled in. */
cJSON *vault_add_version(cJSON *vault, const char *kind, const char *name);

/* Letters, digits and dashes, 1 to 127 of them. */
bool vault_name_good(const char *name);

#endif
