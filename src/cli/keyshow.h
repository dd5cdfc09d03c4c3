/* A key of the library as a JSON object, for the commands about keys. */
#ifndef CLI_KEYSHOW_H
#define CLI_KEYSHOW_H

#include "base/jsonobject.h"

#include <exosign/keys.h>

typedef enum keyshow_scope { KEYSHOW_MADE, KEYSHOW_ALL } keyshow_scope;

/* A key that was just made has no certificates to show. Claims that the device did not make are "not told". */
EXS_MUST_USE exs_status keyshow_add(jsonobject *o, const exs_key_facts *facts, keyshow_scope scope,
                                    exs_error *error);

#endif
