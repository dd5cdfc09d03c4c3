/*
 * What a certificate says about algorithms and further names, in words.
 */
#ifndef SIGN_CERTTEXT_H
#define SIGN_CERTTEXT_H

#include "base/buf.h"

enum { CERTTEXT_NAMES_MAX = 256 };

typedef struct certtext {
	char   key_type[32];
	char   signature_alg[64];
	char  *names[CERTTEXT_NAMES_MAX]; /* subjectAltName: "DNS:a.example"; further ones are left out */
	size_t n_names;
} certtext;
void certtext_done(certtext *text);

/* der: a certificate that certificate_parse() took. */
EXS_MUST_USE exs_status certtext_read(span der, certtext *ret, exs_error *error);

#endif
