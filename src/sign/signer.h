/*
 * The signer behind the public header: the seam between keys and everything else.
 *
 * signer_ops is what a source of signatures must do, and no more. It is not installed and its constructor is not
 * exported, so that no software key can be slipped in; the one source we ship is the device (signer_pkcs11.c).
 * Tests bring a fake that returns fixed bytes.
 */
#ifndef SIGN_SIGNER_H
#define SIGN_SIGNER_H

#include "base/context.h"
#include "base/span.h"

#include <exosign/signer.h>

EXS_DEFINE_AUTO(exs_signer)

/* What is done with a signer whose certificate and key must not change meanwhile. */
typedef exs_status (*signer_act)(void *self, exs_signer *one, exs_error *error);

/* sign/issuers.h */
struct issuers;
/* hsm/viewkey.h */
typedef struct viewkey viewkey;

typedef struct signer_ops {
	/* A JOSE signature over the message; from any thread. */
	exs_status (*sign)(void *self, exs_alg alg, span message, unsigned char *signature,
	                   size_t *signature_len, exs_error *error);
	void (*close)(void *self);
	/* What is known now, when it grows (the mechanism after the first signature); NULL: the facts given to signer_new(). */
	const exs_signer_facts *(*describe)(void *self);
	/* Of a signer over several: signer_use(). NULL: it is the one. */
	exs_status (*use)(void *self, signer_act act, void *act_self, exs_error *error);
	/* Who issued the certificate, as far as the device holds them; the signer's. From any thread. NULL: nothing is known. */
	exs_status (*issuers)(void *self, const struct issuers **ret, exs_error *error);
	/* The key as OpenSSL's, the signer's for as long as it lives; from any thread. NULL: it cannot be had. */
	exs_status (*view)(void *self, viewkey **ret, exs_error *error);
} signer_ops;

/*
 * Takes over self. facts and their strings must live as long as self. certificate_der may be empty; public_key_der is the
 * SubjectPublicKeyInfo against which the first signature is verified. Both are copied.
 */
EXS_MUST_USE exs_status signer_new(const exs_context *context, const signer_ops *ops, void *self,
                                   const exs_signer_facts *facts, span certificate_der,
                                   span public_key_der, exs_signer **ret, exs_error *error);

/*
 * Runs the act with one device's signer, whose certificate, algorithm and key belong together; when that device is gone
 * (EXS_DEVICE), again with the next. Whoever writes a certificate's name beside a signature signs in such an act.
 */
EXS_MUST_USE exs_status signer_use(exs_signer *signer, signer_act act, void *self,
                                   exs_error *error);

/* Of one device, in such an act. The certificate, DER; empty when the signer has none. */
span signer_certificate(const exs_signer *signer);
/* The certificates above it; *ret is NULL when nothing is known of them. */
EXS_MUST_USE exs_status signer_issuers(const exs_signer *signer, const struct issuers **ret,
                                       exs_error *error);
/* The key as OpenSSL's; it belongs to the signer. E_KEY_UNFIT when the source has none. */
EXS_MUST_USE exs_status signer_view(const exs_signer *signer, viewkey **ret, exs_error *error);
exs_alg signer_alg(const exs_signer *signer);
/* As exs_signer_sign(), with an algorithm that a protocol prescribes; every such signature is verified. */
EXS_MUST_USE exs_status signer_sign_as(exs_signer *signer, exs_alg alg, span message,
                                       unsigned char *signature, size_t *signature_len,
                                       exs_error *error);

#endif
