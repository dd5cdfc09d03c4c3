/*
 * One search for certificates on tokens, by the name of a key, that remembers where it looked.
 */
#ifndef SIGN_CERTSEARCH_H
#define SIGN_CERTSEARCH_H

#include "base/context.h"
#include "base/keyname.h"

#include <exosign/inventory.h>

typedef struct certsearch {
	const exs_context  *context;
	const keyname      *name; /* NULL: every certificate */
	bool                all;  /* of a thumbprint's narrowing: every certificate there */
	int64_t             deadline_ms;
	exs_inventory_visit visit; /* sees certificates only */
	void               *self;
	/* what came of it */
	size_t n_tokens, n_found;
	buf    tokens, problems;
} certsearch;

EXS_MUST_USE exs_status certsearch_run(certsearch *c, exs_error *error);
void certsearch_done(certsearch *c);

/* E_CERT_ABSENT or E_TOKEN_ABSENT with what was looked at. */
EXS_MUST_USE exs_status certsearch_fail_none(const certsearch *c, exs_error *error);

#endif
