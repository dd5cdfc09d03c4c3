/* What exs_issued is: a certificate or a request with all that is told of it. */
#ifndef SIGN_ISSUED_H
#define SIGN_ISSUED_H

#include "hsm/hold.h"
#include "sign/certificate.h"

#include <exosign/issue.h>

#include <openssl/x509.h>

typedef struct exs_issued exs_issued;
EXS_DEFINE_AUTO(exs_issued)

/* For EXS_AUTO. */
typedef X509     x509;
typedef X509_REQ x509_req;
static inline void
x509_free(x509 *x)
{
	X509_free(x);
}
EXS_DEFINE_AUTO(x509)
static inline void
x509_req_free(x509_req *x)
{
	X509_REQ_free(x);
}
EXS_DEFINE_AUTO(x509_req)

/* A certificate on a token, as `id` and `label` name it there. */
EXS_MUST_USE exs_status issued_new(span der, const token *t, const key_uri *origin, span id,
                                   span label, exs_issued **ret, exs_error *error);
/* A request. */
EXS_MUST_USE exs_status issued_request(X509_REQ *request, const token *t, exs_issued **ret,
                                       exs_error *error);

EXS_MUST_USE exs_status issued_set_key(exs_issued *issued, const char *uri, exs_error *error);
/* To fill in what was done. */
exs_issued_facts *issued_facts(exs_issued *issued);

#endif
