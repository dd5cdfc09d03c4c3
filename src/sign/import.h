/*
 * The certificates in a file: PEM, DER, PKCS #7 in either. A file that holds a private key is refused whole.
 */
#ifndef SIGN_IMPORT_H
#define SIGN_IMPORT_H

#include "base/span.h"
#include "sign/issued.h"

enum { IMPORT_MAX = 1024 * 1024, IMPORT_CERTIFICATES_MAX = 64 };

typedef struct import_list {
	X509  *at[IMPORT_CERTIFICATES_MAX];
	size_t n;
} import_list;
void import_list_done(import_list *list);

/* where names it in errors. E_CERT_UNREADABLE when there is no certificate, one is broken, or a private key is there. */
EXS_MUST_USE exs_status import_parse(span bytes, const char *where, import_list *ret,
                                     exs_error *error);

#endif
