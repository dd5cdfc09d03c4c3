/*
 * The steps that add, switch and take away a key of an app; rotate.c and retire.c string them together.
 */
#ifndef LIFECYCLE_RENEWAL_H
#define LIFECYCLE_RENEWAL_H

#include "lifecycle/work.h"

/* The application's object id, which proofs and paths name. */
exs_status renewal_look_app(void *self, step_sight *sight, exs_error *error);
exs_status renewal_look_policy(void *self, step_sight *sight, exs_error *error);
exs_status renewal_look_key(void *self, step_sight *sight, exs_error *error);
exs_status renewal_make_key(void *self, exs_error *error);
exs_status renewal_look_request(void *self, step_sight *sight, exs_error *error);
exs_status renewal_make_request(void *self, exs_error *error);
exs_status renewal_look_certificate(void *self, step_sight *sight, exs_error *error);
exs_status renewal_make_certificate(void *self, exs_error *error);
exs_status renewal_look_add(void *self, step_sight *sight, exs_error *error);
exs_status renewal_add(void *self, exs_error *error);
exs_status renewal_look_probe(void *self, step_sight *sight, exs_error *error);
exs_status renewal_probe(void *self, exs_error *error);
exs_status renewal_look_profile(void *self, step_sight *sight, exs_error *error);
exs_status renewal_switch_profile(void *self, exs_error *error);
exs_status renewal_look_retire(void *self, step_sight *sight, exs_error *error);
exs_status renewal_retire(void *self, exs_error *error);
exs_status renewal_nothing(void *self, exs_error *error);

/* The rotation is at its end: the next one begins anew. */
EXS_MUST_USE exs_status renewal_close(work *w, exs_error *error);

/* The app's certificates, when the token may read them; *ret_known false: it may not. */
EXS_MUST_USE exs_status renewal_read_keys(work *w, bool *ret_known, exs_error *error);
/* The directory's id of the certificate with this thumbprint: from the list when it is known, else from the journal; "". */
void renewal_key_id(const work *w, bool list_known, const char *sha1, const char *sha256,
                    char ret[GRAPH_ID_MAX], bool *ret_listed);
/* Keeps what is known of a certificate's key id ("?" when it is not told). */
EXS_MUST_USE exs_status renewal_keep_key_id(work *w, const char *sha1, const char *key_id,
                                            exs_error *error);

#endif
