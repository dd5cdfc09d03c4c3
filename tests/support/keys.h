/*
 * Making, showing and destroying keys of a SoftHSM token in one line, with the right PIN.
 */
#ifndef SUPPORT_KEYS_H
#define SUPPORT_KEYS_H

#include "support/faulty.h"

#include <exosign/keys.h>

exs_token_access key_access(softhsm *hsm, const char *uri);
/* These empty the error first. */
exs_status key_generate(softhsm *hsm, const char *uri, exs_key_kind kind, exs_key **ret,
                        exs_error *error);
exs_status key_show(softhsm *hsm, const char *uri, exs_key **ret, exs_error *error);

/* The claim of this name; the test fails when there is none. */
exs_tristate key_told(const exs_key_facts *facts, const char *name);

/* The status belongs to the row, and one of the error's texts has this part. */
void assert_told(exs_status status, const exs_error *error, error_id id, const char *text,
                 const char *part);

#endif
