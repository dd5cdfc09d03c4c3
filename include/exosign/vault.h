/*
 * Azure Key Vault with the hardware-signed identity: secrets, and the public half of certificates (entra-graph.md 5).
 *
 * A certificate's private key, which the vault gives out as a secret of the same name, is not taken: keys belong into devices.
 */
#ifndef EXOSIGN_VAULT_H
#define EXOSIGN_VAULT_H

#include <exosign/resource.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/* What in which vault. Strings are borrowed during a call. */
typedef struct exs_vault_item {
	size_t      size;    /* sizeof(exs_vault_item) */
	const char *vault;   /* its name, or its address "https://contoso.vault.azure.net"; NULL: the profile's endpoint.vault */
	const char *name;    /* letters, digits and dashes */
	const char *version; /* NULL: the current one */
} exs_vault_item;

/* A secret's value, in memory that is locked and wiped. */
typedef struct exs_vault_secret exs_vault_secret;

/* On success *ret_secret is the caller's. E-VAULT when the vault's challenge names another tenant or resource. */
EXS_MUST_USE exs_status exs_vault_secret_get(const exs_context *context, exs_credential *credential,
                                             const exs_vault_item *item, exs_vault_secret **ret_secret,
                                             exs_error *error);
/* The value itself. Not NUL-terminated; lives as long as the secret. */
const char *exs_vault_secret_reveal(const exs_vault_secret *secret, size_t *ret_length);
/* All but the value, as a JSON object: id, contentType, attributes. */
const char *exs_vault_secret_describe(const exs_vault_secret *secret);
/* Takes NULL. */
void exs_vault_secret_free(exs_vault_secret *secret);

/* The secrets of a vault (item->name is not looked at), without values, over all pages. */
EXS_MUST_USE exs_status exs_vault_secret_list(const exs_context *context, exs_credential *credential,
                                              const exs_vault_item *item, exs_resource_visit visit, void *self,
                                              exs_error *error);

/* The certificate as the vault's JSON object: id, kid, sid, x5t, cer (base64 of the DER), attributes. Free with exs_text_free(). */
EXS_MUST_USE exs_status exs_vault_certificate_get(const exs_context *context, exs_credential *credential,
                                                  const exs_vault_item *item, char **ret_json, exs_error *error);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
