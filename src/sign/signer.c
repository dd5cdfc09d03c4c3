/* The signer behind the public header: checks the first signature, leaves the rest to its source. */
#include "sign/signer.h"

#include "base/buf.h"
#include "base/error.h"
#include "sign/verify.h"

#include <stdatomic.h>

enum { DER_MAX = 1024 * 1024 };

struct exs_signer {
	const exs_context      *context;
	const signer_ops       *ops;
	void                   *self;
	const exs_signer_facts *facts;
	buf                     certificate_der, public_der;
	atomic_bool             verified;
};

exs_status
signer_new(const exs_context *context, const signer_ops *ops, void *self,
           const exs_signer_facts *facts, span certificate_der, span public_key_der,
           exs_signer **ret, exs_error *error)
{
	exs_signer *signer = mem_new(1, sizeof *signer);
	exs_status  status;

	if (signer == NULL) {
		ops->close(self);
		return mem_fail(error);
	}
	*signer = (exs_signer){.context = context,
	                       .ops = ops,
	                       .self = self,
	                       .facts = facts,
	                       .certificate_der = BUF(DER_MAX),
	                       .public_der = BUF(DER_MAX)};
	buf_add(&signer->certificate_der, certificate_der);
	buf_add(&signer->public_der, public_key_der);
	status = buf_check(&signer->certificate_der, "the certificate", error);
	if (status == EXS_OK)
		status = buf_check(&signer->public_der, "the public key", error);
	if (status != EXS_OK) {
		exs_signer_free(signer);
		return status;
	}
	*ret = signer;
	return EXS_OK;
}

void
exs_signer_free(exs_signer *signer)
{
	if (signer == NULL)
		return;
	signer->ops->close(signer->self);
	buf_done(&signer->certificate_der);
	buf_done(&signer->public_der);
	mem_free(signer);
}

const exs_signer_facts *
exs_signer_describe(const exs_signer *signer)
{
	return signer->ops->describe == NULL ? signer->facts : signer->ops->describe(signer->self);
}

exs_status
signer_use(exs_signer *signer, signer_act act, void *self, exs_error *error)
{
	return signer->ops->use == NULL ? act(self, signer, error)
	                                : signer->ops->use(signer->self, act, self, error);
}

span
signer_certificate(const exs_signer *signer)
{
	return buf_span(&signer->certificate_der);
}

exs_status
signer_view(const exs_signer *signer, viewkey **ret, exs_error *error)
{
	if (signer->ops->view == NULL)
		return exs_fail(error, E_KEY_UNFIT, "%s cannot be used in a TLS handshake",
		                signer->facts->key_uri);
	return signer->ops->view(signer->self, ret, error);
}

exs_status
signer_issuers(const exs_signer *signer, const struct issuers **ret, exs_error *error)
{
	*ret = NULL;
	return signer->ops->issuers == NULL ? EXS_OK
	                                    : signer->ops->issuers(signer->self, ret, error);
}

exs_alg
signer_alg(const exs_signer *signer)
{
	return signer->facts->alg;
}

/* Finds a wrong certificate beside the key, a wrong salt, a wrong slot before the directory complains. */
static exs_status
check_first(exs_signer *signer, span message, span signature, exs_error *error)
{
	exs_status status;

	if (atomic_load(&signer->verified) || signer->public_der.len == 0)
		return EXS_OK;
	if (verify_signature(buf_span(&signer->public_der), signer->facts->alg, message, signature)) {
		atomic_store(&signer->verified, true);
		return EXS_OK;
	}
	status = exs_fail(error, E_SIGNATURE, "the device signed, but the signature does not verify");
	error_why(error, "the public half at hand does not belong to %s, or the device pads or hashes "
	                 "in its own way", signer->facts->key_uri);
	error_fix(error, "check which certificate belongs to the key: exosign hsm list");
	return status;
}

exs_status
exs_signer_sign(exs_signer *signer, const unsigned char *message, size_t message_len,
                unsigned char *signature, size_t *signature_len, exs_error *error)
{
	span   text = span_from((const char *)message, message_len);
	size_t len = *signature_len;
	exs_status status;

	EXS_TRY(context_check(signer->context, error));
	EXS_TRY(signer->ops->sign(signer->self, signer->facts->alg, text, signature, &len, error));
	status = check_first(signer, text, span_from((const char *)signature, len), error);
	if (status != EXS_OK) {
		memset(signature, 0, len); /* a wrong one must not be used by mistake */
		return status;
	}
	*signature_len = len;
	return EXS_OK;
}

exs_status
signer_sign_as(exs_signer *signer, exs_alg alg, span message, unsigned char *signature,
               size_t *signature_len, exs_error *error)
{
	size_t len = *signature_len;

	EXS_TRY(context_check(signer->context, error));
	EXS_TRY(signer->ops->sign(signer->self, alg, message, signature, &len, error));
	if (!verify_signature(buf_span(&signer->public_der), alg, message,
	                      span_from((const char *)signature, len))) {
		memset(signature, 0, len);
		return exs_fail(error, E_SIGNATURE, "the device signed with %s, but the signature does not verify",
		                exs_alg_name(alg));
	}
	*signature_len = len;
	return EXS_OK;
}
