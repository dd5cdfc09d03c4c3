/*
 * A public key as a JSON Web Key (RFC 7517; RFC 7518 sections 6.2.1 and 6.3.1), for documents without a certificate.
 */
#ifndef SIGN_JWK_H
#define SIGN_JWK_H

#include "base/json.h"

/* Appends the JWK of a SubjectPublicKeyInfo; false for what is neither RSA nor a curve of ours. */
bool jwk_write(buf *to, span public_der);

/* Appends the SubjectPublicKeyInfo; false for what is no such key, or has private members. */
bool jwk_read(const json *jwk, buf *to);

#endif
