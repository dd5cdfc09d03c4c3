/*
 * Exactly one private key for a URI.
 *
 * id and object (label) select; a label may also be the one of the key's certificate, because the two often differ. A URI
 * with neither is enough for a token with one signing key. Keys of types we do not know are passed over.
 */
#ifndef HSM_KEYFIND_H
#define HSM_KEYFIND_H

#include "hsm/key.h"

/*
 * *ret_found tells whether there was one among what is visible now; more may show after a login. E_KEY_AMBIGUOUS lists the
 * candidates with URIs. *ret_key is filled only when found; end it with key_done().
 */
EXS_MUST_USE exs_status keyfind_visible(session *s, const token *t, const key_uri *uri,
                                        key *ret_key, bool *ret_found, exs_error *error);

/* Does any private key show now? Where none does, looking for one by its name or its certificate's is in vain. */
EXS_MUST_USE exs_status keyfind_any_visible(session *s, const key_uri *uri, bool *ret_any,
                                            exs_error *error);

/* E_KEY_ABSENT, saying what is there instead. */
EXS_MUST_USE exs_status keyfind_fail_absent(session *s, const token *t, const key_uri *uri,
                                            exs_error *error);

#endif
