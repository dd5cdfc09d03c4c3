/*
 * The inventory as far as certificates go: those of the keys that a URI names, or the one with a thumbprint.
 */
#ifndef SIGN_INVENTORY_H
#define SIGN_INVENTORY_H

#include "base/keyname.h"

#include <exosign/inventory.h>

typedef struct inventory_scope {
	const char    *uri;    /* NULL: everything; type=cert names certificates themselves, all else keys */
	const keyname *wanted; /* only the certificate with this thumbprint, whatever its id and label; NULL: all */
	int64_t        deadline_ms;
} inventory_scope;

/*
 * As exs_inventory_walk(): modules and tokens are told too, keys are not. A certificate belongs to a key by its public half;
 * where no key shows one without a login, its own id and label decide.
 */
EXS_MUST_USE exs_status inventory_certificates(const exs_context *context,
                                               const inventory_scope *scope,
                                               exs_inventory_visit visit, void *self,
                                               exs_error *error);

#endif
