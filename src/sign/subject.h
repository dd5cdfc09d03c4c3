/*
 * A name as people write it (RFC 4514: CN=exo,O=Contoso\, Inc.,C=DE) as an X.509 name. What stands first is the most particular
 * part, as in everything that prints certificates.
 */
#ifndef SIGN_SUBJECT_H
#define SIGN_SUBJECT_H

#include "base/span.h"

#include <exosign/error.h>

#include <openssl/x509.h>

enum { SUBJECT_MAX = 4096 };

/* *ret is the caller's (X509_NAME_free()). E_USAGE that says where it stumbled. */
EXS_MUST_USE exs_status subject_parse(const char *text, X509_NAME **ret, exs_error *error);

#endif
