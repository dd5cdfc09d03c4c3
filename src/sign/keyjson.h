/*
 * What was learnt of a key as JSON: the words in which people, programs and evidence read it.
 */
#ifndef SIGN_KEYJSON_H
#define SIGN_KEYJSON_H

#include "base/jsonobject.h"

#include <exosign/keys.h>

/* uri, label, type, id, token..., public_key_sha256, attributes. What the device did not say is "not told". */
EXS_MUST_USE exs_status keyjson_add(jsonobject *o, const exs_key_facts *facts, exs_error *error);

#endif
