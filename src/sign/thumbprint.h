/*
 * A key named by its certificate's thumbprint: which PKCS#11 URI that is.
 */
#ifndef SIGN_THUMBPRINT_H
#define SIGN_THUMBPRINT_H

#include "base/context.h"
#include "base/keyname.h"

/*
 * Looks at the certificates of all tokens, or of those that the name narrows it to; nobody logs in. E_CERT_ABSENT tells
 * where it looked; E_KEY_AMBIGUOUS lists the URI on each token. must_be_valid: E_CERT_EXPIRED, E_CERT_NOT_YET name what could
 * stand in. Free the URI with mem_free().
 */
EXS_MUST_USE exs_status thumbprint_resolve(const exs_context *context, const keyname *name,
                                           int64_t deadline_ms, bool must_be_valid, char **ret_uri,
                                           exs_error *error);

#endif
