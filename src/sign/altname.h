/* Alternative names (RFC 5280 section 4.2.1.6): checked, then as an extension. */
#ifndef SIGN_ALTNAME_H
#define SIGN_ALTNAME_H

#include <exosign/issue.h>

#include <openssl/x509v3.h>

/* *ret is the caller's (GENERAL_NAMES_free()); NULL for no names. E_USAGE names the one that cannot be. */
EXS_MUST_USE exs_status altname_make(const exs_alternative_name *names, size_t n,
                                     GENERAL_NAMES **ret, exs_error *error);

#endif
