/*
 * What a walk over the devices found, as items for its visitor.
 */
#ifndef SIGN_FINDING_H
#define SIGN_FINDING_H

#include "hsm/certobject.h"
#include "hsm/key.h"
#include "sign/inventory.h"

typedef struct walk {
	const exs_context  *context;
	const key_uri      *uri; /* NULL: everything */
	bool                of_keys; /* certificates of the keys that the URI names */
	const keyname      *wanted;  /* the one thumbprint that is looked for, or NULL */
	exs_inventory_visit visit;
	void               *self;
	exs_error          *error;
} walk;

/* All that is on one token. */
typedef struct objects {
	key_list        privates, publics;
	certobject_list certificates;
} objects;


/* Each makes an item and shows it to the visitor. problem: "" when there is none. */
EXS_MUST_USE exs_status finding_module(const walk *w, const module *m, const char *problem);
EXS_MUST_USE exs_status finding_token(const walk *w, const token *t, const char *problem);
EXS_MUST_USE exs_status finding_key(const walk *w, const token *t, const key *k);
/* k: the key it belongs to, or NULL. */
EXS_MUST_USE exs_status finding_certificate(const walk *w, const token *t, const certobject *c,
                                            const key *k);

#endif
